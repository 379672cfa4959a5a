"""The values of a window's records within one batch."""

from __future__ import annotations

from typing import Any

from streams.decode.base import Column, RowGroup
from streams.decode.paths import ELEMENT, names

#: Most fields that a window has are in one of its first records.
_FEW = 16


def is_cut(column: Column) -> bool:
    """Tell whether a column is one that records have once: the elements of arrays are not tested."""
    return ELEMENT not in column.path


def cut(group: RowGroup, column: Column, start: int, end: int) -> list[Any]:
    """Return the column's scalars of the records from ``start`` to ``end``, in record order."""
    if end - start == group.records:
        return column.values
    if is_full(group, column):
        return column.values[start:end]
    name, *inside = names(column.path)
    if group.counter is None or inside or column.nulls or column.containers:
        return [value for value in group.aligned(column.path, slice(start, end)) if value is not None]
    return column.values[group.counter(name, start) : group.counter(name, end)]


def first_of(group: RowGroup, column: Column, start: int) -> int:
    """Return the first record from ``start`` on that has a scalar there; one does."""
    if is_full(group, column):
        return start
    size = _FEW
    while True:
        aligned = group.aligned(column.path, slice(start, start + size))
        place = next((place for place, value in enumerate(aligned) if value is not None), None)
        if place is not None:
            return start + place
        start, size = start + size, 2 * size


def is_full(group: RowGroup, column: Column) -> bool:
    """Tell whether every record has the column as a scalar, so that its values are cut as they are."""
    return len(column.values) == group.records and not column.nulls and not column.containers
