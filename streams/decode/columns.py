"""Rows of nested objects -> columns of scalars, a whole batch at a time.

The work per value is done by C loops over the batch (``chain``, slices, ``map``); Python runs once per field.
Rows of one shape are cut apart by slicing; rows of many shapes go through one append per value, so a million
shapes cost what one costs. Nested objects and arrays are flattened column by column: the objects found in a
column are a batch of rows again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any

from streams.decode.base import Column
from streams.decode.limits import Limits
from streams.decode.paths import MAX_PATH, brief, child, element, names

_NULL = type(None)
_KINDS = {frozenset[type]((kind,)): kind.__name__ for kind in (str, int, float, bool)}
_CONTAINERS = {dict: "object", list: "array"}
_NOT_SCALAR = frozenset((_NULL, *_CONTAINERS))
_ALL = slice(None)
#: After so many rows it is noted how many values each name has had, while there are no more names than that.
_MARKED = 64
_MOST_MARKED = 256


class TooManyColumnsError(Exception):
    """A batch has more columns than its caller wanted to see."""


class ColumnBuilder:
    """Collects the columns of one batch of rows.

    Args:
        limits: what bounds them.
        most: give up with :class:`TooManyColumnsError` beyond this many columns; None: no bound but the rows.
    """

    def __init__(self, limits: Limits, most: int | None = None) -> None:
        self.columns: list[Column] = []
        self.whole: dict[str, list[Any]] = {}
        """By path, the values of fields that every record has, as a scalar or as null (None), in record order."""
        self.dropped = 0
        """Entries under paths that are too long to keep."""
        self.dropped_paths: set[str] = set()
        """These paths, each :func:`~streams.decode.paths.brief`."""
        self._rows = 0
        self._max_depth = limits.max_depth
        self._most = most

    def add_objects(
        self,
        rows: Sequence[dict[str, Any]],
        parent: str = "",
        depth: int = 1,
        shape: Sequence[str] | None = None,
        collected: Collected | None = None,
    ) -> None:
        """Add the fields of ``rows``, which are the objects found at ``parent`` (empty: the records).

        ``shape``: the names of all of them, where these are known to be the same in the same order.
        ``collected``: their values, where these were collected already.
        """
        if not parent:
            self._rows = len(rows)
        for name, values in split(rows, shape) if collected is None else collected.values.items():
            self._add(child(parent, name), values, depth)

    def _add(self, path: str, values: list[Any], depth: int) -> None:
        if len(path) > MAX_PATH:
            self.dropped += len(values)
            self.dropped_paths.add(brief(path))
            return
        if self._most is not None and len(self.columns) >= self._most:
            raise TooManyColumnsError
        types = frozenset(map(type, values))
        if depth == 1 and len(values) == self._rows and types.isdisjoint(_CONTAINERS):
            self.whole[path] = values
        kind = _KINDS.get(types)
        if kind is not None:
            self.columns.append(Column(path, values, kind=kind))
            return
        column = _mixed_column(path, values, types)
        self.columns.append(column)
        if column.containers and depth < self._max_depth:
            self._open(path, values, depth + 1)

    def _open(self, path: str, values: list[Any], depth: int) -> None:
        objects = [value for value in values if type(value) is dict]
        if objects:
            self.add_objects(objects, path, depth)
        elements = list(chain.from_iterable(value for value in values if type(value) is list))
        if elements:
            self._add(element(path), elements, depth)


def _mixed_column(path: str, values: list[Any], types: frozenset[type]) -> Column:
    containers = {
        name: sum(type(value) is container for value in values)
        for container, name in _CONTAINERS.items()
        if container in types
    }
    if containers:
        scalars = [value for value in values if type(value) not in _NOT_SCALAR]
        nulls = values.count(None) if _NULL in types else 0
    else:
        scalars = [value for value in values if value is not None]
        nulls = len(values) - len(scalars)
    return Column(path, scalars, nulls, containers, _KINDS.get(types - _NOT_SCALAR, ""))


def shared_shape(rows: Sequence[dict[str, Any]]) -> tuple[str, ...] | None:
    """Return the names of all rows when they are the same in the same order, as nearly always; else None."""
    shape = list(rows[0])
    return tuple(shape) if list(chain.from_iterable(rows)) == shape * len(rows) else None


def split(
    rows: Sequence[dict[str, Any]], shape: Sequence[str] | None = None
) -> Iterable[tuple[str, list[Any]]]:
    """Yield each key of the rows with its values in row order; keys in the order of their first appearance."""
    if shape is None:
        shape = shared_shape(rows)
    if shape is not None:
        width = len(shape)
        values = list(chain.from_iterable(map(dict.values, rows)))
        for place, key in enumerate(shape):
            yield key, values[place::width]
        return
    yield from Collected(rows).values.items()


class Collected:
    """Rows of several shapes, their values by name.

    Args:
        rows: any.
    """

    __slots__ = ("_marks", "_rows", "values")

    def __init__(self, rows: Sequence[dict[str, Any]]) -> None:
        self.values: defaultdict[str, list[Any]] = defaultdict(list)
        """In row order; names in the order of their first appearance."""
        self._rows = rows
        self._marks: list[dict[str, int]] = []
        values = self.values
        for start in range(0, len(rows), _MARKED):
            if len(values) <= _MOST_MARKED:
                self._marks.append({name: len(some) for name, some in values.items()})
            for row in rows[start : start + _MARKED]:
                for key, value in row.items():
                    values[key].append(value)

    @property
    def can_count(self) -> bool:
        """Whether :meth:`count` can tell."""
        return len(self.values) <= _MOST_MARKED

    def count(self, name: str, first: int) -> int:
        """Return how many of so many first rows have a name; see :attr:`streams.decode.base.RowGroup.counter`."""
        if first >= len(self._rows):
            return len(self.values.get(name, ()))
        mark = first // _MARKED
        after = [name in row for row in self._rows[mark * _MARKED : first]]
        return self._marks[mark].get(name, 0) + after.count(True)


def as_objects(elements: Sequence[Any]) -> list[dict[str, Any]]:
    """Return elements of arrays as rows: one that is no object has no fields."""
    return [one if type(one) is dict else {} for one in elements]


def elements_of_objects(rows: Sequence[dict[str, Any]], path: str) -> list[list[Any]]:
    """Return the elements of the array at ``path`` in each row; see :meth:`streams.decode.base.RowGroup.elements`."""
    return [value if type(value) is list else [] for value in _values(rows, path)]


def aligned_objects(rows: Sequence[dict[str, Any]], path: str, part: slice = _ALL) -> list[Any]:
    """Return the scalar at ``path`` in each row, or None; see :meth:`streams.decode.base.RowGroup.aligned`."""
    found = _values(rows[part], path)
    if _CONTAINERS.keys().isdisjoint(map(type, found)):
        return found
    return [None if type(value) in _CONTAINERS else value for value in found]


def _values(rows: Sequence[dict[str, Any]], path: str) -> list[Any]:
    first, *inside = names(path)
    found = [row.get(first) for row in rows]
    for name in inside:
        found = [value.get(name) if type(value) is dict else None for value in found]
    return found
