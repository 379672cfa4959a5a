"""What Kafka does, as far as counting can notice: source topics, a compacted topic, sends that may be lost."""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from uuid import UUID

from streams.counting.base import LogRange, Source

#: Name of the source topic.
TOPIC = "shop"
_OFFSET_BITS = 20


class OutOfRangeError(Exception):
    """What a consumer without automatic offset reset gets."""


class PartitionLog:
    """One partition of a source topic."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.start = 0
        self.visible: list[bool] = []
        self.cleaned: set[int] = set()

    @property
    def end(self) -> int:
        return len(self.visible)

    def record_id(self, offset: int) -> int:
        """A number for one record, different in all topics and partitions of a run."""
        return ((self.source.topic_id.int * 64 + self.source.partition) << _OFFSET_BITS) | offset

    def append(self, records: int, gap: int) -> None:
        """``gap`` offsets that no consumer ever sees (aborted transactions, markers), then records."""
        self.visible += [False] * gap + [True] * records

    def expire(self, offsets: int) -> None:
        self.start = min(self.end, self.start + offsets)

    def clean(self, offset: int) -> None:
        """Compaction of the source topic: a record is gone, its offset stays."""
        if self.start <= offset < self.end - 1 and self.visible[offset]:
            self.cleaned.add(offset)

    def fetch(self, position: int, limit: int) -> list[int]:
        """Offsets of the next records."""
        if not self.start <= position <= self.end:
            raise OutOfRangeError
        found = (at for at in range(position, self.end) if self.visible[at] and at not in self.cleaned)
        return [offset for offset, _ in zip(found, range(limit), strict=False)]


class SourceTopic:
    """The source topic of one name, which can be deleted and made again."""

    def __init__(self) -> None:
        self._made = 0
        self.topic_id: UUID | None = None
        self.logs: dict[Source, PartitionLog] = {}
        self.partitions = 0

    def make(self, partitions: int) -> None:
        self._made += 1
        self.topic_id = UUID(int=self._made)
        self.partitions = 0
        for _ in range(partitions):
            self.add_partition()

    def add_partition(self) -> None:
        assert self.topic_id
        source = Source(self.topic_id, self.partitions)
        self.logs[source] = PartitionLog(source)
        self.partitions += 1

    def delete(self) -> None:
        self.topic_id, self.partitions = None, 0

    def sources(self) -> list[Source]:
        return [Source(self.topic_id, number) for number in range(self.partitions)] if self.topic_id else []

    def log(self, partition: int) -> PartitionLog | None:
        """By name, as consumers read: whatever topic has the name now."""
        if self.topic_id is None or partition >= self.partitions:
            return None
        return self.logs[Source(self.topic_id, partition)]

    def log_range(self, partition: int) -> LogRange | None:
        log = self.log(partition)
        return LogRange(log.start, log.end) if log else None


@dataclass(slots=True)
class Entry:
    offset: int
    key: bytes
    value: bytes | None
    passed: bool = False
    """A tombstone that a cleaning has passed over once: the next may remove it."""


class CompactedLog:
    """The partition of ``pandian.profiles`` that the topic's sets go to."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.end = 0

    def append(self, key: bytes, value: bytes | None) -> Entry:
        entry = Entry(self.end, key, value)
        self.entries.append(entry)
        self.end += 1
        return entry

    def read(self, position: int, limit: int) -> list[Entry]:
        at = bisect_left(self.entries, position, key=lambda entry: entry.offset)
        return self.entries[at : at + limit]

    def compact(self, active: int, *, drop_tombstones: bool) -> None:
        """Clean all but the last ``active`` entries (the active segment, which is never cleaned).

        Of each key the latest in the cleaned part stays. A tombstone stays at least until the next cleaning.
        """
        cut = max(0, len(self.entries) - active)
        latest = {entry.key: entry.offset for entry in self.entries[:cut]}
        kept = []
        for entry in self.entries[:cut]:
            expired = entry.value is None and entry.passed and drop_tombstones
            if latest[entry.key] == entry.offset and not expired:
                entry.passed = entry.value is None
                kept.append(entry)
        self.entries[:cut] = kept


class Outcome(Enum):
    """What becomes of a send."""

    ACKED = "acked"
    TWICE = "landed twice, as a retry without idempotence may"
    ACK_LOST = "landed, but the sender is told it failed"
    LOST = "lost, and the sender is told so"
    LATE = "the sender is told it failed; it lands later or never"


@dataclass(slots=True)
class Receipt:
    """What the sender knows of a send."""

    acked: bool = False
    failed: bool = False


@dataclass(slots=True)
class _Sending:
    land: Callable[[], None]
    receipt: Receipt


@dataclass(slots=True)
class Sender:
    """A producer's queue for one partition: in order, one at a time. Outlives the worker that filled it."""

    queue: deque[_Sending] = field(default_factory=deque)
    paused: bool = False

    def send(self, land: Callable[[], None]) -> Receipt:
        receipt = Receipt()
        self.queue.append(_Sending(land, receipt))
        return receipt

    def deliver(self, outcome: Outcome) -> None:
        """Let the oldest send meet its fate. One that was called failed before can still land."""
        if not self.queue:
            return
        sending = self.queue[0]
        if outcome is Outcome.LATE and not sending.receipt.failed:
            sending.receipt.failed = True
            return
        self.queue.popleft()
        if outcome not in (Outcome.LOST, Outcome.LATE):
            sending.land()
        if outcome is Outcome.TWICE:
            sending.land()
        if outcome in (Outcome.ACKED, Outcome.TWICE) and not sending.receipt.failed:
            sending.receipt.acked = True
        elif not sending.receipt.acked:
            sending.receipt.failed = True
