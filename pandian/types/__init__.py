"""What a small model of semantic types sees of a field's values, and the model itself (``types.onnx``).

``ngrams`` hashes pieces of the texts, ``statistics`` describes them in numbers, ``gazetteer`` knows words that people,
places and streets are called by, ``features`` puts these together with what the rules found. Training
(``models/types``) and use (``streams/inventory/classify/model.py``) share them, so that both see the same.
"""
