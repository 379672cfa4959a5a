"""The best of many scores, ties in one order."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Columns = npt.NDArray[np.int64]


def best_columns(logits: npt.NDArray[Any], count: int) -> Columns:
    """Return the columns of the highest logits, the highest first, equal ones by column; never those of -inf.

    At least ``count`` of them where there are so many; more where others equal the last one.
    """
    if count < len(logits):
        least = np.partition(logits, len(logits) - count)[len(logits) - count]
        columns = np.flatnonzero(logits >= least)
    else:
        columns = np.arange(len(logits))
    found = logits[columns]
    columns, found = columns[found > -np.inf], found[found > -np.inf]
    return columns[np.lexsort((columns, -found))]
