"""Whether what is seen for the first time is new, or rare and was only not met before.

Say that of ``n`` records none had it, and that since the first one that has it its share is ``p``. Had it been there
all along, ``n`` records without it would have had the probability ``(1 - p)^n <= exp(-n p)``. For ``p`` stands the
lower end of its interval, so that a rare field that happened to come twice in a row is not taken for a frequent one.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from typing import Any

from streams.inventory.drift.found import Place
from streams.inventory.intervals import wilson
from streams.inventory.schema_changes.change import LOG10_CHANCE

#: It has to be seen this often, in this many windows, before it is decided upon.
_SEEN = 20
_WINDOWS = 3
#: After this many windows it is taken for rare.
_PATIENCE = 64


@dataclass(slots=True)
class Newcomer:
    """Something that was seen for the first time, until it is decided what to make of it."""

    place: Place
    producer: str | None
    before: int
    """Records (or values) that did not have it."""
    records: int = 0
    occurrences: int = 0
    windows: int = 0

    def add(self, records: int, occurrences: int) -> None:
        """Count a window in."""
        self.records += records
        self.occurrences += occurrences
        self.windows += 1

    @property
    def share(self) -> float:
        """Of the records since then, those that have it."""
        return min(self.occurrences / max(self.records, 1), 1.0)

    @property
    def log10_chance(self) -> float:
        """Bound on the probability that it was there all along, decimal logarithm."""
        occurrences = min(self.occurrences, self.records)
        return -self.before * wilson(occurrences, self.records).low / math.log(10)

    def decided(self) -> bool | None:
        """Return whether it is new; None while that is open."""
        if self.occurrences >= _SEEN and self.windows >= _WINDOWS and self.log10_chance <= LOG10_CHANCE:
            return True
        return False if self.windows >= _PATIENCE else None

    def state(self) -> list[Any]:
        """Return the state as JSON values."""
        return [*astuple(self)]

    @classmethod
    def restored(cls, state: Sequence[Any]) -> Newcomer:
        """Return the newcomer whose :meth:`state` this is."""
        return cls(Place(*state[0]), *state[1:])
