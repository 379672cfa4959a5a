"""Histories as batches: what goes in, and what is to come next."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from models.data.histories import Histories
from models.data.log import Codes
from models.sasrec.settings import SasrecSettings

Random = np.random.Generator


class Batch(NamedTuple):
    """Pieces of histories."""

    items: Tensor
    """What goes in, 0 before the first [batch, length]."""
    targets: Tensor
    """What comes next, -1 for nothing [batch, length]."""
    users: Tensor
    """Whose pieces they are; rows of nothing are nobody's and come last [pieces]."""


#: Lengths up to this are taken as they are; longer ones are rounded up, in so many steps from a power of two to the
#: next. Rows of a batch are, too: torch keeps memory for each shape that it meets.
_EXACT, _STEPS = 8, 4
#: Share of the windows of long histories that are the newest.
_NEWEST = 0.5


class Batches:
    """Cuts histories into pieces and puts those of like length together.

    A history of up to ``length`` rows is one piece. Of a longer one an epoch has all, cut elsewhere each time
    (``pieces``), or one window (``one``), half of the times the newest rows and half of the times any.

    Args:
        histories: with the items to learn from.
        length: most rows of a piece.
        settings: ``batch_rows`` of a batch, padding counted, one piece at least; and ``windows``.
        next_moment: share of the targets that are drawn from the user's next moment instead of being the next row.
    """

    def __init__(
        self, histories: Histories, length: int, settings: SasrecSettings, next_moment: float
    ) -> None:
        self._histories = histories
        self._length = length
        self._rows = settings.batch_rows
        self._next_moment = next_moment
        numbers = np.arange(len(histories))
        #: Rows that have another one behind them.
        self._inputs: Codes = numbers[numbers + 1 < histories.lasts]
        self._one = settings.windows == "one"
        starts = self._inputs[self._inputs == histories.firsts[self._inputs]]
        self._starts, self._ends = starts, histories.lasts[starts] - 1
        windows = int(np.minimum(self._ends - self._starts, length).sum())
        self._size = windows if self._one else len(self._inputs)

    def __len__(self) -> int:
        """Return how many targets an epoch has, about."""
        return self._size

    def epoch(self, random: Random) -> Iterator[Batch]:
        """Yield all pieces of an epoch."""
        starts, ends = self._windows(random) if self._one else self._pieces(random)
        lengths = ends - starts
        order = np.argsort(lengths + random.random(len(lengths)), kind="stable")
        cuts = self._cuts(lengths[order])
        for batch in random.permutation(len(cuts) - 1):
            chosen = order[cuts[batch] : cuts[batch + 1]]
            yield self._batch(starts[chosen], ends[chosen], random)

    def _windows(self, random: Random) -> tuple[Codes, Codes]:
        """Return where one window of each history starts and ends, in rows."""
        beyond = np.maximum(0, self._ends - self._starts - self._length)
        newest, any_of_them = random.random((2, len(beyond)))
        shifts = np.where(newest < _NEWEST, beyond, (any_of_them * (beyond + 1)).astype(np.int64))
        starts = self._starts + shifts
        return starts, np.minimum(starts + self._length, self._ends)

    def _pieces(self, random: Random) -> tuple[Codes, Codes]:
        """Return where each piece starts and ends, in rows."""
        rows = self._inputs
        firsts = self._histories.firsts[rows]
        lengths = self._histories.lasts[rows] - firsts - 1
        shifts = random.integers(0, self._length, len(self._histories))[firsts]
        part = (rows - firsts + np.where(lengths > self._length, shifts, 0)) // self._length
        new = np.ones(len(rows), bool)
        new[1:] = (firsts[1:] != firsts[:-1]) | (part[1:] != part[:-1])
        starts = rows[new]
        ends = rows[np.concatenate([new[1:], [True]])[: len(rows)]] + 1
        return starts, ends

    def _cuts(self, lengths: Codes) -> list[int]:
        """Return where a batch is full."""
        cuts = [0]
        for number, length in enumerate(lengths.tolist()):
            if number > cuts[-1] and (number + 1 - cuts[-1]) * self._width(length) > self._rows:
                cuts.append(number)
        return [*cuts, len(lengths)] if len(lengths) else [0]

    def _width(self, length: int) -> int:
        return min(_rounded(length), self._length)

    def _batch(self, starts: Codes, ends: Codes, random: Random) -> Batch:
        found = self._histories
        width = self._width(int((ends - starts).max()))
        places = ends[:, None] - width + np.arange(width)
        real = places >= starts[:, None]
        places = np.maximum(places, 0)
        following = np.where(real, places + 1, 0)
        if self._next_moment:
            drawn = random.random(places.shape) < self._next_moment
            following = np.where(drawn & real, self._later(places, random), following)
        real_target = real & (following >= 0)
        # Rows of nothing fill the batch up to a round number of rows.
        rows = max(len(starts), min(_rounded(len(starts)), self._rows // width))
        items, targets = np.zeros((rows, width), np.int64), np.full((rows, width), -1)
        items[: len(starts)] = np.where(real, found.items[places] + 1, 0)
        targets[: len(starts)] = np.where(real_target, found.items[np.maximum(following, 0)], -1)
        return Batch(*map(torch.from_numpy, (items, targets, found.users[starts])))

    def _later(self, places: Codes, random: Random) -> Codes:
        """Draw a row of the next moment of the same user, -1 where there is none."""
        found = self._histories
        begin = found.next_moments[places]
        there = begin < found.lasts[places]
        size = np.where(there, found.next_moments[np.minimum(begin, len(found) - 1)] - begin, 1)
        drawn = begin + (random.random(places.shape) * size).astype(np.int64)
        later: Codes = np.where(there, drawn, -1)
        return later


def _rounded(size: int) -> int:
    """Return the next of few sizes, at most a quarter more."""
    if size <= _EXACT:
        return size
    step = (1 << (size - 1).bit_length()) // (2 * _STEPS)
    return -(-size // step) * step
