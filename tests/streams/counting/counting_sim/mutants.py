"""Each mutant breaks one rule of the protocol, or one thing its caller must do. The simulation must find them all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from unittest.mock import patch
from uuid import UUID

from counting_sim.readers import Collector
from counting_sim.runner import Runner
from counting_sim.states import NEW
from counting_sim.world import Kit
from pandian.errors import FormatVersionError
from streams.counting import protocol, sets
from streams.counting.base import Gone, LogRange, Position, Rank, Reload, SetHeader, Source, Span
from streams.counting.dedupe import Watermarks
from streams.counting.protocol import Frozen, PartitionCounter
from streams.counting.sets import SetStore

Counter = PartitionCounter[list[int]]


@dataclass(frozen=True)
class Mutant:
    """One broken rule."""

    name: str
    kit: Kit = field(default_factory=Kit)
    patches: tuple[tuple[object, str, object], ...] = ()

    @contextmanager
    def alive(self) -> Iterator[Kit]:
        """Put the mutation in place for a while."""
        with ExitStack() as stack:
            for target, attribute, value in self.patches:
                stack.enter_context(patch.object(target, attribute, value))
            yield self.kit


# How sets are compared and chosen


def smallest_end(header: SetHeader, name: bytes) -> Rank:
    return (-header.end, -(header.origin + header.gone.offsets), name)


def most_gone(header: SetHeader, name: bytes) -> Rank:
    return (header.end, header.origin + header.gone.offsets, name)


class TombstonesBeyondOwnEnd(Counter):
    def _superseded(self, memory: object, frozen: Frozen) -> list[bytes]:
        return [name for name in memory.known if name != frozen.name]


class TombstonesByEndAlone(Counter):
    def _superseded(self, memory: object, frozen: Frozen) -> list[bytes]:
        return [
            name
            for name, known in memory.known.items()
            if known.rank[0] <= frozen.end and name != frozen.name
        ]


class TombstonesItself(Counter):
    def _superseded(self, memory: object, frozen: Frozen) -> list[bytes]:
        return list(memory.known)


class ForgetsToTombstone(Counter):
    def _superseded(self, memory: object, frozen: Frozen) -> list[bytes]:
        return []


# What a start does


class CountsExpiredTwice(Counter):
    def begin(self, topic_id: UUID, sets: SetStore, log: LogRange, *, origin: int = 0) -> Position:
        position = super().begin(topic_id, sets, log, origin=origin)
        if position.expired:
            gone = self._memory.gone
            twice = gone.offsets + position.expired.end - position.expired.start
            self._memory.gone = Gone(twice, gone.ranges)
        return position


class ForgetsExpired(Counter):
    def begin(self, topic_id: UUID, sets: SetStore, log: LogRange, *, origin: int = 0) -> Position:
        position = super().begin(topic_id, sets, log, origin=origin)
        best = sets.best(self.source)
        self._memory.gone = best.header.gone if best else Gone()
        return position


class ForgetsOrigin(Counter):
    def begin(self, topic_id: UUID, sets: SetStore, log: LogRange, *, origin: int = 0) -> Position:
        position = super().begin(topic_id, sets, log, origin=origin)
        self._memory.origin = 0
        return position


class AcceptsNewer(SetStore):
    def __init__(self, state_format: int, *, keep_bodies: bool = True) -> None:
        super().__init__(NEW, keep_bodies=keep_bodies)

    def refusal(self, source: Source) -> FormatVersionError | None:
        return None


class ResumesFromCommit(Runner):
    def begin(self) -> None:
        super().begin()
        committed = self.world.committed.get(self.partition)
        if self.counter.counting and committed is not None:
            self.counter._memory.end = self.position = committed


class ReadsToEarlierEnd(Runner):
    def ask(self) -> None:
        super().ask()
        self.asked_end = self.world.profiles.end

    def has_read_all(self) -> bool:
        return super().has_read_all() or self.read_to >= self.asked_end


class AsksAfterReading(Runner):
    def begin(self) -> None:
        if self.world.topic.topic_id is not None:
            self.topic_id = self.world.topic.topic_id
            self.durable = self.world.oracle.best(self.source)
        super().begin()


class KeepsOldBuffer(Runner):
    def restart(self) -> None:
        kept = getattr(self, "buffer", None)
        super().restart()
        self.buffer = kept or self.buffer

    def seek(self) -> None:
        pass


# Reading


class LeavesEndBehind(Counter):
    def merge(self, span: Span, apply: Callable[[list[int]], object]) -> Reload | None:
        answer = super().merge(span, apply)
        if answer is None:
            self._memory.end = span.start
        return answer


class TakesOverlap(Counter):
    def merge(self, span: Span, apply: Callable[[list[int]], object]) -> Reload | None:
        memory = self._memory
        if memory and span.start < memory.end:
            span = replace(span, start=memory.end, end=max(memory.end, span.end))
        return super().merge(span, apply)


class KeepsHalfBatch(Counter):
    def merge(self, span: Span, apply: Callable[[list[int]], object]) -> Reload | None:
        memory = self._memory
        try:
            return super().merge(span, apply)
        except BaseException:
            self._memory = memory
            raise


class GoesOnAfterHalfBatch(Runner):
    def half_counted(self) -> None:
        self.position = self.counter.end


class ResetsByItself(Runner):
    def out_of_range(self) -> None:
        self.position = self.world.topic.log(self.partition).start


# Checkpoints


class NeverChecksTopic(Counter):
    def check(self, topic_id: UUID | None) -> Reload | None:
        return None if self._memory else self._dropped


class ChecksTopicOnlyWhenIdle(Counter):
    def pieces(self, frozen: Frozen, topic_id: UUID | None) -> list[tuple[bytes, bytes]] | Reload:
        return super().pieces(frozen, self._memory.source.topic_id if self._memory else topic_id)


class LabelsWithIdOfNow(Counter):
    def pieces(self, frozen: Frozen, topic_id: UUID | None) -> list[tuple[bytes, bytes]] | Reload:
        if self._memory and topic_id:
            self._memory.source = Source(topic_id, self.partition)
        return super().pieces(frozen, topic_id)


class SerialisesAtWrite(Counter):
    def pieces(self, frozen: Frozen, topic_id: UUID | None) -> list[tuple[bytes, bytes]] | Reload:
        if self._memory and self._memory.frozen is frozen:
            body = self._states.dump(self._memory.state)
            frozen = self._memory.frozen = replace(frozen, body=body)
        return super().pieces(frozen, topic_id)


class SerialisesAtWriteRunner(Runner):
    def write(self) -> bool | Reload:
        answer = super().write()
        if self.counter.counting:
            self.frozen = self.counter._memory.frozen
        return answer


class ReusesSetName(Runner):
    def set_name(self) -> bytes:
        return b"the-set-"


class WritesBeforeSendsArrive(Runner):
    def acknowledge(self) -> bool | Reload:
        return self.counter.acknowledged(self.frozen) or True


class TombstonesBeforeAcknowledged(Runner):
    def tombstone(self) -> bool | Reload:
        pieces, keys = self.waiting, self.counter.written(self.frozen)
        if isinstance(keys, Reload):
            return keys
        self.waiting = [*pieces, *(self.send(key, None) for key in keys)]
        return True


class TombstonesBeforeWriting(Runner):
    """As a careless rewrite would: first clears away, then writes."""

    def write(self) -> bool | Reload:
        for known in self.counter._memory.known.values() if self.counter.counting else ():
            for key in known.keys:
                self.send(key, None)
        return super().write()


class TakesFailureForSuccess(Runner):
    def poll(self) -> bool:
        self.sent = [
            (offset, receipt) for offset, receipt in self.sent if not (receipt.acked or receipt.failed)
        ]
        return False

    def all_acked(self) -> bool:
        return all(receipt.acked or receipt.failed for receipt in self.waiting)


class GoesOnAfterFailedSet(Runner):
    """Takes the failure of a set for success, and only that."""

    def poll(self) -> bool:
        waiting, self.waiting = self.waiting, []
        try:
            return super().poll()
        finally:
            self.waiting = self.waiting or waiting

    def all_acked(self) -> bool:
        return all(receipt.acked or receipt.failed for receipt in self.waiting)


# Readers


def any_piece_will_do(seen: object) -> bool:
    return bool(seen.slices)


class AsksBeforeLooking(Collector):
    def collect(self) -> None:
        if self.looked:
            self.read()
            self.retirement.look()
            self.tombstone(self.retirement.judge(self.answer))
        else:
            self.answer = self.ask()
        self.looked = not self.looked


class LastPlaceOnly(Watermarks):
    """Ignores what is not beyond the last place seen: one number a source, and not enough."""

    def __init__(self) -> None:
        super().__init__()
        self.last: dict[Source, int] = {}

    def accept(self, source: Source, offset: int, index: int = 0) -> bool:
        beyond = offset > self.last.get(source, -1)
        self.last[source] = max(offset, self.last.get(source, -1))
        return beyond


class AcceptsAll(Watermarks):
    def accept(self, source: Source, offset: int, index: int = 0) -> bool:
        return True


MUTANTS = (
    Mutant("smallest end is best", patches=((sets, "rank", smallest_end),)),
    Mutant("most gone is best", patches=((sets, "rank", most_gone), (protocol, "rank", most_gone))),
    Mutant("incomplete sets are used", patches=((sets, "_is_complete", any_piece_will_do),)),
    Mutant("tombstones sets beyond its own end", Kit(counter=TombstonesBeyondOwnEnd)),
    Mutant("tombstones by the end alone", Kit(counter=TombstonesByEndAlone)),
    Mutant("tombstones its own set", Kit(counter=TombstonesItself)),
    Mutant("never tombstones", Kit(counter=ForgetsToTombstone)),
    Mutant("counts expired offsets twice", Kit(counter=CountsExpiredTwice)),
    Mutant("forgets expired offsets", Kit(counter=ForgetsExpired)),
    Mutant("forgets where it was told to begin", Kit(counter=ForgetsOrigin)),
    Mutant("accepts a newer format", Kit(store=AcceptsNewer)),
    Mutant("goes on from the committed offset", Kit(runner=ResumesFromCommit)),
    Mutant("reads profiles to an end asked for before", Kit(runner=ReadsToEarlierEnd)),
    Mutant("asks the topic id after reading profiles", Kit(runner=AsksAfterReading)),
    Mutant("counts what was fetched before the seek", Kit(runner=KeepsOldBuffer)),
    Mutant("does not move the end with the state", Kit(counter=LeavesEndBehind)),
    Mutant("counts overlapping batches", Kit(counter=TakesOverlap)),
    Mutant("goes on after half a batch", Kit(counter=KeepsHalfBatch, runner=GoesOnAfterHalfBatch)),
    Mutant("resets its offset automatically", Kit(runner=ResetsByItself)),
    Mutant("never checks the topic id", Kit(counter=NeverChecksTopic)),
    Mutant("checks the topic id only when idle", Kit(counter=ChecksTopicOnlyWhenIdle)),
    Mutant("labels the set with the id of now", Kit(counter=LabelsWithIdOfNow)),
    Mutant(
        "serialises at the write, not at the freeze",
        Kit(counter=SerialisesAtWrite, runner=SerialisesAtWriteRunner),
    ),
    Mutant("uses a set name again", Kit(runner=ReusesSetName)),
    Mutant("writes before what it sent has arrived", Kit(runner=WritesBeforeSendsArrive)),
    Mutant("tombstones before the set is acknowledged", Kit(runner=TombstonesBeforeAcknowledged)),
    Mutant("tombstones before it writes", Kit(runner=TombstonesBeforeWriting)),
    Mutant("goes on after a failed send", Kit(runner=TakesFailureForSuccess)),
    Mutant("goes on after a failed set", Kit(runner=GoesOnAfterFailedSet)),
    Mutant("collects topics by an answer from before", Kit(collector=AsksBeforeLooking)),
    Mutant("remembers the last place only", Kit(watermarks=LastPlaceOnly)),
    Mutant("remembers no places", Kit(watermarks=AcceptsAll)),
)
