"""The AUC that a model has shown, from below: what a fall is measured against."""

from __future__ import annotations

from typing import Any

import numpy as np

from monitoring.auc import lower_bound
from monitoring.detection.base import Flags, Whole
from monitoring.histogram import Histogram


class Reference:
    """A lower bound of the AUC, from the first labels, that more labels may raise and never lower.

    It is looked at when there are R labels of the rarer kind, which are the positive ones as a rule, then at 2 R, 4 R
    and so on, and not in between: at times that the labels decide, not the scores. The bound of look k (0, 1, ...) is
    DeLong's, one-sided, of all labels so far, at alpha / ((k + 1) (k + 2)): 2.5 % at the first for an alpha of 5 %,
    and alpha for all looks together. So, except with a chance of alpha, the floor is below the AUC at all looks, and
    a detector that takes it for granted keeps its run length.

    The floor is the highest bound so far. That is what lets the reference grow without asking whether something is
    wrong: labels from after a fall lower the estimate, but the floor stays. A slow decay is not learnt either.

    Args:
        buckets: of the scores.
        size: R, 2 or more.
        alpha: chance that the floor is ever above an AUC that has not changed.
    """

    __slots__ = ("_alpha", "_size", "_total", "floor", "looks", "shown")

    def __init__(self, buckets: int, size: int, alpha: float) -> None:
        self._size, self._alpha = size, alpha
        self._total = Histogram(buckets)
        self.shown = Histogram(buckets)
        """The labels that gave the floor."""
        self.looks = 0
        self.floor: float | None = None
        """None until the first look."""

    def room(self, positive: Flags) -> int:
        """Return how many of these labels come before the next look, the label that makes it included."""
        missing = self._missing()
        if int(np.count_nonzero(positive)) < missing[1] or int(np.count_nonzero(~positive)) < missing[0]:
            return len(positive)
        kinds = zip((~positive, positive), missing, strict=True)
        return max(int(np.flatnonzero(kind)[count - 1]) + 1 for kind, count in kinds if count > 0)

    def _missing(self) -> tuple[int, int]:
        """Return how many negative and positive labels the next look takes; 0 or less: it does not wait for them."""
        size = self._size << self.looks
        return size - self._total.negative, size - self._total.positive

    def add(self, codes: Whole, positive: Flags) -> None:
        """Take labels, no more than there is ``room`` for; look if they are enough."""
        self._total.add_batch(codes, positive)
        if max(self._missing()) > 0:
            return
        found = lower_bound(self._total, self._alpha / ((self.looks + 1) * (self.looks + 2)))
        self.looks += 1
        if self.floor is None or found > self.floor:
            self.floor = found
            self.shown = Histogram.decode(self._total.encode(), self._total.buckets)

    def state(self) -> list[Any]:
        """Return JSON values."""
        return [self.looks, self.floor, self._total.encode(), self.shown.encode()]

    def restore(self, stored: Any) -> None:
        """Take over what :meth:`state` gave."""
        self.looks, self.floor, total, shown = stored
        self._total, self.shown = (Histogram.decode(one, self.shown.buckets) for one in (total, shown))
