"""What moved an item's logit: of models whose logits are made of features, how much each of them gave.

``base``      what a model says of its features, as a file of its entry
``paths``     integrated gradients over them
``opening``   the explainer of an entry, where it has one
"""

from export.explain.base import EXPLAINED, Explained, Scorer
from export.explain.opening import Explainer, open_explainer

__all__ = ["EXPLAINED", "Explained", "Explainer", "Scorer", "open_explainer"]
