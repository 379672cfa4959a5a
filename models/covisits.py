"""How often items follow each other in the histories of users, by distance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from models.data.histories import Histories
from models.data.log import Codes

Weights = npt.NDArray[np.float64]

#: Up to so many pairs of items, each has a place in a table; beyond, pairs are sorted.
_TABLE = 1 << 24
#: Pairs that are held at once before they are summed.
_HELD = 8_000_000
#: Pairs that are counted at most: of larger logs, fewer rows ahead are looked at.
_PAIRS = 40_000_000


@dataclass(frozen=True, slots=True)
class Counting:
    """What a pair of rows counts."""

    window: int = 20
    """Rows of a user that are at most so far from each other."""
    decay: float = 0.9
    """The next row counts 1, the one after it so much, and so on."""
    same_moment: float = 1.0
    """What a pair counts that happened at one time, such as two lines of an invoice: both ways."""
    backward: float = 0.5
    """What the earlier one of a pair counts as a follower of the later one."""
    power: float | None = None
    """In place of ``decay``: a row at a distance counts 1 over this power of it."""

    def at(self, distance: int) -> float:
        """Return what a row counts that is so many rows later."""
        return self.decay ** (distance - 1) if self.power is None else float(distance) ** -self.power


class Covisits(NamedTuple):
    """Sums by pair of items, in order of ``first``, then ``second``; each pair once."""

    first: Codes
    second: Codes
    weight: Weights


def count(histories: Histories, n_items: int, counting: Counting) -> Covisits:
    """Sum what each pair of items counts (after Deshpande and Karypis, Item-Based Top-N Recommendation, 2004)."""
    total = _Sums(n_items)
    window = max(1, min(counting.window, _PAIRS // max(1, len(histories))))
    for distance in range(1, window + 1):
        rows = np.flatnonzero(histories.users[distance:] == histories.users[:-distance])
        if not len(rows):
            break
        first, second = histories.items[rows], histories.items[rows + distance]
        together = histories.moments[rows] == histories.moments[rows + distance]
        weight = counting.at(distance)
        total.add(first, second, np.where(together, counting.same_moment, 1.0) * weight)
        backward = np.where(together, counting.same_moment, counting.backward) * weight
        others = first != second
        total.add(second[others], first[others], backward[others])
    return total.result()


class _Sums:
    """Adds up weights by pair, in memory that does not grow with the number of rows."""

    def __init__(self, n_items: int) -> None:
        self._n_items = n_items
        self._table = np.zeros(n_items * n_items) if n_items * n_items <= _TABLE else None
        self._held: list[tuple[Codes, Weights]] = []
        self._count = 0

    def add(self, first: Codes, second: Codes, weight: Weights) -> None:
        self._held.append((first * self._n_items + second, weight))
        self._count += len(first)
        if self._count > _HELD:
            self._sum_up()

    def result(self) -> Covisits:
        self._sum_up()
        if self._table is not None:
            pairs = np.flatnonzero(self._table)
            weight = self._table[pairs]
        else:
            pairs, weight = self._held[0] if self._held else (np.zeros(0, np.int64), np.zeros(0))
        return Covisits(pairs // self._n_items, pairs % self._n_items, weight)

    def _sum_up(self) -> None:
        if not self._held:
            return
        pairs = np.concatenate([pairs for pairs, _ in self._held])
        weight = np.concatenate([weight for _, weight in self._held])
        self._held, self._count = [], 0
        if self._table is not None:
            self._table += np.bincount(pairs, weight, len(self._table))
        elif len(pairs):
            order = np.argsort(pairs, kind="stable")
            pairs, weight = pairs[order], weight[order]
            starts = np.flatnonzero(np.concatenate([[True], pairs[1:] != pairs[:-1]]))
            self._held = [(pairs[starts], np.add.reduceat(weight, starts))]
