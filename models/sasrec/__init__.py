"""SASRec: self-attention over the sequence of a user's items.

``settings.py`` what it can be told · ``items.py`` vectors of items ·
``network.py`` the network · ``batches.py`` histories as batches ·
``losses.py`` what it gets better at · ``start.py`` where learning starts · ``learning.py`` steps and epochs ·
``checkpoints.py`` going on after a crash · ``peers.py`` several processes · ``scalars.py`` for TensorBoard ·
``model.py`` all of it as a model.
"""
