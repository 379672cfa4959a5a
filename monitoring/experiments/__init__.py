"""A challenger against the champion: who is shown what, and what the labels say, valid whenever one looks.

``base``         an estimate, its interval, the labels that are compared
``boundary``     intervals that hold at all times at once
``groups``       users in groups: labels of one user may hang together as they like
``clicks``       clicks per item shown, and the lift between two models
``areas``        AUC of two models on the same labels, and their difference
``teams``        team-draft interleaving, and which team wins
``labels``       the labels of a pair, from ``pandian.feedback``
``reading``      reads that topic
``rule``         when a challenger is better, said beforehand, and what the labels say by it
``assignment``   which users a challenger answers: sticky, the same on every worker
"""
