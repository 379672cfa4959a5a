"""Rows by the time at which they are due: only those of the next while are in order.

A heap of all of them has an object for each. Here those of later spans of time stand in one array a span, 16 bytes
each, and become a heap when their span begins.
"""

from __future__ import annotations

import heapq
from array import array
from collections.abc import Callable

from streams.feedback.base import NEVER

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
        self._near: list[int] = []
        # All that is due before this is in the heap.
        self._until = NEVER
        # Time and row, in turn, of each later span; and a heap of their numbers.
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
        later = self._later.get(span)
        if later is None:
            later = self._later[span] = array("q")
            heapq.heappush(self._spans, span)
        later.append(due)
        later.append(row)

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
        for span, later in list(self._later.items()):
            pairs = zip(later[::2], later[1::2], strict=True)
            kept = array("q", [number for pair in pairs if wanted(pair[1]) for number in pair])
            self._later[span] = kept
            self._count += len(kept) // 2

    def _begin(self, span: int) -> None:
        later = self._later.pop(span)
        self._near = sorted(due << _BITS | row for due, row in zip(later[::2], later[1::2], strict=True))
        self._until = (span + 1) * self._span_ms
