"""The windows of one field as numbers: a reference of many, the newest eight, and whether these differ.

The reference takes in each window when eight newer ones are there, until it has :data:`REFERENCE` of them: then it is
pinned. All sums are of whole numbers, so no order and no restart changes a bit of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from streams.inventory.drift.bins import MOST
from streams.inventory.drift.effect import Effect, total_variation
from streams.inventory.drift.evidence import log_bayes_factor, log_mean_exp
from streams.inventory.profile.codec import BlobReader, BlobWriter

Integers = npt.NDArray[np.int64]
Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Aspect:
    """One side of a field that is tested on its own."""

    name: str
    dimensions: slice
    """Where its counts stand; several are the bins of one distribution, one is a share and the rest."""
    least: float
    """Smaller changes (total variation) are not told."""


ASPECTS: Final = (
    Aspect("missing", slice(0, 1), 0.03),
    Aspect("types", slice(1, 4), 0.03),
    Aspect("distinct", slice(4, 5), 0.10),
    Aspect("values", slice(5, 5 + MOST), 0.10),
)
BY_NAME: Final = {aspect.name: aspect for aspect in ASPECTS}
DIMENSIONS: Final = 5 + MOST
_STARTS: Final = np.array([aspect.dimensions.start for aspect in ASPECTS])
_LEAST: Final = np.array([aspect.least for aspect in ASPECTS])
#: Half of the differences is the total variation; of a share the other half is not among the dimensions.
_FACTORS: Final = np.array([1.0, 0.5, 1.0, 0.5])

#: Windows that the reference takes in before it is pinned, and those it needs before anything is tested.
REFERENCE: Final = 128
LEARNT: Final = 24
#: Newest windows: changes beginning within them are looked for, if they last for at least two:
#: three windows are looked at together, of which the first may be one before the change.
NEWEST: Final = 8
SHORTEST: Final = 3
_CHANGED: Final = 2
#: Windows of a block: what neighbours have in common shows in the variation between blocks.
_BLOCK: Final = 4
#: With fewer values a window says nothing of their distribution.
_FEWEST: Final = 50
#: A window's number is a whole one: the arcsine of the root of a share, in this many steps.
_STEPS: Final = 4_096

# Rows of the reference, one number per dimension.
_N, _SUM, _SQUARES, _PART, _PART_N, _BLOCKS, _BLOCK_SUM, _BLOCK_SQUARES, _COUNTS, _TOTALS = range(10)


@dataclass(frozen=True, slots=True)
class Shift:
    """The newest windows against the reference, in one aspect."""

    log_e: float
    """Natural logarithm of the e-value."""
    windows: int
    """How many of the newest windows the change, if it is one, began ago."""
    effect: Effect
    before: Doubles
    """Counts of the reference by dimension of the aspect."""
    before_total: int
    after: Doubles
    after_total: int


class Track:
    """The windows of one field."""

    __slots__ = ("_newest", "_reference")

    def __init__(self) -> None:
        self._reference: Integers = np.zeros((10, DIMENSIONS), dtype=np.int64)
        self._newest: Integers = np.zeros((0, 2, DIMENSIONS), dtype=np.int64)
        """By window: the counts, and what each is a share of (0 where the window says nothing)."""

    @property
    def learnt(self) -> int:
        """How many aspects have a reference, so that they are tested."""
        return int(np.count_nonzero(self._reference[_N, _STARTS] >= LEARNT))

    def add(self, counts: Integers, totals: Integers) -> None:
        """Take a window in.

        Args:
            counts: by dimension.
            totals: what each is a share of; 0 where the window says nothing.
        """
        if len(self._newest) == NEWEST:
            self._learn(self._newest[0, 0], self._newest[0, 1])
        self._newest = np.concatenate([self._newest[1 - NEWEST :], [[counts, totals]]])

    def _learn(self, counts: Integers, totals: Integers) -> None:
        reference = self._reference
        takes = (totals >= _FEWEST) & (reference[_N] < REFERENCE)
        if not takes.any():
            return
        number = _numbers(counts, totals) * takes
        reference[_N] += takes
        reference[_SUM] += number
        reference[_SQUARES] += number * number
        reference[_COUNTS] += counts * takes
        reference[_TOTALS] += totals * takes
        reference[_PART] += number
        reference[_PART_N] += takes
        full = reference[_PART_N] == _BLOCK
        if full.any():
            block = reference[_PART] * full
            reference[_BLOCKS] += full
            reference[_BLOCK_SUM] += block
            reference[_BLOCK_SQUARES] += block * block
            reference[_PART, full] = 0
            reference[_PART_N, full] = 0

    def shifts(self) -> dict[str, Shift]:
        """Return, by aspect, how the newest windows differ where they do so by more than is not worth telling."""
        if len(self._newest) < SHORTEST:
            return {}
        recent = self._newest[-SHORTEST:]
        counts, totals = recent.sum(axis=0)
        reference = self._reference
        after, before = counts / np.maximum(totals, 1), reference[_COUNTS] / np.maximum(reference[_TOTALS], 1)
        distances = np.add.reduceat(np.abs(after - before), _STARTS) * _FACTORS
        enough = (reference[_N, _STARTS] >= LEARNT) & (recent[:, 1, _STARTS].min(axis=0) >= _FEWEST)
        shifts = {}
        for place in np.flatnonzero(enough & (distances >= _LEAST)).tolist():
            shift = self._shift(ASPECTS[place])
            if shift is not None:
                shifts[ASPECTS[place].name] = shift
        return shifts

    def _shift(self, aspect: Aspect) -> Shift | None:
        where = aspect.dimensions
        counts, totals = self._newest[:, 0, where], self._newest[:, 1, where.start]
        # Only windows that follow each other without one that says nothing.
        usable = int(np.argmin(np.append((totals >= _FEWEST)[::-1], False)))
        return self._most_likely(aspect, counts[-usable:], totals[-usable:])

    def _shares(self, aspect: Aspect, counts: Integers, totals: Integers) -> tuple[Doubles, Doubles]:
        reference = self._reference[:, aspect.dimensions]
        before: Doubles = reference[_COUNTS] / np.maximum(reference[_TOTALS], 1)
        after: Doubles = counts.sum(axis=0) / totals.sum()
        return before, after

    def _most_likely(self, aspect: Aspect, counts: Integers, totals: Integers) -> Shift | None:
        reference = self._reference[:, aspect.dimensions].astype(np.float64)
        used = (reference[_COUNTS] > 0) | (counts.sum(axis=0) > 0)
        # From here on the first axis is how many of the newest windows are set against the reference.
        lengths = np.arange(1.0, len(counts) + 1)[_CHANGED - 1 :, None]
        numbers = _numbers(counts, totals[:, None]).astype(np.float64)[::-1]
        means = np.cumsum(numbers, axis=0)[_CHANGED - 1 :] / lengths
        squares = np.cumsum(numbers**2, axis=0)[_CHANGED - 1 :] - lengths * means**2
        n0 = reference[_N]
        mean0 = reference[_SUM] / n0
        freedom = n0 + lengths - 2
        variance = (reference[_SQUARES] - n0 * mean0**2 + squares) / freedom
        floor = _STEPS**2 / 4 * np.cumsum(1 / totals[::-1])[_CHANGED - 1 :, None] / lengths
        variance = np.maximum(np.maximum(variance, self._between_blocks(aspect)), floor)
        logs = [
            log_mean_exp(each[used])
            for each in log_bayes_factor(n0, mean0, lengths, means, variance, freedom)
        ]
        best = int(np.argmax(logs))
        length = _CHANGED + best
        before, after = self._shares(aspect, counts[-length:], totals[-length:])
        effect = _effect(before, after, np.sqrt(variance[best] * (1 / n0 + 1 / length)))
        if effect.size < aspect.least or effect.low <= 0:
            return None
        return Shift(
            log_e=log_mean_exp(np.array(logs[SHORTEST - _CHANGED :])),
            windows=length,
            effect=effect,
            before=reference[_COUNTS],
            before_total=int(reference[_TOTALS, 0]),
            after=counts[-length:].sum(axis=0).astype(np.float64),
            after_total=int(totals[-length:].sum()),
        )

    def _between_blocks(self, aspect: Aspect) -> Doubles:
        """Return the variance of one window that the variation between blocks speaks of; 0 while there are few."""
        reference = self._reference[:, aspect.dimensions].astype(np.float64)
        blocks = reference[_BLOCKS]
        enough = blocks > 1
        several = np.maximum(blocks, 2)
        squares = reference[_BLOCK_SQUARES] - reference[_BLOCK_SUM] ** 2 / several
        result: Doubles = np.where(enough, squares / (several - 1) / _BLOCK, 0.0)
        return result

    def forget(self, aspect: Aspect) -> None:
        """Let go of an aspect's reference, and of its newest windows."""
        self._reference[:, aspect.dimensions] = 0
        self._newest[:, :, aspect.dimensions] = 0

    def state(self, blobs: BlobWriter) -> list[Any]:
        """Return the state as JSON values; the numbers go to ``blobs``."""
        return [
            blobs.put(self._reference.astype("<i8").tobytes()),
            blobs.put(self._newest.astype("<i4").tobytes()),
        ]

    @classmethod
    def restored(cls, state: Sequence[Any], blobs: BlobReader) -> Track:
        """Return the track whose :meth:`state` this is."""
        track = cls()
        reference = np.frombuffer(blobs.get(state[0]), dtype="<i8").astype(np.int64)
        newest = np.frombuffer(blobs.get(state[1]), dtype="<i4").astype(np.int64)
        track._reference = reference.reshape(-1, DIMENSIONS)
        track._newest = newest.reshape(-1, 2, DIMENSIONS)
        return track


def _numbers(counts: Integers, totals: Integers) -> Integers:
    """Return the variance-stabilised shares in steps (Freeman and Tukey, Anscombe): variance ``_STEPS**2 / 4 n``."""
    share = np.minimum((counts + 0.375) / (totals + 0.75), 1.0)
    result: Integers = np.rint(np.arcsin(np.sqrt(share)) * _STEPS).astype(np.int64)
    return result


def _effect(before: Doubles, after: Doubles, errors: Doubles) -> Effect:
    # From the scale of the arcsine back to that of shares, at the share where its error is greater.
    middle = np.maximum(np.sqrt(before * (1 - before)), np.sqrt(after * (1 - after)))
    errors = 2 * middle * errors / _STEPS
    if len(before) == 1:
        # The rest is a bin of its own.
        before, after = np.array([before[0], 1 - before[0]]), np.array([after[0], 1 - after[0]])
        errors = np.repeat(errors, 2)
    return total_variation(before, after, errors)
