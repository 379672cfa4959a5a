"""Histories as batches: what goes in, and what is to come next."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from models.data.histories import Histories
from models.data.log import Codes

Random = np.random.Generator


class Batches:
    """Cuts histories into pieces of at most ``length`` rows, elsewhere in each epoch, and puts like lengths together.

    Args:
        histories: with the items to learn from.
        length: most rows of a piece.
        rows: of a batch, padding counted; one piece at least.
        next_moment: share of the targets that are drawn from the user's next moment instead of being the next row.
    """

    def __init__(self, histories: Histories, length: int, rows: int, next_moment: float) -> None:
        self._histories = histories
        self._length = length
        self._rows = rows
        self._next_moment = next_moment
        numbers = np.arange(len(histories))
        #: Rows that have another one behind them.
        self._inputs: Codes = numbers[numbers + 1 < histories.lasts]

    def __len__(self) -> int:
        """Return how many targets an epoch has, about."""
        return len(self._inputs)

    def epoch(self, random: Random) -> Iterator[tuple[Tensor, Tensor]]:
        """Yield items [batch, length], 0 before the first, and what comes next [batch, length], -1 for nothing."""
        starts, ends = self._pieces(random)
        lengths = ends - starts
        order = np.argsort(lengths + random.random(len(lengths)), kind="stable")
        cuts = self._cuts(lengths[order])
        for batch in random.permutation(len(cuts) - 1):
            chosen = order[cuts[batch] : cuts[batch + 1]]
            yield self._batch(starts[chosen], ends[chosen], random)

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
        """Cut pieces, shortest first, where a batch is full."""
        cuts = [0]
        for number, length in enumerate(lengths.tolist()):
            if number > cuts[-1] and (number + 1 - cuts[-1]) * length > self._rows:
                cuts.append(number)
        return [*cuts, len(lengths)] if len(lengths) else [0]

    def _batch(self, starts: Codes, ends: Codes, random: Random) -> tuple[Tensor, Tensor]:
        found = self._histories
        width = int((ends - starts).max())
        places = ends[:, None] - width + np.arange(width)
        real = places >= starts[:, None]
        places = np.maximum(places, 0)
        following = np.where(real, places + 1, 0)
        if self._next_moment:
            drawn = random.random(places.shape) < self._next_moment
            following = np.where(drawn & real, self._later(places, random), following)
        real_target = real & (following >= 0)
        targets = np.where(real_target, found.items[np.maximum(following, 0)], -1)
        items = np.where(real, found.items[places] + 1, 0)
        return torch.from_numpy(items), torch.from_numpy(targets)

    def _later(self, places: Codes, random: Random) -> Codes:
        """Draw a row of the next moment of the same user, -1 where there is none."""
        found = self._histories
        begin = found.next_moments[places]
        there = begin < found.lasts[places]
        size = np.where(there, found.next_moments[np.minimum(begin, len(found) - 1)] - begin, 1)
        drawn = begin + (random.random(places.shape) * size).astype(np.int64)
        later: Codes = np.where(there, drawn, -1)
        return later
