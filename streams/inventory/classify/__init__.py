"""Rule-based classification: what fields and assets mean, by their values, their names and the fields beside them.

``base`` is the contract of a rule; ``rules/`` holds one file per family of semantic types; ``names`` turns field
names into words (``lexicon`` knows abbreviations and Chinese); ``facts`` describes sampled values once for all
rules; ``detectors``, ``formats`` and ``dates`` are what rules are made of; ``scoring`` combines name and values
into a confidence; ``contest`` finds the surest rule without trying all; ``classifier`` decides about all fields of an
asset together; ``kinds`` tells the kind of an asset. Importing this package loads the numbering plans of phone numbers
(0.3 s, once).
"""

from streams.inventory.classify.classifier import RuleClassifier

__all__ = ["RuleClassifier"]
