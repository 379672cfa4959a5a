"""How a worker counts, decides and masks: the rules of this package put together."""

from __future__ import annotations

from streams.inventory.classify import RuleClassifier
from streams.inventory.classify.model import shipped
from streams.inventory.duplicates import ContentDuplicates, IdDuplicates
from streams.inventory.masking import ShapeMasker
from streams.inventory.pace import PacePart
from streams.inventory.profile import ProfilePolicy
from streams.inventory.quality.part import QualityPart
from streams.inventory.windows import WindowPart


def default_policy(max_fields: int) -> ProfilePolicy:
    """Return the policy of workers and of ``pandian profile``.

    Args:
        max_fields: fields counted per asset; values of further ones are only counted.
    """
    classifier, masker = RuleClassifier(shipped()), ShapeMasker()
    return ProfilePolicy(
        classifier,
        masker,
        max_fields,
        parts={
            "contents": ContentDuplicates,
            "ids": IdDuplicates,
            "pace": PacePart,
            "quality": lambda: QualityPart(classifier, masker),
            "windows": lambda: WindowPart(masker),
        },
    )
