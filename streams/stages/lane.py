"""One topic's records of one partition on their way to the join: some batches in memory, and no more."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator, Sequence
from typing import Any

from faust.types import TP

from streams.transport.batches import Batch

#: Bytes of memory that batches which wait may take, beyond which no more are asked for; asked again at half of it.
_MOST_BYTES = 6 << 20
#: A record's memory beside its value: its key, its numbers, and Python's objects for them.
_RECORD_BYTES = 230


class Lane:
    """Batches of one partition, taken record by record.

    Args:
        tp: the partition.
    """

    def __init__(self, tp: TP) -> None:
        self.tp = tp
        self.epoch: int | None = None
        """Batches of another one are dropped; None while the partition is not read."""
        self.end = 0
        """Offset behind the last record that came."""
        self.held = False
        """Whether the partition is not read because enough waits."""
        # With the time when it came, and the memory that it takes.
        self._batches: deque[tuple[Batch, int, int]] = deque()
        self._next = 0
        self._bytes = 0

    def begin(self, epoch: int, offset: int) -> None:
        """Read from an offset, with nothing waiting that stands at or behind it."""
        self.epoch, self.end, self.held = epoch, offset, False

    def put(self, batch: Batch) -> bool:
        """Take a batch; return False when something between it and the last one is missing, or came before."""
        if batch.follows != self.end or batch.offset < self.end:
            return False
        size = batch.size + _RECORD_BYTES * len(batch.records)
        self._batches.append((batch, time.time_ns() // 1_000_000, size))
        self._bytes += size
        self.end = batch.next_offset
        return True

    def __bool__(self) -> bool:
        return bool(self._batches)

    def came_at(self) -> int:
        """Return when the next record came here, epoch milliseconds. There must be one."""
        return self._batches[0][1]

    def take(self, most: int) -> Sequence[Any]:
        """Return the next records, at most so many of those that came together. There must be one."""
        batch = self._batches[0][0]
        records = batch.records[self._next : self._next + most]
        self._took(len(records))
        return records

    def taking(self) -> Iterator[Any]:
        """Yield the next records that came together, each of which is taken as soon as it is here."""
        batch = self._batches[0][0]
        for number in range(self._next, len(batch.records)):
            self._took(1)
            yield batch.records[number]

    def _took(self, count: int) -> None:
        self._next += count
        if self._next == len(self._batches[0][0].records):
            self._bytes -= self._batches.popleft()[2]
            self._next = 0

    @property
    def is_long(self) -> bool:
        """Whether so much waits that no more should come."""
        return self._bytes > _MOST_BYTES

    @property
    def is_short(self) -> bool:
        """Whether more may come."""
        return self._bytes <= _MOST_BYTES // 2
