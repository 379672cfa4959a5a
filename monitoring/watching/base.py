"""Labels as columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Seen:
    """Labels of one version, in the order in which they became known. All columns have one length."""

    scores: Floats
    """(n,), between 0 and 1."""
    positive: Flags
    """(n,), whether it was acted on."""
    bought: Flags
    """(n,), whether that was a purchase."""
    times: Whole
    """(n,), when they were shown, epoch milliseconds by the broker's clock."""
    propensity: Floats
    """(n,), chance with which the item was shown there; NaN: not said."""
    items: Whole
    """(n,), 64 bits that stand for the item, in this process only."""
    pages: Sequence[tuple[str, int] | None]
    """Request and position; None: not said."""
    segments: Sequence[Mapping[str, str] | None]
    """What kind of impression it was."""

    def __len__(self) -> int:
        return len(self.scores)

    def part(self, start: int, end: int) -> Seen:
        """Return the labels from one place to another, as views."""
        return Seen(
            self.scores[start:end],
            self.positive[start:end],
            self.bought[start:end],
            self.times[start:end],
            self.propensity[start:end],
            self.items[start:end],
            self.pages[start:end],
            self.segments[start:end],
        )
