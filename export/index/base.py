"""The contract of an index of items."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import numpy.typing as npt

Columns = npt.NDArray[np.int64]
#: Vectors of length 1, or 0 of items about which nothing is known [items, dimensions].
Vectors = npt.NDArray[np.float32]


class ItemIndex(Protocol):
    """Knows which items are near each other. May be asked from several threads at once."""

    kind: str
    """``exact`` or ``approximate``."""

    def neighbours(self, columns: Columns, k: int) -> tuple[Columns, Vectors]:
        """Return the items nearest to each of some, the nearest first; none is its own neighbour.

        Items are near whose vectors have a high cosine. Of equally near ones the first of the catalogue comes first.

        Args:
            columns: items, as columns of the catalogue [n].
            k: how many; of a catalogue with fewer others, all of them.

        Returns:
            Columns [n, k] and cosines, -1 to 1 [n, k]. Of an item without a vector (never learned) all cosines are 0.

        Raises:
            ValueError: when a column is not in the catalogue, or ``k`` is below 1.
        """

    def vectors(self, columns: Columns) -> Vectors:
        """Return the vectors of some items, of length 1; zeros of an item without one [n, dimensions].

        Args:
            columns: items, as columns of the catalogue [n].

        Raises:
            ValueError: when a column is not in the catalogue.
        """


def unit(vectors: npt.NDArray[np.floating]) -> Vectors:
    """Return vectors of length 1; a vector of zeros stays what it is."""
    exact = np.asarray(vectors, np.float32)
    lengths = np.linalg.norm(exact, axis=1, keepdims=True)
    return np.asarray(exact / np.where(lengths > 0, lengths, 1), np.float32)


def check_asked(columns: Columns, k: int, n_items: int) -> int:
    """Return how many neighbours there can be.

    Raises:
        ValueError: as :meth:`ItemIndex.neighbours`.
    """
    if k < 1:
        raise ValueError(f"k {k}: must be 1 or more")
    if columns.size and not 0 <= int(columns.min()) <= int(columns.max()) < n_items:
        raise ValueError(f"columns must be from 0 to {n_items - 1}")
    return min(k, n_items - 1)
