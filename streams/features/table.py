"""What is known of items as columns of numbers, by the numbers that somebody else gives them.

Asked about item by item, 100,000 items take some 40 ms of the event loop; as columns they take a tenth of one. A table
is filled when it is first asked for, in portions between which others have their turn. Every later change of the
catalogue is in it as soon as that is taken.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import numpy.typing as npt

from streams.features.known import Known

#: Items that are filled in at once: some 4 ms of the event loop.
_PORTION = 5_000
#: Rows for which there is room at first.
_LEAST = 1_024


class Numbered(Protocol):
    """Items by their numbers, from 0 on. More may come; those that are there keep their number."""

    @property
    def items(self) -> Sequence[str]:
        """The item of each number; another sequence when all numbers were given anew."""
        ...

    @property
    def numbers(self) -> Mapping[str, int]:
        """The number of each item."""
        ...

    @property
    def reused(self) -> Sequence[int]:
        """Numbers that were given to another item since ``items`` is what it is; it only grows."""
        ...


@dataclass(frozen=True, eq=False)
class Fixed:
    """Items whose numbers never change."""

    items: Sequence[str]
    numbers: Mapping[str, int]
    reused: Sequence[int] = field(default=(), init=False)


class Table:
    """What is known of each item: one row a number.

    Args:
        known: says what is known of an item.
        rows: the items of the rows.
    """

    def __init__(self, known: Callable[[str], Known], rows: Numbered) -> None:
        self._known = known
        self._begin(rows)

    def _begin(self, rows: Numbered) -> None:
        self._items, self._filled, self._reused = rows.items, 0, len(rows.reused)
        room = max(_LEAST, len(rows.items))
        self._available: npt.NDArray[np.bool_] = np.ones(room, np.bool_)
        self._categories: npt.NDArray[np.int64] = np.zeros(room, np.int64)
        self._prices: npt.NDArray[np.float64] = np.full(room, math.nan)

    @property
    def available(self) -> npt.NDArray[np.bool_]:
        """Whether each item may be had: False where the catalogue says that it cannot [items]."""
        return self._available[: self._filled]

    @property
    def categories(self) -> npt.NDArray[np.int64]:
        """The hash of each item's category, as this process has it; 0 where none is known [items]."""
        return self._categories[: self._filled]

    @property
    def prices(self) -> npt.NDArray[np.float64]:
        """The price of each item, NaN where none is known [items]."""
        return self._prices[: self._filled]

    def put(self, changed: Mapping[str, Known], rows: Numbered) -> None:
        """Take what has become known of items."""
        numbers = rows.numbers
        for item_id, known in changed.items():
            number = numbers.get(item_id)
            # Rows that are not filled yet will be, with what is known then.
            if number is not None and number < self._filled:
                self._available[number], self._categories[number], self._prices[number] = _row(known)

    async def ready(self, rows: Numbered) -> None:
        """Fill in all rows that there are. Until the caller waits for something else, none is missing."""
        more = self._fill(rows)
        while more:
            await asyncio.sleep(0)
            more = self._fill(rows)

    def _fill(self, rows: Numbered) -> bool:
        """Fill in some rows; tell whether there are more."""
        if rows.items is not self._items:
            self._begin(rows)
        for number in rows.reused[self._reused :]:
            if number < self._filled:
                self._write(number, [rows.items[number]])
        self._reused = len(rows.reused)
        portion = rows.items[self._filled : self._filled + _PORTION]
        if portion:
            self._write(self._filled, portion)
            self._filled += len(portion)
        return self._filled < len(rows.items)

    def _write(self, start: int, items: Sequence[str]) -> None:
        end = start + len(items)
        if end > len(self._prices):
            self._grow(2 * end)
        known = self._known
        available, categories, prices = zip(*[_row(known(item_id)) for item_id in items], strict=True)
        self._available[start:end], self._categories[start:end] = available, categories
        self._prices[start:end] = prices

    def _grow(self, room: int) -> None:
        more = room - len(self._prices)
        self._available = np.concatenate([self._available, np.ones(more, np.bool_)])
        self._categories = np.concatenate([self._categories, np.zeros(more, np.int64)])
        self._prices = np.concatenate([self._prices, np.full(more, math.nan)])


def _row(known: Known) -> tuple[bool, int, float]:
    # A hash needs no memory of all the categories that there ever were.
    category = 0 if known.category is None else hash(known.category)
    return known.available is not False, category, math.nan if known.price is None else known.price
