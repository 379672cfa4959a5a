"""The values of a window's records within one batch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from streams.decode.base import Column, RowGroup
from streams.decode.paths import ELEMENT, names

#: Most fields that a segment has are in one of its first records.
_FEW = 16


def is_cut(column: Column) -> bool:
    """Tell whether a column is one that records have once: the elements of arrays are not tested."""
    return ELEMENT not in column.path


class Segments:
    """Pieces of a batch's records, one after the other: a field's values are cut out rather than looked for.

    Args:
        group: the records.
    """

    def __init__(self, group: RowGroup) -> None:
        self._group = group
        self.start = 0
        """The first of the records that were taken."""
        self._end = 0
        self._passed: Counter[str] = Counter()
        """How many of the records before ``_counted`` have each name."""
        self._counted = 0
        self._within: Mapping[str, int] | None = None

    def go_to(self, start: int, end: int) -> None:
        """Take the records from ``start`` to ``end``, none of which were taken before."""
        self.start, self._end, self._within = start, end, None

    def values(self, column: Column) -> list[Any]:
        """Return the column's scalars of these records, in record order."""
        if self._end - self.start == self._group.records:
            return column.values
        if is_full(self._group, column):
            return column.values[self.start : self._end]
        counter = self._group.counter
        name, *inside = names(column.path)
        if counter is None or inside or column.nulls or column.containers:
            aligned = self._group.aligned(column.path, slice(self.start, self._end))
            return [value for value in aligned if value is not None]
        within = self._count(counter)
        first = self._passed[name]
        return column.values[first : first + within.get(name, 0)]

    def _count(self, counter: Callable[[slice], Mapping[str, int]]) -> Mapping[str, int]:
        """Return how many of these records have each name, and count those before them."""
        if self._within is None:
            self._passed.update(counter(slice(self._counted, self.start)))
            self._counted = self.start
            self._within = counter(slice(self.start, self._end))
        return self._within

    def first(self, column: Column) -> int:
        """Return which of the group's records is the first of these that has a scalar there; one does."""
        if is_full(self._group, column):
            return self.start
        start, size = self.start, _FEW
        while True:
            aligned = self._group.aligned(column.path, slice(start, start + size))
            place = next((place for place, value in enumerate(aligned) if value is not None), None)
            if place is not None:
                return start + place
            start, size = start + size, 2 * size


def is_full(group: RowGroup, column: Column) -> bool:
    """Tell whether every record has the column as a scalar, so that its values are cut as they are."""
    return len(column.values) == group.records and not column.nulls and not column.containers
