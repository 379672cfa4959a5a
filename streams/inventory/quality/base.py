"""What the dimensions of quality are made of: what is known of the fields, and a share with its rule and its places."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from streams.inventory.intervals import Share
from streams.inventory.profile.distinct import Estimate
from streams.inventory.quality.places import NOWHERE, Span


@dataclass(frozen=True, slots=True)
class FieldQuality:
    """What the grade needs to know of a field."""

    semantic_type: str
    base: int
    """Places where it could have a value."""
    present: int
    """Neither absent nor null nor blank."""
    spelled: int
    """Of these, spellings such as ``N/A``."""
    types: dict[str, int]
    """Values by JSON type."""
    numbers: int
    """Numbers and numeric strings."""
    distinct: Estimate
    path: str = ""
    """What it is called."""
    malformed: Malformed | None = None
    """What has not the form of its type; None where that is not known."""

    @property
    def values(self) -> int:
        """Values that mean something."""
        return max(self.present - self.spelled, 0)


@dataclass(frozen=True, slots=True)
class Malformed:
    """Values that have not the form of their type."""

    wrong: int
    checked: int
    """Values that were judged: all of them, or those of a sample."""
    exact: bool
    """Whether all values were judged."""


@dataclass(frozen=True, slots=True)
class Dimension:
    """One side of quality: a share of things that are as they should be."""

    share: Share
    bad: float
    """Things that are not; estimated where only a sample was judged."""
    of: float
    """Things in all."""
    rule: str
    """What is counted, in words with figures."""
    places: Span = NOWHERE
    """The first and the latest bad record, as far as known."""
    graded: bool = True
    """Whether it goes into the score."""

    def document(self, least: float | None = None) -> dict[str, Any]:
        """Return the JSON form.

        Args:
            least: the share that somebody asked for; the lower bound has to reach it.
        """
        return {
            **self.share.document(),
            "rule": self.rule,
            "bad": round(self.bad),
            "of": round(self.of),
            **self.places.document(),
            "graded": self.graded,
            "least": least,
            "met": None if least is None else self.share.low >= least,
        }


def percent(share: float) -> str:
    """Return a share as text: never 100 % or 0 % unless it is."""
    if share in (0.0, 1.0):
        return f"{share:.0%}".replace("%", " %")
    digits = next((digits for digits in (1, 2, 3, 4) if 0 < round(share * 100, digits) < 100), 5)
    return f"{share * 100:.{digits}f} %"
