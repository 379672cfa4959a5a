"""The words of the counting protocol: source, span, gone, rank, reload and the kind of state that is counted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple, Protocol, TypeVar
from uuid import UUID

S = TypeVar("S")

#: How sets of one source are compared: see :func:`rank`.
Rank = tuple[int, int, bytes]

#: The newest ranges of expired offsets that a set names one by one; older ones are only counted.
MAX_RANGES = 16


class Source(NamedTuple):
    """One partition of one topic as it was made once: a topic made again under its name has another id."""

    topic_id: UUID
    partition: int


class StateType(Protocol[S]):
    """The kind of state that is counted. The protocol never looks inside it."""

    format: int
    """Version of what :meth:`dump` writes, from 1 to 65535. Raise it when an older :meth:`load` could not read
    it any more."""

    def empty(self) -> S:
        """Return the state of no records."""
        ...

    def dump(self, state: S) -> bytes:
        """Serialise. Called once for each checkpoint, at the moment it is frozen: a state that keeps a window
        beside its total may close the window here."""
        ...

    def load(self, body: bytes, version: int) -> S:
        """Read what :meth:`dump` of ``version`` (never newer than :attr:`format`) wrote."""
        ...


class LogRange(NamedTuple):
    """What the broker holds of a partition: offsets from ``start`` (inclusive) to ``end`` (exclusive)."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Span:
    """One batch of records: offsets from ``start`` to ``end`` (exclusive), of which ``records`` held a record.

    Offsets without a record (compacted away, or transaction markers) are part of the span and are not expired.
    """

    start: int
    end: int
    records: int = 0
    first_time: int | None = None
    """Earliest record time, epoch milliseconds; None when not known."""
    last_time: int | None = None
    """Latest record time, epoch milliseconds; None when not known."""


@dataclass(frozen=True, slots=True)
class Gone:
    """Offsets that retention removed before anybody counted them, or that expired again before a checkpoint.

    An offset here need not have held a record: compaction and transactions leave offsets empty.
    """

    offsets: int = 0
    """How many offsets in all."""
    ranges: tuple[tuple[int, int], ...] = ()
    """The newest :data:`MAX_RANGES` of them as (start, end exclusive), ascending, joined where they touch."""

    def add(self, start: int, end: int) -> Gone:
        """Return this and the offsets from ``start`` to ``end`` (exclusive), all beyond what is here."""
        if end <= start:
            return self
        ranges = [*self.ranges, (start, end)]
        if self.ranges and self.ranges[-1][1] == start:
            ranges[-2:] = [(self.ranges[-1][0], end)]
        return Gone(self.offsets + end - start, tuple(ranges[-MAX_RANGES:]))


@dataclass(frozen=True, slots=True)
class Window:
    """What came between the checkpoint before and the one that carries this. Best effort across crashes."""

    start: int
    """First offset of the window; it ends where its set ends."""
    records: int = 0
    first_time: int | None = None
    last_time: int | None = None

    def add(self, span: Span) -> Window:
        """Return the window with a batch added."""
        firsts = [time for time in (self.first_time, span.first_time) if time is not None]
        lasts = [time for time in (self.last_time, span.last_time) if time is not None]
        return Window(
            self.start, self.records + span.records, min(firsts, default=None), max(lasts, default=None)
        )


@dataclass(frozen=True, slots=True)
class SetHeader:
    """What every piece of a set says about the whole set."""

    topic: str
    """Name of the source topic when the set was written."""
    end: int
    """Every record from ``origin`` to ``end`` (exclusive) that is not gone is counted in the set, once."""
    origin: int = 0
    """First offset that was to be counted at all: not 0 when a worker was told to begin at the latest."""
    gone: Gone = Gone()
    window: Window = Window(0)
    state_format: int = 1
    """:attr:`StateType.format` of the body."""


def rank(header: SetHeader, name: bytes) -> Rank:
    """Return what sets of one source are compared by: the furthest end, then the least left out, then the name.

    The name makes this a strict order, in which no two sets are equal. A set is tombstoned only by someone who
    has seen a *higher* set acknowledged, so the highest set that was ever completed is never tombstoned.
    """
    return (header.end, -(header.origin + header.gone.offsets), name)


def name_above(drawn: bytes, header: SetHeader, known: Iterable[Rank]) -> bytes:
    """Return a name for a set; where known sets reach as far, one that ranks above them: this one holds more.

    Args:
        drawn: a name that nobody uses. Half of it stays, so that two workers that do this at once do not take the same.
        header: of the set.
        known: ranks of the sets that are there.
    """
    highest = max(known, default=None)
    if highest is None or rank(header, drawn)[:2] != highest[:2] or rank(header, drawn) > highest:
        return drawn
    half = len(drawn) // 2
    return (int.from_bytes(highest[2][:half]) + 1).to_bytes(half + 1)[1:] + drawn[half:]


class ReloadReason(StrEnum):
    """Why a partition's memory was dropped, so that it starts again. Bounded: used as a metric label."""

    TOPIC_RECREATED = "topic-recreated"
    SEND_FAILED = "send-failed"
    OUT_OF_RANGE = "out-of-range"
    OVERLAP = "overlap"
    BATCH_FAILED = "batch-failed"
    MISUSED = "misused"
    REVOKED = "revoked"
    NOT_STARTED = "not-started"


@dataclass(frozen=True, slots=True)
class Reload:
    """The answer when there is no memory (any more): stop what was under way and begin the partition again."""

    reason: ReloadReason
    detail: str
    """One line for the log: what was found. Holds no record's content."""


@dataclass(frozen=True, slots=True)
class Position:
    """Where to read on, and what that is built on."""

    offset: int
    """Seek here, and throw away whatever was fetched before the seek."""
    resumed: bool
    """Whether a set was found; False: counting begins with no records."""
    expired: LogRange | None
    """Offsets that are newly known to be gone, for the log and the metric; None when there are none."""
