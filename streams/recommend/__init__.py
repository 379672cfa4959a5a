"""From what is known of a user to a ranked list with reasons.

``base``      what ranks: a history in, scored items out
``requests``  what may be asked
``history``   what a user did, and what they did in this visit
``ranking``   the best of many scores, ties in one order
``batching``  one thread runs a model on whatever waits
``model``     an exported model as a ranker
``baseline``  the live baselines as a ranker
``loading``   entries of the registry, taken only when they are what was exported
``knowing``   says when a model knows little of what is popular
``champion``  the model that the registry names, changed without a restart
``challenger``  the model that is tried out beside it
``trials``    what the challenger's users get
``shadow``    what the model that did not answer says of the answer
``reasons``   why an item is recommended, in a sentence
``explaining``  what moved the logits of an answer's items
``diversity``  an answer of items that differ
``new_items``  items that the champion has never seen, placed by their names
``introducing``  a few of them on a page
``answers``   the best that can be said of a user now: the model, or a stated fallback
``service``   requests in, answers out, measured
"""
