"""What is known live: the sequences of users, the catalogue, and the baselines that need no training.

``base``        an interaction as it is kept, and what became of a record
``vocabulary``  items as small numbers
``sequences``   of each user the newest interactions, 12 bytes each
``places``      which interactions are repeats
``incoming``    records of ``pandian.interactions`` become rows, or a reason why not
``popularity``  what is popular now, by event time
``covisits``    what goes together, a bounded number of neighbours an item
``baseline``    both of them, as one model that is always there
``live``        all of this fed from the stream
``store``       its copy on disk, written with the position that it reaches
``known``       what is known of one item
``table``       what is known of items as columns of numbers
``catalogue``   names, categories and availability of items
"""
