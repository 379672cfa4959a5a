"""Trains the model of semantic types: ``python -m models.types``.

``sotab`` and ``commerce`` read the real columns and their labels, ``generate`` makes columns that no open table has,
``gazetteers`` collects names, ``examples`` describes columns, ``ridge`` learns, ``calibrate`` makes probabilities of
scores, ``folds`` keeps what is evaluated out of what is learned, ``export`` writes ``pandian/types/types.onnx``.

What rules find in values is a feature, but the rules are the live side's: their function is an argument here.
"""
