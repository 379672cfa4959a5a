"""The values of each role in a group of rows, arrays opened: one entry for each thing that a record tells of."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, repeat
from typing import Any, NamedTuple

from streams.decode.base import RowGroup
from streams.decode.columns import aligned_objects
from streams.interactions.base import FieldMapping, Part, Role

#: Elements of one record that become something; further ones are counted.
MAX_ELEMENTS = 1_000


class Cells(NamedTuple):
    """Columns by role; all have the same length."""

    records: Sequence[int]
    """Place of each entry's record in the batch, ascending."""
    indexes: Sequence[int]
    """Index of each entry within its record."""
    values: dict[Role, Sequence[Any]]
    """Scalars or None; a role that no field plays is not there."""
    empty: int = 0
    """Records whose array holds nothing."""
    beyond: int = 0
    """Elements left out."""


def cells_of(group: RowGroup, mapping: FieldMapping) -> Cells:
    """Return the cells of a group. CSV header lines have only None."""
    array = next((_array(part.field) for part in mapping.parts.values() if "[]" in part.field), None)
    plain = {role: _aligned(group, part) for role, part in mapping.parts.items() if "[]" not in part.field}
    if array is None:
        return Cells(group.indexes, [0] * group.records, plain)
    return _opened(group, mapping, array, plain)


def _opened(group: RowGroup, mapping: FieldMapping, array: str, plain: dict[Role, Sequence[Any]]) -> Cells:
    found = group.elements(array)
    beyond = sum(max(0, len(elements) - MAX_ELEMENTS) for elements in found)
    if beyond:
        found = [elements[:MAX_ELEMENTS] for elements in found]
    counts = list(map(len, found))
    elements = list(chain.from_iterable(found))
    values: dict[Role, Sequence[Any]] = {
        role: list(chain.from_iterable(map(repeat, column, counts))) for role, column in plain.items()
    }
    for role, part in mapping.parts.items():
        if "[]" in part.field:
            values[role] = _inside(elements, part.field.partition("[]")[2].removeprefix("."))
    return Cells(
        list(chain.from_iterable(map(repeat, group.indexes, counts))),
        list(chain.from_iterable(map(range, counts))),
        values,
        counts.count(0),
        beyond,
    )


def _inside(elements: list[Any], path: str) -> list[Any]:
    """Return the scalar at a path in each element; an empty path: the element itself."""
    if not path:
        return [None if type(element) in (dict, list) else element for element in elements]
    return aligned_objects(elements, path)


def _array(path: str) -> str:
    return path.partition("[]")[0]


def _aligned(group: RowGroup, part: Part) -> Sequence[Any]:
    """Return a part's column; CSV without declared names knows it by its position."""
    if group.format == "csv" and part.column is not None and not _has(group, part.field):
        return group.aligned(part.column)
    return group.aligned(part.field)


def _has(group: RowGroup, path: str) -> bool:
    return any(column.path == path for column in group.columns)
