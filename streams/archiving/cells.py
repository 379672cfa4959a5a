"""The values of a field in a group of rows, also where it is in arrays."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import Any

from streams.decode.base import RowGroup
from streams.decode.columns import aligned_objects, as_objects, elements_of_objects
from streams.decode.paths import split_array


def cells_of(group: RowGroup, path: str) -> list[Any]:
    """Return one entry for each row: the scalar at a path, or the list of those in its array; None for none.

    ``a[].b`` gives a list with an entry for each element of ``a``, ``a[][]`` a list of lists. An array without elements
    is None, like one that is not there.
    """
    split = split_array(path)
    if split is None:
        return group.aligned(path)
    array, inside = split
    return _in_arrays(group.elements(array), inside)


def _in_arrays(arrays: Sequence[list[Any]], inside: str) -> list[Any]:
    values = iter(_at(list(chain.from_iterable(arrays)), inside))
    return [[next(values) for _ in array] or None for array in arrays]


def _at(elements: list[Any], path: str) -> list[Any]:
    if not path:
        return [None if type(one) in (dict, list) else one for one in elements]
    split = split_array(path)
    if split is None:
        return aligned_objects(as_objects(elements), path)
    array, inside = split
    arrays = (
        elements_of_objects(as_objects(elements), array)
        if array
        else [one if type(one) is list else [] for one in elements]
    )
    return _in_arrays(arrays, inside)


def leaves(cells: Sequence[Any], depth: int) -> list[Any]:
    """Return the scalars in lists of so many levels; None stays where a whole list is missing at no level."""
    found: list[Any] = list(cells)
    for _ in range(depth):
        found = list(chain.from_iterable(one for one in found if one is not None))
    return found


def with_leaves(cells: Sequence[Any], depth: int, values: Sequence[Any]) -> list[Any]:
    """Return the cells with other scalars in their places."""
    if not depth:
        return list(values)
    left = iter(values)
    return [_rebuilt(one, depth, left) for one in cells]


def _rebuilt(cell: Any, depth: int, left: Iterator[Any]) -> Any:
    if not depth:
        return next(left)
    return None if cell is None else [_rebuilt(one, depth - 1, left) for one in cell]


def rows_of_leaves(cells: Sequence[Any], depth: int) -> list[int]:
    """Return the number of the row that each of :func:`leaves` is in."""
    count: Callable[[Any, int], int] = _count
    return [row for row, one in enumerate(cells) for _ in range(count(one, depth))]


def _count(cell: Any, depth: int) -> int:
    if not depth:
        return 1
    return 0 if cell is None else sum(_count(one, depth - 1) for one in cell)
