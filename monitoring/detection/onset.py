"""When a change began, and the labels since then."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from monitoring.detection.base import Flags, Floats, Whole
from monitoring.histogram import Histogram


class Onset:
    """The logarithm of one bet's wealth, and the labels since it was lowest.

    The wealth falls while nothing is wrong and rises afterwards, so it was lowest when the change began: the estimate
    of E. S. Page (*Continuous inspection schemes*, Biometrika 41, 1954), the start that makes the product of the
    factors since then the largest. It is found among the ends of groups.

    Args:
        bet: lambda. A small one finds the start of a small change best, a large one that of a large change.
        buckets: of the scores.
    """

    __slots__ = ("_lowest", "_wealth", "bet", "labels", "since", "time")

    def __init__(self, bet: float, buckets: int) -> None:
        self.bet = bet
        self._wealth = self._lowest = 0.0
        self.since = self.time = 0
        """The first label of the change, and the time of the label before it."""
        self.labels = Histogram(buckets)
        """Labels since then."""

    @property
    def risen(self) -> float:
        """How far the logarithm of the wealth has risen since it was lowest."""
        return self._wealth - self._lowest

    def add(self, codes: Whole, positive: Flags, times: Whole, read: int, steps: Floats, ends: Whole) -> None:
        """Take labels.

        Args:
            codes: (n,), buckets.
            positive: (n,), labels.
            times: (n,), epoch milliseconds.
            read: labels before these.
            steps: (groups, 8), of the e-process.
            ends: (groups,), behind which of these labels each group ended.
        """
        start = 0
        if len(ends):
            wealth = self._walk(steps)
            self._wealth = float(wealth[-1])
            place = len(wealth) - 1 - int(wealth[::-1].argmin())
            if wealth[place] <= self._lowest:
                self._lowest = float(wealth[place])
                start = int(ends[place])
                self.since, self.time = read + start, int(times[start - 1])
                self.labels = Histogram(self.labels.buckets)
        self.labels.add_batch(codes[start:], positive[start:])

    def _walk(self, steps: Floats) -> Floats:
        factor = np.ones(len(steps))
        # A positive label to which no negative one fell is a bet of 0.
        for column in np.nan_to_num(steps).T:
            factor *= 1 + self.bet * column
        return np.add.accumulate(np.concatenate(([self._wealth], np.log(factor))))[1:]

    def begin(self, read: int, time: int) -> None:
        """Begin anew behind so many labels."""
        self._wealth = self._lowest = 0.0
        self.since, self.time = read, time
        self.labels = Histogram(self.labels.buckets)

    def state(self) -> list[Any]:
        """Return JSON values."""
        return [self._wealth, self._lowest, self.since, self.time, self.labels.encode()]

    def restore(self, stored: Sequence[Any]) -> None:
        """Take over what :meth:`state` gave."""
        self._wealth, self._lowest, self.since, self.time, labels = stored
        self.labels = Histogram.decode(labels, self.labels.buckets)
