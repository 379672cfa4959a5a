"""The best of many scores, ties in one order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

#: Logits of which only the highest is looked at first.
_BLOCK = 64

Columns = npt.NDArray[np.int64]


def best_columns(logits: npt.NDArray[Any], count: int) -> Columns:
    """Return the columns of the highest logits, the highest first, equal ones by column; never those of -inf.

    At least ``count`` of them where there are so many, and maybe more.
    """
    columns = np.flatnonzero(logits >= _least(logits, count))
    found = logits[columns]
    columns, found = columns[found > -np.inf], found[found > -np.inf]
    return columns[np.lexsort((columns, -found))]


def _least(logits: npt.NDArray[Any], count: int) -> float:
    """Return a number that the ``count`` highest logits reach, and not many others.

    The highest of each block is found: at least ``count`` logits reach the ``count``-th of them. A block is every
    ``blocks``-th logit, not those beside each other, as then whole rows are compared at once.
    """
    blocks = len(logits) // _BLOCK
    if blocks <= count:
        return -np.inf
    highest = logits[: blocks * _BLOCK].reshape(_BLOCK, blocks).max(0)
    return float(np.partition(highest, blocks - count)[blocks - count])


class Logits(Protocol):
    """The logits of a catalogue after one history: :class:`All` of them, or only those that matter."""

    def drop(self, columns: Sequence[int] | Columns) -> None:
        """Let some columns be none of the best."""
        ...

    def best(self, count: int) -> tuple[Columns, npt.NDArray[np.float32]]:
        """Return the columns of the highest logits and these, the highest first, equal ones by column.

        At least ``count`` of them where there are so many, and maybe more.
        """
        ...

    def at(self, columns: Columns) -> npt.NDArray[np.float32]:
        """Return the logits of some columns."""
        ...

    def lowest(self) -> float:
        """Return the lowest logit of all, when none was dropped."""
        ...


class All:
    """All logits of a catalogue."""

    def __init__(self, logits: npt.NDArray[np.float32]) -> None:
        self._logits = logits

    def drop(self, columns: Sequence[int] | Columns) -> None:
        """Let some columns be none of the best."""
        self._logits[columns] = -np.inf

    def best(self, count: int) -> tuple[Columns, npt.NDArray[np.float32]]:
        """Return the best; see :class:`Logits`."""
        columns = best_columns(self._logits, count)
        return columns, self._logits[columns]

    def at(self, columns: Columns) -> npt.NDArray[np.float32]:
        """Return the logits of some columns."""
        return self._logits[columns]

    def lowest(self) -> float:
        """Return the lowest logit of all."""
        return float(self._logits.min())
