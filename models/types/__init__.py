"""Trains the model of semantic types: ``python -m models.types``.

``sotab`` and ``commerce`` read the real columns and their labels, ``generate`` makes columns of types that no open table
has, ``gazetteers`` collects names, ``ridge`` learns, ``calibrate`` makes probabilities of scores, ``export`` writes
``pandian/types/types.onnx`` and its card. What rules find in values is a feature; rules are the live side's, so their function is
an argument here.
"""
