"""How long after its event a record arrived: counts by steps from a second to a month, which merge."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from streams.inventory.quality.places import Places, Span
from streams.inventory.quality.rows import Floats

#: The steps, seconds. A record counts for the first step that it is not later than.
STEPS = (
    1, 2, 5, 10, 30, 60, 120, 300, 600, 1_800, 3_600, 7_200, 21_600, 43_200, 86_400, 172_800, 604_800, 2_592_000,
)  # fmt: skip
#: An event this long after its record is of the future: a wrong clock or a plan, no timely record.
AHEAD = 300
_EDGES = np.array(STEPS, dtype=np.float64)


class Delays:
    """Records by how late they were."""

    def __init__(self) -> None:
        self.counts = [0] * (len(STEPS) + 2)
        """One a step, then those later than all, then those of the future."""
        self.spans = [Span()] * (len(STEPS) + 2)

    def add(self, events: Floats, places: Places, start: int) -> None:
        """Count records.

        Args:
            events: when they happened, seconds since 1970; NaN where that is not known.
            places: where they are, and when they arrived.
            start: which record of the group the first one is.
        """
        arrived = places.times(start, len(events))
        if arrived is None:
            return
        rows = np.flatnonzero(np.isfinite(events))
        late = arrived[rows] / 1000 - events[rows]
        steps = np.searchsorted(_EDGES, late, side="left")
        steps[late < -AHEAD] = len(STEPS) + 1
        for step in set(steps.tolist()):
            these = rows[steps == step]
            self.counts[step] += len(these)
            self.spans[step] = self.spans[step].union(places.span(these, start))

    def within(self, seconds: float) -> tuple[int, int, Span]:
        """Return how many records were no later, how many there are, and where the others stand.

        Args:
            seconds: one of :data:`STEPS`.
        """
        upto = STEPS.index(int(seconds)) + 1
        late = Span()
        for span in self.spans[upto:]:
            late = late.union(span)
        return sum(self.counts[:upto]), sum(self.counts), late

    def merge(self, other: Delays) -> None:
        """Add what another one counted in other records."""
        self.counts = [mine + more for mine, more in zip(self.counts, other.counts, strict=True)]
        self.spans = [mine.union(more) for mine, more in zip(self.spans, other.spans, strict=True)]

    def state(self) -> list[Any]:
        """Return JSON values."""
        return [self.counts, [span.state() for span in self.spans]]

    def restore(self, state: Sequence[Any]) -> None:
        """Take over what :meth:`state` gave."""
        self.counts = list(state[0])
        self.spans = [Span.restored(span) for span in state[1]]
