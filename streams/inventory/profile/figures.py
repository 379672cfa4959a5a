"""What can be read from a field's counted values at any moment."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from streams.inventory.profile.distinct import Estimate
from streams.inventory.profile.lengths import Lengths
from streams.inventory.profile.moments import Moments
from streams.inventory.profile.numerals import Number
from streams.inventory.profile.quantiles import Distribution

Scalar = str | Number | bool


@dataclass(frozen=True, slots=True)
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


def most_frequent(counted: Iterable[tuple[Scalar, str, int]], limit: int) -> list[tuple[Scalar, str, int]]:
    """Return the most frequent values by text, most frequent first, equal counts by text.

    Args:
        counted: (value, its text, its count); several with one text are one value.
        limit: how many to return.
    """
    values: dict[str, Scalar] = {}
    counts: dict[str, int] = {}
    for value, text, count in counted:
        values.setdefault(text, value)
        counts[text] = counts.get(text, 0) + count
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:limit]
    return [(values[text], text, count) for text, count in ranked]
