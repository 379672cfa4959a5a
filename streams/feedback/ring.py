"""Rows in the order in which they came, as columns of numbers: added at the end, taken away at the front.

A row is named by its number, which it keeps; it stands at the place ``row % size`` of every column. So a row costs
eight bytes a column, where an object with its numbers costs some hundred.
"""

from __future__ import annotations

from array import array
from typing import TypeVar

import numpy as np
import numpy.typing as npt

#: Rows there is room for at first: few, as partitions may be quiet.
_LEAST = 16
#: It grows by such a part of itself.
_GROWS = 4
#: When no more than a sixth is taken, the rest is given back.
_SPARSE = 6

T = TypeVar("T")
Rows = npt.NDArray[np.int64]


class Ring:
    """The columns.

    Args:
        columns: how many.
    """

    __slots__ = ("columns", "end", "low", "size")

    def __init__(self, columns: int) -> None:
        self.size = _LEAST
        """Rows there is room for."""
        self.low = 0
        """The first row."""
        self.end = 0
        """The next row."""
        self.columns = tuple(array("q", bytes(8 * _LEAST)) for _ in range(columns))
        """They stay these objects, whatever their size."""

    def __len__(self) -> int:
        return self.end - self.low

    @property
    def rows(self) -> Rows:
        """Return all rows, in order."""
        return np.arange(self.low, self.end, dtype=np.int64)

    def fitting(self, more: int = 1) -> int:
        """Return the size that suits what is there and so many rows more: the present one where it does."""
        count = self.end - self.low
        if count + more > self.size:
            return max(count + more, self.size + self.size // _GROWS)
        return max(_LEAST, 2 * count) if _SPARSE * count < self.size else self.size

    def resize(self, size: int) -> None:
        """Move all rows to where they stand in columns of another size, which must hold them."""
        rows = self.rows
        before, after = rows % self.size, rows % size
        for column in self.columns:
            values = view(column)[before]
            stretch(column, size)
            view(column)[after] = values
        self.size = size


def view(column: array[int]) -> Rows:
    """Return a column as an array that shares its memory. The column cannot change its size while that is there."""
    return np.frombuffer(column, f"i{column.itemsize}")


def stretch(column: array[int], size: int) -> None:
    """Give a column another size; what is new of it is 0."""
    if size < len(column):
        del column[size:]
    else:
        column.frombytes(bytes(column.itemsize * (size - len(column))))


def moved(values: list[T | None], size: int, low: int, end: int) -> list[T | None]:
    """Return a column of objects in another size, with the rows from ``low`` up to ``end`` where they stand in it."""
    found: list[T | None] = [None] * size
    before, row = len(values), low
    while row < end:
        source, target = row % before, row % size
        run = min(end - row, before - source, size - target)
        found[target : target + run] = values[source : source + run]
        row += run
    return found
