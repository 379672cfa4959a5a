"""How a worker counts, decides and masks: the rules of this package put together."""

from __future__ import annotations

from hashlib import sha256

from streams.inventory.classify import RuleClassifier
from streams.inventory.classify.model import shipped
from streams.inventory.duplicates import ContentDuplicates, IdDuplicates
from streams.inventory.masking import KeyedMasker, ShapeMasker
from streams.inventory.pace import PacePart
from streams.inventory.profile import ProfilePolicy
from streams.inventory.quality.part import QualityPart
from streams.inventory.relations.pairs import PairsPart
from streams.inventory.windows import WindowPart


def default_policy(max_fields: int, secret: str | None = None) -> ProfilePolicy:
    """Return the policy of workers and of ``pandian profile``.

    Args:
        max_fields: fields counted per asset; values of further ones are only counted.
        secret: lets masked fields be compared with others; None: they refer to nothing.
    """
    classifier = RuleClassifier(shipped())
    masker = ShapeMasker() if secret is None else KeyedMasker(sha256(secret.encode()).digest())
    return ProfilePolicy(
        classifier,
        masker,
        max_fields,
        parts={
            "contents": ContentDuplicates,
            "ids": IdDuplicates,
            "pace": PacePart,
            "pairs": PairsPart,
            "quality": lambda: QualityPart(classifier, masker),
            "windows": lambda: WindowPart(masker),
        },
    )
