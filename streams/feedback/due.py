"""Rows by the time at which they are due: only those of the next while are in order.

A heap of all of them has an object for each. Here those of later spans of time stand in one array a span, 8 bytes
each, and become a heap when their span begins.
"""

from __future__ import annotations

import heapq
from array import array
from collections.abc import Callable

from streams.feedback.base import NEVER
from streams.feedback.ring import Rows

#: Bits of a number that is ``due << _BITS | row``: there are never so many rows.
_BITS = 48
_ROW = (1 << _BITS) - 1


class DueQueue:
    """Gives rows in the order of their times, and of two with the same time the one with the lower number first.

    Args:
        span_ms: how much time has an array of its own.
    """

    def __init__(self, span_ms: int) -> None:
        self._span_ms = span_ms
        # What is left of 63 bits for the row when the time within a span has its own.
        self._bits = 63 - span_ms.bit_length()
        self._near: list[int] = []
        # All that is due before this is in the heap.
        self._until = NEVER
        # Of each later span ``time within it << bits | row``; and a heap of the spans' numbers.
        self._later: dict[int, array[int]] = {}
        self._spans: list[int] = []
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, due: int, row: int) -> None:
        """Take a row. Times are no earlier than 0."""
        self._count += 1
        if due < self._until:
            heapq.heappush(self._near, due << _BITS | row)
            return
        span = due // self._span_ms
        self._of(span).append(due - span * self._span_ms << self._bits | row)

    def add_all(self, due: Rows, rows: Rows) -> None:
        """Take many rows, as :meth:`add` does each."""
        near = due < self._until
        for one, row in zip(due[near].tolist(), rows[near].tolist(), strict=True):
            self.add(one, row)
        due, rows = due[~near], rows[~near]
        self._count += len(rows)
        spans = due // self._span_ms
        packed = due - spans * self._span_ms << self._bits | rows
        for span in dict.fromkeys(spans.tolist()):
            self._of(span).frombytes(packed[spans == span].tobytes())

    def _of(self, span: int) -> array[int]:
        later = self._later.get(span)
        if later is None:
            later = self._later[span] = array("q")
            heapq.heappush(self._spans, span)
        return later

    def pop(self, time: int) -> int | None:
        """Take away and return the first row that is due at a time; None when none is."""
        while not self._near:
            if not self._spans or self._spans[0] * self._span_ms > time:
                return None
            self._begin(heapq.heappop(self._spans))
        if self._near[0] >> _BITS > time:
            return None
        self._count -= 1
        return heapq.heappop(self._near) & _ROW

    def keep(self, wanted: Callable[[int], bool]) -> None:
        """Forget all rows but those that are wanted."""
        # A sorted list is a heap too.
        self._near = sorted(one for one in self._near if wanted(one & _ROW))
        self._count = len(self._near)
        mask = (1 << self._bits) - 1
        for later in self._later.values():
            later[:] = array("q", [one for one in later if wanted(one & mask)])
            self._count += len(later)

    def _begin(self, span: int) -> None:
        bits, begin = self._bits, span * self._span_ms
        mask = (1 << bits) - 1
        self._near = [begin + (one >> bits) << _BITS | one & mask for one in sorted(self._later.pop(span))]
        self._until = (span + 1) * self._span_ms
