"""Which of all pairs of fields are worth a look: those of whose least hashes many are the same.

The least hashes of a set are a sample of it that every other set with these values has, too (Broder, "On the
Resemblance and Containment of Documents", 1997). An index over the hashes of all targets finds, for each source, the
targets that have its own, so that the work grows with the fields and not with their pairs.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from streams.inventory.relations.base import FieldSet

#: Hashes of a source that are looked up.
_LOOKED_UP: Final = 64
#: At least this share of those that the target can have must be there: half of a reference's values, less what chance
#: takes from a sample of 64.
_LEAST: Final = 0.3


class Index:
    """Finds fields by the hashes of their values.

    Args:
        targets: the fields that may be referred to.
    """

    def __init__(self, targets: Sequence[FieldSet]) -> None:
        sizes = [target.values.num_retained for target in targets]
        hashes = [
            np.fromiter(target.values, np.uint64, size) for target, size in zip(targets, sizes, strict=True)
        ]
        owners = np.repeat(np.arange(len(targets)), sizes)
        joined = np.concatenate(hashes) if hashes else np.empty(0, np.uint64)
        order = np.argsort(joined, kind="stable")
        self._hashes: npt.NDArray[np.uint64] = joined[order]
        self._owners = owners[order]
        self._limits = np.array([target.values.theta64 for target in targets], dtype=np.uint64)

    def find(self, source: FieldSet) -> list[int]:
        """Return the numbers of the targets that have many of a field's values, those first that have most."""
        # Those of a target with a low threshold are among the source's least: looking up 64 loses none of them.
        hashes = np.sort(np.fromiter(source.values, np.uint64, source.values.num_retained))[:_LOOKED_UP]
        found = self._look_up(hashes)
        possible = np.searchsorted(hashes, self._limits)
        chosen = np.flatnonzero(found >= np.maximum(_LEAST * possible, 1))
        order = np.argsort(-found[chosen] / possible[chosen], kind="stable")
        return [int(number) for number in chosen[order]]

    def _look_up(self, hashes: npt.NDArray[np.uint64]) -> npt.NDArray[np.int64]:
        """Return how many of the hashes each target has."""
        left = np.searchsorted(self._hashes, hashes, "left")
        right = np.searchsorted(self._hashes, hashes, "right")
        counts = right - left
        ends = np.cumsum(counts)
        # The places of all hits, one after the other: from each left end on, as many as there are.
        places = np.arange(int(counts.sum())) + np.repeat(left - (ends - counts), counts)
        return np.bincount(self._owners[places], minlength=len(self._limits))
