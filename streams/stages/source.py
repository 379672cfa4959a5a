"""One source partition in this worker: its counter, the sends it waits for, and the steps of its checkpoint."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import numpy as np
from faust.types import TP

from streams.counting.base import Reload, Span
from streams.counting.protocol import Frozen, PartitionCounter
from streams.decode.base import Decoded
from streams.inventory.duplicates import Window
from streams.inventory.profile import BatchMeta, PartitionProfile, ProfilePolicy
from streams.stages.profiles_log import ProfilesLog
from streams.transport.batches import Batch
from streams.transport.errors import KAFKA_ERRORS


class ProfileState:
    """The kind of state that is counted for a topic: its partition profile."""

    format: int = PartitionProfile.FORMAT

    def __init__(self, topic: str, policy: ProfilePolicy) -> None:
        self._topic = topic
        self._policy = policy

    def empty(self) -> PartitionProfile:
        """Return the profile of no records."""
        return PartitionProfile(self._topic, self._policy)

    def dump(self, state: PartitionProfile) -> bytes:
        """Serialise."""
        return state.to_bytes()

    def load(self, body: bytes, version: int) -> PartitionProfile:  # noqa: ARG002 - the body says its version too
        """Read what :meth:`dump` wrote."""
        return PartitionProfile.from_bytes(body, self._policy)


@dataclass(slots=True)
class SourcePartition:
    """A source partition that is assigned to this worker."""

    tp: TP
    counter: PartitionCounter[PartitionProfile]
    epoch: int | None = None
    """Batches of another epoch are dropped; None while the partition is not read."""
    highwater: int = 0
    """End of the log at the last fetch."""
    sends: list[Awaitable[Any]] = field(default_factory=list)
    """Sends for records that are or will be counted, not yet known to be acknowledged."""

    window: Window = field(default_factory=Window)
    """Contents of the latest records, to tell repeats."""
    turn: int = 0
    """The last checkpoint that it was in, by its number."""

    @property
    def lag(self) -> int:
        """Offsets not yet counted."""
        return max(0, self.highwater - self.counter.end) if self.epoch is not None else 0

    def count(self, batch: Batch, decoded: Decoded, meta: BatchMeta) -> Reload | None:
        """Merge a decoded batch; the position moves with it."""
        times = meta.timestamps
        first, last = (int(times.min()), int(times.max())) if times is not None else (None, None)
        span = Span(batch.offset, batch.next_offset, len(batch.records), first, last)
        self.highwater = batch.highwater
        return self.counter.merge(span, lambda profile: profile.add(decoded, meta))


@dataclass(slots=True)
class Checkpoint:
    """One checkpoint of one partition, step by step as :mod:`streams.counting.protocol` demands."""

    source: SourcePartition
    frozen: Frozen
    sends: list[Awaitable[Any]]
    over: bool = False
    """Whether the set is written and what it supersedes tombstoned, or the memory dropped."""

    @classmethod
    def begin(cls, source: SourcePartition) -> Checkpoint | Reload:
        """Freeze the partition's profile as it is now."""
        frozen = source.counter.freeze()
        if isinstance(frozen, Reload):
            return frozen
        sends, source.sends = source.sends, []
        return cls(source, frozen, sends)

    async def settle(self) -> Reload | None:
        """Wait for what was sent on for the frozen records."""
        try:
            await asyncio.gather(*self.sends)
        except KAFKA_ERRORS as error:
            return self.source.counter.failed(f"a quarantined record ({error})")
        return self.source.counter.acknowledged(self.frozen)

    async def write(
        self, log: ProfilesLog, topic_id: UUID | None, wrote: Callable[[int], None]
    ) -> int | Reload:
        """Write the set, tombstone what it supersedes; return the offset to commit for lag tools."""
        counter, topic = self.source.counter, self.source.tp.topic
        pieces = counter.pieces(self.frozen, topic_id)
        if isinstance(pieces, Reload):
            return pieces
        try:
            wrote(await log.write(topic, pieces))
            superseded = counter.written(self.frozen)
            if isinstance(superseded, Reload):
                return superseded
            await log.write(topic, [(key, None) for key in superseded])
        except KAFKA_ERRORS as error:
            return counter.failed(f"a profile ({error})")
        self.over = True
        return counter.tombstoned(self.frozen)

    def give_up(self) -> None:
        """Give an unfinished checkpoint up: the broker could not be asked, or the time was up."""
        if not self.over and self.source.counter.abandon(self.frozen) is None:
            self.source.sends[:0] = self.sends


def now_ms() -> int:
    """Return the time, epoch milliseconds."""
    return time.time_ns() // 1_000_000


def records_meta(records: Sequence[Any], now: int, partition: int) -> BatchMeta:
    """Describe some records of a partition, in the order of their offsets, for the profile."""
    count = len(records)
    sizes = np.fromiter((len(record.value or b"") for record in records), np.int64, count)
    return BatchMeta(
        bytes=int(sizes.sum()),
        timestamps=np.fromiter((record.timestamp for record in records), np.int64, count),
        now_ms=now,
        offsets=np.fromiter((record.offset for record in records), np.int64, count),
        sizes=sizes,
        partition=partition,
    )
