"""Values that hold rows: what a reader found in each -> the rows of all, with the place of each one's record."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, repeat
from typing import Any, Final

from streams.decode import reasons
from streams.decode.base import Read, Reject, Row
from streams.decode.halves import Failure

#: Rows that are read of one record. A megabyte of short lines has a tenth as many.
MOST_ROWS: Final = 1 << 18

NO_ROWS: Final = Failure(reasons.NO_ROWS, "it holds no row")
TOO_MANY_ROWS: Final = Failure(reasons.TOO_LARGE, f"more than {MOST_ROWS:,} rows")


def gathered(found: Sequence[Any], indexes: Sequence[int]) -> Read:
    """Return the rows of several values.

    Args:
        found: of each value its row, a list of its rows (at least one), or a :class:`Failure`.
        indexes: places of the values in the batch, ascending.
    """
    kinds = set(map(type, found))
    if kinds == {dict}:
        return Read(list(found), indexes, [])
    if kinds == {list}:
        return Read(
            list(chain.from_iterable(found)),
            list(chain.from_iterable(map(repeat, indexes, map(len, found)))),
            [],
        )
    rows: list[Row] = []
    places: list[int] = []
    rejects: list[Reject] = []
    for one, index in zip(found, indexes, strict=True):
        if type(one) is dict:
            rows.append(one)
            places.append(index)
        elif type(one) is list:
            rows += one
            places += [index] * len(one)
        else:
            rejects.append(one.reject(index))
    return Read(rows, places, rejects)
