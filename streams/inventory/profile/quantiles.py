"""Quantiles of numbers: a KLL sketch of what is no longer kept value by value, joined with what still is.

KLL: Karnin, Lang, Liberty, "Optimal Quantile Approximation in Streams", 2016, from Apache DataSketches.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from datasketches import kll_doubles_sketch

#: Size of the sketch: rank error .7 % at 99 % confidence, 9 KB.
K = 400
#: Up to this many repetitions are fed one by one; more by doubling.
_MAX_REPEATED = 1 << 17

Doubles = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


class Quantile(NamedTuple):
    """A value whose rank is as asked, between two that surround it with 99 % confidence."""

    value: float
    low: float
    high: float


class QuantileSketch:
    """A KLL sketch that takes values with counts."""

    __slots__ = ("_sketch",)

    def __init__(self) -> None:
        self._sketch: kll_doubles_sketch | None = None

    @property
    def n(self) -> int:
        """How many values were fed."""
        return self._sketch.n if self._sketch else 0

    def feed(self, values: Doubles, counts: Integers) -> None:
        """Add finite values, each as often as its count says, in time that does not grow with the counts."""
        if not len(values):
            return
        if int(counts.sum()) <= _MAX_REPEATED:
            self.feed_each(np.repeat(values, counts))
        else:
            self._open().merge(_doubled(values, counts))

    def feed_each(self, values: Doubles) -> None:
        """Add finite values, each once."""
        self._open().update(values)

    def _open(self) -> kll_doubles_sketch:
        if self._sketch is None:
            self._sketch = kll_doubles_sketch(K)
        return self._sketch

    def merge(self, other: QuantileSketch) -> None:
        """Add what another sketch holds."""
        if other._sketch is None:
            return
        if self._sketch is None:
            self._sketch = copy.copy(other._sketch)
        else:
            self._sketch.merge(other._sketch)

    def to_bytes(self) -> bytes:
        """Return the sketch in DataSketches' own format; empty when nothing was fed."""
        return bytes(self._sketch.serialize()) if self._sketch else b""

    def restore(self, data: bytes) -> None:
        """Take over what :meth:`to_bytes` gave."""
        self._sketch = kll_doubles_sketch.deserialize(data) if data else None

    def distribution(self, values: Doubles, counts: Integers) -> Distribution:
        """Return the distribution of the sketch and of values that are still counted one by one."""
        if self._sketch is None:
            return Distribution(values, counts, 0.0)
        sketch = self._sketch
        points, weights = _points(sketch)
        # The sketch forgets neither extreme, though it may no longer count them among its points.
        ends = np.array([sketch.get_min_value(), sketch.get_max_value()])
        total = self.n + int(counts.sum())
        error = sketch.normalized_rank_error(False) if sketch.is_estimation_mode() else 0.0
        return Distribution(
            np.concatenate([values, points, ends]),
            np.concatenate([counts, weights, np.zeros(2, dtype=np.int64)]),
            # Only the sketch's share of the values has an uncertain rank.
            error * self.n / total,
        )


def _points(sketch: kll_doubles_sketch) -> tuple[Doubles, Integers]:
    """Return the different values that a sketch holds, ascending, and how many each stands for.

    The weights that the library's iterator gives are wrong when a merge has left the lowest level empty (5.2: it then
    says 1 of each), so they are taken from the ranks, which are whole parts of ``n``.
    """
    points = np.unique(np.fromiter((value for value, _ in sketch), np.float64, sketch.num_retained))
    ranks = np.rint(np.array(sketch.get_cdf(points, True)[:-1]) * sketch.n).astype(np.int64)
    return points, np.diff(ranks, prepend=0)


def _doubled(values: Doubles, counts: Integers) -> kll_doubles_sketch:
    """Build a sketch by the binary digits of the counts: double what there is, add those that have the digit."""
    sketch = kll_doubles_sketch(K)
    for digit in reversed(range(int(counts.max()).bit_length())):
        if sketch.n:
            sketch.merge(copy.copy(sketch))
        chosen = values[(counts >> digit) & 1 == 1]
        if len(chosen):
            sketch.update(chosen)
    return sketch


class Distribution:
    """Values with weights, and how far a rank taken from them can be off.

    Args:
        values: finite numbers, in any order, at least one.
        counts: how often each counts; the extremes may count 0.
        rank_error: bound on the error of a normalised rank, 99 % confidence; 0 when the values are all there are.
    """

    def __init__(self, values: Doubles, counts: Integers, rank_error: float) -> None:
        order = np.argsort(values, kind="stable")
        self._values = values[order]
        self._ranks = np.cumsum(counts[order])
        self._found: dict[float, float] = {}
        self.rank_error = rank_error

    def quantile(self, rank: float) -> Quantile:
        """Return the smallest value that at least this share of the values does not exceed."""
        if not self.rank_error:
            value = self._at(rank)
            return Quantile(value, value, value)
        return Quantile(self._at(rank), self._at(rank - self.rank_error), self._at(rank + self.rank_error))

    def _at(self, rank: float) -> float:
        found = self._found.get(rank)
        if found is None:
            found = self._found[rank] = self._look_up(rank)
        return found

    def _look_up(self, rank: float) -> float:
        if rank <= 0 or rank >= 1:
            return float(self._values[0 if rank <= 0 else -1])
        total = int(self._ranks[-1])
        # .07 * 100 is a little more than 7: the rounding keeps such ranks whole.
        wanted = max(math.ceil(round(rank * total, 6)), 1)
        return float(self._values[self._ranks.searchsorted(wanted)])

    def histogram(self, edges: Sequence[float]) -> list[int]:
        """Return how many values lie in each bin; the last bin includes its upper edge. Edges ascend."""
        below = self._values.searchsorted(edges)
        below[-1] = self._values.searchsorted(edges[-1], side="right")
        found: list[int] = np.diff(np.concatenate([[0], self._ranks])[below]).tolist()
        return found
