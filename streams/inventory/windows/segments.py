"""The values of a window's records within one batch."""

from __future__ import annotations

from typing import Any

from streams.decode.base import Column, RowGroup
from streams.decode.paths import ELEMENT


def is_cut(column: Column) -> bool:
    """Tell whether a column is one that records have once: the elements of arrays are not tested."""
    return ELEMENT not in column.path


def cut(group: RowGroup, column: Column, start: int, end: int) -> list[Any]:
    """Return the column's scalars of the records from ``start`` to ``end``, in record order."""
    if is_full(group, column):
        return column.values[start:end]
    return [value for value in group.aligned(column.path, slice(start, end)) if value is not None]


def first_of(group: RowGroup, column: Column, start: int) -> int:
    """Return the first record from ``start`` on that has a scalar there; one does."""
    if is_full(group, column):
        return start
    aligned = group.aligned(column.path, slice(start, None))
    return start + next(place for place, value in enumerate(aligned) if value is not None)


def is_full(group: RowGroup, column: Column) -> bool:
    """Tell whether every record has the column as a scalar, so that its values are cut as they are."""
    return len(column.values) == group.records and not column.nulls and not column.containers
