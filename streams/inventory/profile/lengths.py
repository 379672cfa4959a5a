"""Lengths of texts in characters: extremes and mean exact, the distribution exact up to 256 characters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from streams.inventory.profile.clip import MAX_TEXT, full_length
from streams.inventory.profile.quantiles import Distribution


class Lengths:
    """How long texts are. Longer ones than 256 are grouped by powers of two, so memory is bounded."""

    __slots__ = ("counts", "maximum", "minimum", "total")

    def __init__(self) -> None:
        self.counts: Counter[int] = Counter()
        self.total = 0
        self.minimum: int | None = None
        self.maximum: int | None = None

    def add(self, texts: Sequence[str], counts: npt.NDArray[np.int64]) -> None:
        """Count the lengths of texts in; clipped ones with the length they had."""
        if not len(texts):
            return
        sizes = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
        if int(sizes.max()) > MAX_TEXT:
            clipped = np.flatnonzero(sizes > MAX_TEXT)
            for place, count in zip(clipped.tolist(), counts[clipped].tolist(), strict=True):
                self._count(full_length(texts[place]), count)
            sizes, counts = np.delete(sizes, clipped), np.delete(counts, clipped)
        # As doubles the sums are exact up to 2**53.
        sums = np.bincount(sizes, counts)
        different = np.flatnonzero(sums)
        for size, sum_ in zip(different.tolist(), sums[different].tolist(), strict=True):
            self._count(size, int(sum_))

    def _count(self, size: int, count: int) -> None:
        self._extend(size, size)
        self.total += size * count
        self.counts[_group(size)] += count

    def _extend(self, low: int, high: int) -> None:
        self.minimum = low if self.minimum is None else min(self.minimum, low)
        self.maximum = high if self.maximum is None else max(self.maximum, high)

    @property
    def mean(self) -> float | None:
        """The mean length, exact; None without texts."""
        count = self.counts.total()
        return self.total / count if count else None

    def distribution(self) -> Distribution:
        """Return the distribution; a length beyond 256 stands there as the power of two not below it."""
        return Distribution(
            np.array(list(self.counts), dtype=np.float64),
            np.array(list(self.counts.values()), dtype=np.int64),
            0.0,
        )

    def merge(self, other: Lengths) -> None:
        """Add what another one counted."""
        self.counts.update(other.counts)
        self.total += other.total
        if other.minimum is not None and other.maximum is not None:
            self._extend(other.minimum, other.maximum)

    def state(self) -> dict[str, Any]:
        """Return the state as JSON values."""
        return {
            "lengths": list(self.counts),
            "counts": list(self.counts.values()),
            "total": self.total,
            "extremes": [self.minimum, self.maximum],
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take over what :meth:`state` gave."""
        self.counts = Counter(dict(zip(state["lengths"], state["counts"], strict=True)))
        self.total = state["total"]
        self.minimum, self.maximum = state["extremes"]


def _group(length: int) -> int:
    return length if length <= MAX_TEXT else 1 << (length - 1).bit_length()
