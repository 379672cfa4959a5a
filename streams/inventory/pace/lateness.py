"""Quantiles of durations over all orders of magnitude: an exact histogram of logarithmic bins, merged by adding.

Bins whose edges grow by 4 % give each quantile within 2 % of its value (Masson, Rim and Lee, "DDSketch", 2019); from a
millisecond to a hundred years there are about 720 of them.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, Final

from streams.inventory.profile.quantiles import Quantile

#: Relative error of a quantile.
ERROR: Final = 0.02
_GROWTH: Final = math.log((1 + ERROR) / (1 - ERROR))
#: Shorter is no duration but the same moment; longer is an error of somebody's clock.
_SHORTEST: Final = 1e-3
_LONGEST: Final = 1e10


class Durations:
    """Counts durations in seconds; negative ones (a clock that is ahead) count as 0 and on their own."""

    __slots__ = ("_bins", "ahead", "zero")

    def __init__(self) -> None:
        self._bins: Counter[int] = Counter()
        self.zero = 0
        self.ahead = 0
        """How many were negative by more than a second."""

    @property
    def count(self) -> int:
        """How many durations were counted."""
        return self.zero + self._bins.total()

    def add(self, seconds: Iterable[float]) -> None:
        """Count durations."""
        for duration in seconds:
            if duration < _SHORTEST:
                self.zero += 1
                self.ahead += duration < -1
            else:
                self._bins[math.ceil(math.log(min(duration, _LONGEST)) / _GROWTH)] += 1

    def quantile(self, rank: float) -> Quantile | None:
        """Return the duration that a share of them does not exceed, in seconds; None when there are none."""
        if not self.count:
            return None
        left = max(math.ceil(rank * self.count), 1) - self.zero
        if left <= 0:
            return Quantile(0.0, 0.0, _SHORTEST)
        for place in sorted(self._bins):
            left -= self._bins[place]
            if left <= 0:
                low, high = math.exp((place - 1) * _GROWTH), math.exp(place * _GROWTH)
                return Quantile(2 * low * high / (low + high), low, high)
        raise AssertionError("the bins hold all that is not zero")

    def merge(self, other: Durations) -> None:
        """Add what another one counted."""
        self._bins.update(other._bins)
        self.zero += other.zero
        self.ahead += other.ahead

    def state(self) -> list[Any]:
        """Return the state as JSON values."""
        return [self.zero, self.ahead, [[*item] for item in self._bins.items()]]

    def restore(self, state: Sequence[Any]) -> None:
        """Take over what :meth:`state` gave."""
        self.zero, self.ahead, bins = state
        self._bins = Counter(dict(bins))

    def document(self) -> dict[str, Any]:
        """Return the quantiles as JSON values."""
        found = {f"p{round(100 * rank)}": self.quantile(rank) for rank in (0.5, 0.95, 0.99)}
        return {
            "count": self.count,
            "ahead": self.ahead,
            **{
                name: None if one is None else {key: round(value, 3) for key, value in one._asdict().items()}
                for name, one in found.items()
            },
        }
