"""The values of each role in a group of rows, arrays opened: one entry for each thing that a record tells of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import chain, repeat
from typing import Any, NamedTuple

from streams.decode.base import RowGroup, row_numbers
from streams.decode.columns import aligned_objects, as_objects
from streams.decode.paths import split_array
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
    headers: int = 0
    """How many of the entries are CSV header lines: all that they have is None."""

    def column(self, role: Role) -> Sequence[Any]:
        """Return the values of a role, all None when no field plays it."""
        return self.values.get(role) or [None] * len(self.records)


def cells_of(group: RowGroup, mapping: FieldMapping, outcomes: Counter[str]) -> Cells:
    """Return the cells of a group, and count what has none: header lines, empty arrays, elements beyond the most."""
    outcomes["header-line"] += group.header_records
    inside: dict[Role, str] = {}
    plain: dict[Role, Sequence[Any]] = {}
    array = ""
    for role, part in mapping.parts.items():
        split = split_array(part.field)
        if split is None:
            plain[role] = _aligned(group, part)
        else:
            array, inside[role] = split
    if not inside:
        return Cells(group.indexes, _numbers(group), plain, group.header_records)
    return _opened(group, array, inside, plain, outcomes)


def _numbers(group: RowGroup) -> Sequence[int]:
    """Return the number of each row within its record."""
    return group.numbers or row_numbers(group.indexes) or [0] * group.records


def _opened(
    group: RowGroup,
    array: str,
    inside: dict[Role, str],
    plain: dict[Role, Sequence[Any]],
    outcomes: Counter[str],
) -> Cells:
    found = group.elements(array)
    beyond = sum(max(0, len(elements) - MAX_ELEMENTS) for elements in found)
    if beyond:
        found = [elements[:MAX_ELEMENTS] for elements in found]
    counts = list(map(len, found))
    elements = list(chain.from_iterable(found))
    values: dict[Role, Sequence[Any]] = {
        role: list(chain.from_iterable(map(repeat, column, counts))) for role, column in plain.items()
    }
    values |= {role: _inside(elements, path) for role, path in inside.items()}
    outcomes["too-many-elements"] += beyond
    outcomes["empty-array"] += counts.count(0) - group.header_records
    return Cells(
        list(chain.from_iterable(map(repeat, group.indexes, counts))),
        [
            MAX_ELEMENTS * number + index
            for number, count in zip(_numbers(group), counts, strict=True)
            for index in range(count)
        ],
        values,
    )


def _inside(elements: list[Any], path: str) -> list[Any]:
    """Return the scalar at a path in each element; an empty path: the element itself."""
    if not path:
        return [None if type(element) in (dict, list) else element for element in elements]
    return aligned_objects(as_objects(elements), path)


def _aligned(group: RowGroup, part: Part) -> Sequence[Any]:
    """Return a part's column; CSV without declared names knows it by its position."""
    if group.format == "csv" and part.column is not None and not _has(group, part.field):
        return group.aligned(part.column)
    return group.aligned(part.field)


def _has(group: RowGroup, path: str) -> bool:
    return any(column.path == path for column in group.columns)
