"""The values of a window's records within one batch."""

from __future__ import annotations

from typing import Any

from streams.decode.base import Column, RowGroup
from streams.decode.paths import ELEMENT


class Segments:
    """Cuts the columns of a group by record.

    Args:
        group: the records. Columns that every record has once are cut as they are; others are aligned first, once.
    """

    def __init__(self, group: RowGroup) -> None:
        self._group = group
        self._aligned: dict[str, list[Any]] = {}

    def cut(self, column: Column, start: int, end: int) -> list[Any]:
        """Return the column's scalars of the records from ``start`` to ``end``, one a record, None for none."""
        if len(column.values) == self._group.records and not column.nulls and not column.containers:
            return column.values[start:end]
        aligned = self._aligned.get(column.path)
        if aligned is None:
            aligned = self._aligned[column.path] = self._group.aligned(column.path)
        return aligned[start:end]


def is_cut(column: Column) -> bool:
    """Tell whether a column is one that records have once: the elements of arrays are not tested."""
    return ELEMENT not in column.path
