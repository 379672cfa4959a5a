"""What goes together: for each item a bounded number of neighbours, with how often one followed the other.

An interaction is paired with the few before it of the same user, nearer ones counting more. A neighbour that is new
takes the place of the rarest one and its count (Space-Saving: Metwally, Agrawal, El Abbadi, ICDT 2005), so that one
that comes often enough is always among them.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from streams.features.base import ACTION_BITS, BEFORE, Floats, Ints, Rows

#: Neighbours of an item.
NEIGHBOURS = 32
#: Interactions further apart than this say nothing of each other.
_TOGETHER_MS = 7 * 86_400_000
#: A row is halved when one of its counts gets here: what went together lately counts more, and float32 stays exact.
_HALVE_AT = 4096.0


class Covisits:
    """Neighbours of each item, by number."""

    def __init__(self) -> None:
        self._near: npt.NDArray[np.int32] = np.full((1024, NEIGHBOURS), -1, np.int32)
        self._count: npt.NDArray[np.float32] = np.zeros((1024, NEIGHBOURS), np.float32)

    def add(self, rows: Rows) -> None:
        """Count interactions with those before them."""
        shape = rows.before.shape
        items = np.broadcast_to(rows.items[:, None], shape)
        before: Ints = rows.before["item"].astype(np.int64)
        apart = np.abs((rows.before["key"] >> ACTION_BITS) - rows.times[:, None])
        weight = np.broadcast_to(1.0 / np.arange(BEFORE, 0, -1), shape)
        taken = (before >= 0) & (before != items) & (apart <= _TOGETHER_MS)
        self.pair(items[taken], before[taken], weight[taken])

    def pair(self, left: Ints, right: Ints, weight: Floats) -> None:
        """Count pairs of items, both ways."""
        if not len(left):
            return
        self._reach(int(max(left.max(), right.max())))
        both = np.concatenate([left << 32 | right, right << 32 | left])
        pairs, place = np.unique(both, return_inverse=True)
        sums = np.bincount(place, np.concatenate([weight, weight]))
        left, right = pairs >> 32, pairs & 0xFFFFFFFF
        found = self._near[left] == right[:, None]
        known = found.any(1)
        self._count[left[known], found[known].argmax(1)] += sums[known]
        self._insert(left[~known], right[~known], sums[~known])
        heavy = np.unique(left[self._count[left].max(1) >= _HALVE_AT])
        self._count[heavy] *= 0.5

    def _insert(self, left: Ints, right: Ints, sums: Floats) -> None:
        """Put new neighbours in the places of the rarest, one of each item a round, the heaviest first."""
        order = np.lexsort((-sums, left))
        left, right, sums = left[order], right[order], sums[order]
        starts = np.flatnonzero(np.r_[True, left[1:] != left[:-1]]) if len(left) else left
        rank = np.arange(len(left)) - np.repeat(starts, np.diff(np.r_[starts, len(left)]))
        for turn in range(min(NEIGHBOURS, int(rank.max(initial=-1)) + 1)):
            now = rank == turn
            item = left[now]
            slot = self._count[item].argmin(1)
            self._near[item, slot] = right[now]
            self._count[item, slot] += sums[now]

    def near(self, items: Ints) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.float32]]:
        """Return the neighbours of each of these items [items, NEIGHBOURS], -1 for none, and their counts."""
        if not len(items) or int(items.max()) < len(self._near):
            return self._near[items], self._count[items]
        rows = np.where(items < len(self._near), items, 0)
        inside = (items < len(self._near))[:, None]
        return np.where(inside, self._near[rows], -1), np.where(inside, self._count[rows], 0)

    def _reach(self, number: int) -> None:
        if number >= len(self._near):
            more = number + 1
            self._near = np.concatenate([self._near, _like(self._near, more, -1)])
            self._count = np.concatenate([self._count, _like(self._count, more, 0)])


def _like(array: npt.NDArray[Any], rows: int, value: int) -> npt.NDArray[Any]:
    return np.full((rows, array.shape[1]), value, array.dtype)
