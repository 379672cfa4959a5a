"""What can be read from a field's counted values at any moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from streams.inventory.profile.distinct import Estimate
from streams.inventory.profile.lengths import Lengths
from streams.inventory.profile.moments import Moments
from streams.inventory.profile.numerals import Number
from streams.inventory.profile.quantiles import Distribution

Scalar = str | Number | bool


@dataclass(slots=True)
class TopValue:
    """A frequent value: it was seen between ``low`` and ``high`` times."""

    value: Scalar
    text: str
    count: int
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Figures:
    """The statistics of a field's values. Those of a masked field say nothing but counts."""

    blanks: int
    """Empty or whitespace only."""
    spelled: int
    """Texts that stand for "no value"."""
    distinct: Estimate
    """Different non-blank values, by their text: 1, 1.0 and "1" are one value, "1.0" another."""
    moments: Moments = field(default_factory=Moments)
    """Of numbers and numeric strings."""
    distribution: Distribution | None = None
    """Of the same; None when there are none."""
    lengths: Lengths = field(default_factory=Lengths)
    """Of non-blank strings."""
    minimum: str | None = None
    """First string by code points, blanks and missing spellings left out."""
    maximum: str | None = None


def most_frequent(counts: Mapping[str, int], limit: int) -> list[tuple[str, int]]:
    """Return the texts with the greatest counts, greatest first, equal counts in the order of the texts."""
    if len(counts) > limit:
        # Sorting all of them by count and text takes ten times as long as finding out which to sort.
        least = np.partition(np.fromiter(counts.values(), np.int64, len(counts)), -limit)[-limit]
        counts = {text: count for text, count in counts.items() if count >= least}
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:limit]
