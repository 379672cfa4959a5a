"""The best of many scores, ties in one order."""

from __future__ import annotations

from typing import Any

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
