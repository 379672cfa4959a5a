"""How a worker counts, decides and masks: the rules of this package put together."""

from __future__ import annotations

from streams.inventory.classify import RuleClassifier
from streams.inventory.masking import ShapeMasker
from streams.inventory.profile import ProfilePolicy


def default_policy(max_fields: int) -> ProfilePolicy:
    """Return the policy of workers and of ``pandian profile``.

    Args:
        max_fields: fields counted per asset; values of further ones are only counted.
    """
    return ProfilePolicy(RuleClassifier(), ShapeMasker(), max_fields)
