"""The Shiryaev-Roberts e-process over a grid of bets: evidence that a mean has risen above 0, whenever it did.

J. Shin, A. Ramdas, A. Rinaldo, *E-detectors: a nonparametric framework for sequential change detection*, The New
England Journal of Statistics in Data Science 2, 2024 (https://arxiv.org/abs/2203.03532).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from monitoring.detection.base import Floats

#: Steps of a block. Products of so many factors between .1 and 2.5 fit a float64 by far.
BLOCK = 128
_BLOCKS = 256
#: Evidence is held below this, so that nothing overflows however long an alarm stands.
CAP = 1e100
LEAST_FACTOR = 0.1


class ShiryaevRoberts:
    """M <- (w + M) (1 + lambda x) for each of some bets lambda; the evidence is the mean of M over them.

    Where E[x | past] <= 0, each factor is non-negative with a mean of at most 1. Each weight w is known beforehand, 1
    where nothing else is said, and M less the sum of weights is a supermartingale. For any time T at which one may
    stop, E[sum of weights until T] >= E[M_T]: the evidence reaches B when the weights have reached B on average, or
    later. That is all it needs: x may be of any distribution, and of another one at each step.

    In a block M_t = P_t (M_0 + sum of w_s / P_(s-1) over s <= t), where P are the running products of the factors; all
    summands are positive, so no digits cancel. Blocks begin at multiples of 128 steps whatever the batches are: the
    steps of an unfinished one are kept, and the results are the same to the last bit.

    Args:
        bets: lambda, such that 1 + lambda x >= .1 for every x that can come.
    """

    __slots__ = ("_at_block", "_open", "bets", "current")

    def __init__(self, bets: Sequence[float]) -> None:
        self.bets = np.array(bets, np.float64)
        self.reset()

    def reset(self) -> None:
        """Forget all evidence."""
        self._at_block: Floats = np.zeros(len(self.bets))
        self._open: Floats = np.empty((2, 0))
        """[steps and weights, steps since the block began]."""
        self.current: Floats = np.zeros(len(self.bets))
        """(bets,), M of each bet after the last step."""

    def add(self, steps: Floats, weights: Floats | None = None) -> Floats:
        """Take steps x and their weights, (n,), and return the evidence after each, (n,)."""
        old = self._open.shape[1]
        taken = np.empty((2, old + len(steps)))
        taken[:, :old] = self._open
        taken[0, old:], taken[1, old:] = steps, 1.0 if weights is None else weights
        size = BLOCK * _BLOCKS
        parts = [self._evidence(taken[:, at : at + size]) for at in range(0, taken.shape[1], size)]
        self._open = taken[:, taken.shape[1] // BLOCK * BLOCK :].copy()
        return np.concatenate(parts)[old:] if parts else np.empty(0)

    def _evidence(self, taken: Floats) -> Floats:
        count = taken.shape[1]
        found, whole = np.empty(count), count // BLOCK * BLOCK
        for part, width in ((slice(0, whole), BLOCK), (slice(whole, count), count - whole)):
            if part.stop > part.start:
                steps, weights = taken[:, part].reshape(2, -1, width)
                found[part] = self._blocks(steps, weights).ravel()
        return found

    def _blocks(self, steps: Floats, weights: Floats) -> Floats:
        """Return the evidence in blocks, (blocks, width); go on to behind them where they are whole."""
        products = np.empty((len(self.bets), *steps.shape))
        sums = np.empty_like(products)
        sums[:, :, 0] = weights[:, 0]
        for bet, product, total in zip(self.bets, products, sums, strict=True):
            np.multiply.accumulate(1 + bet * steps, axis=1, out=product)
            np.divide(weights[:, 1:], product[:, :-1], out=total[:, 1:])
            np.add.accumulate(total, axis=1, out=total)
        starts = np.empty((len(self.bets), len(steps)))
        now = self._at_block
        for block in range(len(steps)):
            starts[:, block] = now
            now = np.minimum(CAP, products[:, block, -1] * (now + sums[:, block, -1]))
        if steps.shape[1] == BLOCK:
            self._at_block = now
        self.current = now
        found = np.zeros(steps.shape)
        sums += starts[:, :, None]
        sums *= products
        for one in sums:
            found += one
        return found / len(self.bets)

    @property
    def evidence(self) -> float:
        """The mean of M over the bets now."""
        return float(sum(self.current.tolist()) / len(self.bets))

    def state(self) -> list[Any]:
        """Return JSON values."""
        return [self._at_block.tolist(), *self._open.tolist()]

    def restore(self, stored: Any) -> None:
        """Take over what :meth:`state` gave.

        Raises:
            ValueError: it is of another grid.
        """
        at_block, steps, weights = (np.array(one, np.float64) for one in stored)
        if at_block.shape != self.bets.shape or len(steps) >= BLOCK:
            raise ValueError("evidence of other bets")
        self.reset()
        self._at_block = self.current = at_block
        self.add(steps, weights)


def scaled(least: float, bet: float) -> float:
    """Return by how much steps are to be made smaller so that the factor of a bet stays at .1 or more.

    Args:
        least: the lowest step that can come, below 0.
        bet: the largest lambda.
    """
    return min(1.0, (1 - LEAST_FACTOR) / bet / -least)
