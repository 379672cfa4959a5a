"""How many labels of each kind fell into each bucket of scores. Adding histograms is counting everything at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

Counts = npt.NDArray[np.int64]


class Histogram:
    """Counts of negative and positive labels by bucket: exact whole numbers.

    Args:
        buckets: how many buckets there are; one more than edges.
    """

    __slots__ = ("counts",)

    def __init__(self, buckets: int) -> None:
        self.counts: Counts = np.zeros((2, buckets), np.int64)
        """[label, bucket]: row 0 counts the negative labels, row 1 the positive ones."""

    @property
    def buckets(self) -> int:
        """How many buckets there are."""
        return int(self.counts.shape[1])

    @property
    def negative(self) -> int:
        """How many labels are 0."""
        return int(self.counts[0].sum())

    @property
    def positive(self) -> int:
        """How many labels are 1."""
        return int(self.counts[1].sum())

    @property
    def labels(self) -> int:
        """How many labels there are."""
        return int(self.counts.sum())

    def add(self, bucket: int, label: int) -> None:
        """Count one label (0 or 1)."""
        self.counts[label, bucket] += 1

    def add_codes(self, codes: Iterable[int]) -> None:
        """Count labels that are given as ``2 * bucket + label``."""
        buckets, labels = np.divmod(np.fromiter(codes, np.int64), 2)
        np.add.at(self.counts, (labels, buckets), 1)

    def add_batch(self, buckets: npt.NDArray[np.int64], positive: npt.NDArray[np.bool_]) -> None:
        """Count labels by bucket, (n,), and whether each is 1, (n,)."""
        size = self.buckets
        self.counts += np.bincount(buckets + size * positive, minlength=2 * size).reshape(2, size)

    def merge(self, other: Histogram) -> None:
        """Add another histogram's counts. Both must have the same edges.

        Raises:
            ValueError: when they have not even the same number of buckets.
        """
        if other.buckets != self.buckets:
            raise ValueError(
                f"a histogram of {other.buckets} buckets cannot be added to one of {self.buckets}"
            )
        self.counts += other.counts

    def encode(self) -> list[list[int]]:
        """Return for each label the buckets that are not empty: steps from one to the next, and counts, in turn."""
        return [_sparse(row) for row in self.counts]

    @classmethod
    def decode(cls, stored: Sequence[Sequence[int]], buckets: int) -> Histogram:
        """Return what :meth:`encode` gave.

        Raises:
            ValueError, IndexError: when it is something else.
        """
        found = cls(buckets)
        for row, sparse in zip(found.counts, stored, strict=True):
            pairs = np.array(sparse, np.int64).reshape(-1, 2)
            row[np.cumsum(pairs[:, 0])] = pairs[:, 1]
        return found


def _sparse(row: Counts) -> list[int]:
    filled = np.flatnonzero(row)
    found: list[int] = np.column_stack((np.diff(filled, prepend=0), row[filled])).ravel().tolist()
    return found
