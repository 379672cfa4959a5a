"""Counts of values by the hashes that theta sketches keep: how many records an orphan has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
import numpy.typing as npt
from datasketches import TuplePolicy, theta_sketch, update_tuple_sketch

from streams.inventory.relations.sketch import keyable

#: Sketches of this size forget none of up to 7,680 values.
_LG_K: Final = 12


class _Sum(TuplePolicy):
    """Adds up counts."""

    def create_summary(self) -> int:
        return 0

    def update_summary(self, summary: int, count: int) -> int:
        return summary + count


def counts_by_hash(kept: Mapping[str, int]) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.int64]]:
    """Return the hashes of values, ascending, and how often each was seen.

    Args:
        kept: at most 4,096 values with their counts; those that are no keys are left out.
    """
    sketch = update_tuple_sketch(_Sum(), _LG_K)
    for text, count in kept.items():
        for value in keyable([text]):
            sketch.update(value, count)
    found = dict(sketch)
    hashes = np.fromiter(found, np.uint64, len(found))
    order = np.argsort(hashes)
    return hashes[order], np.fromiter(found.values(), np.int64, len(found))[order]


def records_of(missing: theta_sketch, hashes: npt.NDArray[np.uint64], counts: npt.NDArray[np.int64]) -> int:
    """Return how often the values of a sketch were seen, all of which are among ``hashes``."""
    wanted = np.fromiter(missing, np.uint64, missing.num_retained)
    return int(counts[np.isin(hashes, wanted)].sum())
