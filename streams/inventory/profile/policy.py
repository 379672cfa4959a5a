"""What a profile needs to know from outside: who decides, who masks, and how much is kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from streams.inventory.base import Classifier, Masker
from streams.inventory.profile.part import AssetPart


@dataclass(frozen=True, slots=True)
class ProfilePolicy:
    """How fields are counted. The same for every profile of a worker; not part of the serialised state."""

    classifier: Classifier
    """Decides which fields are personal, from the first batch on."""
    masker: Masker
    """Turns personal values into shapes."""
    max_fields: int = 1_000
    """Fields counted per asset; the values of further ones are only counted, in ``overflow``."""
    parts: Mapping[str, Callable[[], AssetPart]] = field(default_factory=dict)
    """What else is counted of each asset, by a name that stays: it stands in the serialised state."""
