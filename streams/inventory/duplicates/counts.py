"""How many records were duplicates, and how many of these may be there by chance."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from streams.inventory.duplicates.hashset import Mask
from streams.inventory.occurrences import Occurrences
from streams.inventory.profile.batch import BatchMeta

_CONFIDENCE = 0.99


class DuplicateCounts:
    """Records looked at and duplicates among them. Merging and batching change none of them."""

    __slots__ = ("expected_false", "occurrences", "records")

    def __init__(self) -> None:
        self.records = 0
        """Records that were looked at."""
        self.occurrences = Occurrences()
        """Those that were there before, with the first and latest place."""
        self.expected_false = 0.0
        """How many records are expected to count as duplicates without being any; at most that."""

    def add(self, duplicate: Mask, indexes: Any, meta: BatchMeta, false_positive_rate: float) -> None:
        """Count records of a batch.

        Args:
            duplicate: of each record, whether it was there before.
            indexes: the places of the same records in the batch.
            meta: says where they stand.
            false_positive_rate: the probability that one is taken for a duplicate wrongly.
        """
        self.records += len(duplicate)
        self.expected_false += len(duplicate) * false_positive_rate
        found = np.flatnonzero(duplicate)
        if len(found):
            self.occurrences.add(len(found), indexes[int(found[0])], indexes[int(found[-1])], meta)

    def merge(self, other: DuplicateCounts) -> None:
        """Add what another one counted in other records."""
        self.records += other.records
        self.expected_false += other.expected_false
        self.occurrences.merge(other.occurrences)

    def state(self) -> list[Any]:
        """Return the state as JSON values."""
        return [self.records, self.expected_false, self.occurrences.state()]

    def restore(self, state: list[Any]) -> None:
        """Take over what :meth:`state` gave."""
        self.records, self.expected_false = state[:2]
        self.occurrences.restore(state[2])

    def document(self) -> dict[str, Any]:
        """Return the counts as JSON values.

        ``count`` is what was found in the window. Of these at most ``count - low`` are no duplicates, 99 % confidence.
        ``share`` is that of the records, corrected for those expected by chance.
        """
        count = self.occurrences.count
        chance = _most_by_chance(self.expected_false)
        corrected = max(count - self.expected_false, 0.0)
        return {
            "records": self.records,
            **self.occurrences.document(),
            "low": max(count - chance, 0),
            "high": count,
            "share": corrected / self.records if self.records else None,
            "expected_false": self.expected_false,
        }


def _most_by_chance(expected: float) -> int:
    """Return how many of independent rare events there are at most, 99 % confidence: the quantile of Poisson's law."""
    if expected > 100:
        return math.ceil(expected + 2.4 * math.sqrt(expected))
    probability = total = math.exp(-expected)
    count = 0
    while total < _CONFIDENCE:
        count += 1
        probability *= expected / count
        total += probability
    return count
