"""One source partition as one worker runs it: when its state may be trusted, written, and must be dropped.

The caller does what this says and tells what happened::

    start       topic_id = ask the broker
                read pandian.profiles into a SetStore, until a fetch leaves nothing behind it in the log
                log = ask the broker; position = counter.begin(topic_id, sets, log); seek to position.offset
    each batch  counter.merge(span, apply)
                send interactions and quarantine on, with (topic id, partition, offset, index within the record)
    each tick   when not counter.dirty: counter.check(ask the topic id), and no more
                frozen = counter.freeze()
                wait until everything sent for records below frozen.end is acknowledged
                counter.acknowledged(frozen)
                counter.pieces(frozen, ask the topic id): send these, wait until they are acknowledged (acks=all)
                counter.written(frozen): send a tombstone for each of these keys, wait until acknowledged
                counter.tombstoned(frozen): commit this offset to Kafka, for lag tools only; never read it back
    checkpoint hindered    counter.abandon(frozen): the broker could not be asked, or the time was up
    any send that fails    counter.failed(), then start
    offset out of range    counter.out_of_range(), then start; the consumer has no automatic offset reset
    Reload from any call   stop, then start
    revoked                a last checkpoint if there is time, then counter.revoke()

*Memory* is the state, the offset it reaches and what is known of the sets written. All of it is dropped together,
and a start builds it from a complete set alone. Calls that find it dropped answer with the
:class:`~streams.counting.base.Reload` that says why, so a checkpoint under way stops by itself.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Generic
from uuid import UUID

from streams.counting.base import (
    Gone,
    LogRange,
    Position,
    Reload,
    ReloadReason,
    S,
    SetHeader,
    Source,
    Span,
    StateType,
    Window,
    name_above,
    rank,
)
from streams.counting.codec import NAME_BYTES, PIECE_BYTES, encode_pieces
from streams.counting.exceptions import ProtocolError, SourceTruncatedError
from streams.counting.memory import Frozen, Memory, Step
from streams.counting.sets import CompleteSet, KnownSet, SetStore

__all__ = ["Frozen", "PartitionCounter"]


class PartitionCounter(Generic[S]):
    """Counts one source partition. Does no input or output; not safe for threads.

    Args:
        topic: name of the source topic.
        partition: its partition.
        states: the kind of state to count.
        piece_bytes: largest slice of a state in one piece.
        set_names: makes a name of :data:`~streams.counting.codec.NAME_BYTES` bytes for each set, never the same
            twice, by any worker: a name used again could overwrite half of a set that others rely on.
    """

    def __init__(
        self,
        topic: str,
        partition: int,
        states: StateType[S],
        *,
        piece_bytes: int = PIECE_BYTES,
        set_names: Callable[[], bytes] = lambda: secrets.token_bytes(NAME_BYTES),
    ) -> None:
        self.topic = topic
        self.partition = partition
        self._states = states
        self._piece_bytes = piece_bytes
        self._set_names = set_names
        self._memory: Memory[S] | None = None
        self._dropped = Reload(ReloadReason.NOT_STARTED, f"{topic}[{partition}] was not started")

    @property
    def counting(self) -> bool:
        """Whether there is memory: begun, and not dropped since."""
        return self._memory is not None

    @property
    def dirty(self) -> bool:
        """Whether anything was counted, or found gone, since the last freeze."""
        return self._memory is not None and self._memory.dirty

    @property
    def source(self) -> Source:
        """Topic id and partition that are being counted.

        Raises:
            ProtocolError: when there is no memory; so too for the other properties below.
        """
        return self._present().source

    @property
    def topic_id(self) -> UUID:
        """The id of the topic that is counted."""
        return self._present().source.topic_id

    @property
    def end(self) -> int:
        """Every record below this offset is counted or gone."""
        return self._present().end

    @property
    def origin(self) -> int:
        """Where counting began: 0, or wherever it was told to begin."""
        return self._present().origin

    @property
    def gone(self) -> Gone:
        """What expired unread."""
        return self._present().gone

    @property
    def state(self) -> S:
        """The state of all records below :attr:`end`. To look at, not to change."""
        return self._present().state

    def begin(self, topic_id: UUID, sets: SetStore, log: LogRange, *, origin: int = 0) -> Position:
        """Build the memory from the best complete set of this topic id, or from nothing.

        Args:
            topic_id: asked of the broker before anything else of this start. If the topic is made again a moment
                later, the check at the next checkpoint finds it.
            sets: has read ``pandian.profiles`` up to the end of the log *as of its last fetch*. An end asked for
                before reading is not enough: the best set of then may be tombstoned and cleaned away before the
                reader gets to it, and its successor stand behind that end.
            log: the offsets the broker holds now; ``end`` is the high watermark.
            origin: where to begin when there is no set: 0 for the earliest, ``log.end`` for the latest.

        Raises:
            FormatVersionError: when a newer Pandian wrote sets of this source.
            SourceTruncatedError: when the log ends before what was counted.
            MalformedRecordError: when the best set does not decompress.
        """
        self._memory = None
        source = Source(topic_id, self.partition)
        refusal = sets.refusal(source)
        if refusal is not None:
            raise refusal
        best = self._choose(sets, source)
        end = best.header.end if best else origin
        if log.end < end:
            raise SourceTruncatedError(
                f"{self.topic}[{self.partition}] ends at offset {log.end}",
                f"records up to offset {end} were counted, so the broker has lost some",
                "restore the topic's data, or make the topic again to count what it holds now",
            )
        position = max(end, log.start)
        gone = (best.header.gone if best else Gone()).add(end, position)
        self._memory = Memory(
            source=source,
            state=self._load(best) if best else self._states.empty(),
            end=position,
            origin=best.header.origin if best else origin,
            gone=gone,
            window=Window(position),
            # A first origin is written even when no record comes: the next start must not choose another.
            dirty=position > end or (best is None and origin > 0),
            known=dict(sets.known(source)),
        )
        expired = LogRange(end, position) if position > end else None
        return Position(position, best is not None, expired)

    def _choose(self, sets: SetStore, source: Source) -> CompleteSet | None:
        return sets.best(source)

    def _load(self, best: CompleteSet) -> S:
        return self._states.load(best.body(), best.header.state_format)

    def merge(self, span: Span, apply: Callable[[S], object]) -> Reload | None:
        """Count one batch: ``apply`` changes the state, and the end moves with it.

        Offsets between :attr:`end` and ``span.start`` hold no record (compaction, transactions): a record that
        expired there instead would have made the fetch fail as out of range. A batch that begins below
        :attr:`end` would count records twice: the memory is dropped, as the caller's positions are wrong.

        Raises:
            BaseException: whatever ``apply`` raised; the memory is dropped, as it may hold half of the batch.
        """
        memory = self._memory
        if memory is None:
            return self._dropped
        if not memory.end <= span.start <= span.end:
            return self._drop(
                ReloadReason.OVERLAP, f"a batch from {span.start} to {span.end} came at position {memory.end}"
            )
        try:
            apply(memory.state)
        except BaseException:
            self._drop(
                ReloadReason.BATCH_FAILED, f"the batch from {span.start} to {span.end} could not be counted"
            )
            raise
        memory.end = span.end
        memory.window = memory.window.add(span)
        memory.dirty = True
        return None

    def amend(self, apply: Callable[[S], object]) -> Reload | None:
        """Count records below :attr:`end` that could not be counted when they came: the end stays where it is.

        The state must know which those are, so that it holds whichever of two sets with the same end a start takes:
        the older one still waits for them, the newer one has them.

        Raises:
            BaseException: whatever ``apply`` raised; the memory is dropped, as it may hold half of them.
        """
        memory = self._memory
        if memory is None:
            return self._dropped
        try:
            apply(memory.state)
        except BaseException:
            self._drop(ReloadReason.BATCH_FAILED, "records that had waited could not be counted")
            raise
        memory.dirty = True
        return None

    def check(self, topic_id: UUID | None) -> Reload | None:
        """Compare the topic's id, asked just now, with the one that is counted; None means there is no topic."""
        memory = self._memory
        if memory is None:
            return self._dropped
        if topic_id == memory.source.topic_id:
            return None
        what = "was deleted" if topic_id is None else "was deleted and made again"
        return self._drop(ReloadReason.TOPIC_RECREATED, f"the topic {what}")

    def freeze(self) -> Frozen | Reload:
        """Serialise the state as it is now and begin a checkpoint. Merging may go on.

        Raises:
            ProtocolError: when the checkpoint before is not over.
        """
        memory = self._memory
        if memory is None:
            return self._dropped
        if memory.step is not Step.DONE:
            raise self._misused("a second checkpoint was begun while one is under way")
        header = SetHeader(
            topic=self.topic,
            end=memory.end,
            origin=memory.origin,
            gone=memory.gone,
            window=memory.window,
            state_format=self._states.format,
        )
        name = name_above(self._set_names(), header, [known.rank for known in memory.known.values()])
        memory.frozen = Frozen(memory, name, header, self._states.dump(memory.state))
        memory.step = Step.FROZEN
        memory.keys = ()
        memory.window = Window(memory.end)
        memory.dirty = False
        return memory.frozen

    def acknowledged(self, frozen: Frozen) -> Reload | None:
        """Take note that everything sent for records below ``frozen.end`` was acknowledged.

        A set that reached beyond a record whose interaction is lost would lose that interaction for good: nobody
        would read the record again.
        """
        memory = self._step(frozen, Step.FROZEN, Step.ACKNOWLEDGED)
        return memory if isinstance(memory, Reload) else None

    def pieces(self, frozen: Frozen, topic_id: UUID | None) -> list[tuple[bytes, bytes]] | Reload:
        """Return keys and values to send, when the topic is still the one that was counted.

        Args:
            frozen: the checkpoint under way.
            topic_id: asked of the broker after :meth:`acknowledged`, so after every record in ``frozen`` was
                fetched. Consumers read by name: had the topic been made again before one of those fetches, its
                records would be in this state. Ids never come back, so the same id now means the same id then.
        """
        changed = self._stale(frozen) or self.check(topic_id)
        if changed:
            return changed
        memory = self._step(frozen, Step.ACKNOWLEDGED, Step.WRITING)
        if isinstance(memory, Reload):
            return memory
        records = encode_pieces(
            memory.source, frozen.name, frozen.header, frozen.body, piece_bytes=self._piece_bytes
        )
        memory.keys = tuple(key for key, _ in records)
        return records

    def written(self, frozen: Frozen) -> list[bytes] | Reload:
        """Take note that all pieces were acknowledged, and return the keys to tombstone.

        These are the keys of the known sets that rank below this one; never of a higher one, which somebody else
        may have written. Before the acknowledgement nothing may be tombstoned: there might be no set left.
        """
        memory = self._step(frozen, Step.WRITING, Step.TOMBSTONING)
        if isinstance(memory, Reload):
            return memory
        memory.known[frozen.name] = KnownSet(rank(frozen.header, frozen.name), memory.keys)
        return [key for name in self._superseded(memory, frozen) for key in memory.known[name].keys]

    def _superseded(self, memory: Memory[S], frozen: Frozen) -> list[bytes]:
        mine = rank(frozen.header, frozen.name)
        return [name for name, known in memory.known.items() if known.rank < mine]

    def tombstoned(self, frozen: Frozen) -> int | Reload:
        """Take note that the tombstones were acknowledged: the checkpoint is over.

        Returns the offset to commit to Kafka, so that lag tools show something. It must never be read back: it
        can be behind or ahead of the sets, for instance after a worker of another generation committed.
        """
        memory = self._step(frozen, Step.TOMBSTONING, Step.DONE)
        if isinstance(memory, Reload):
            return memory
        for name in self._superseded(memory, frozen):
            del memory.known[name]
        memory.frozen = None
        return frozen.end

    def abandon(self, frozen: Frozen) -> Reload | None:
        """Give a checkpoint up and keep the memory: the broker could not be asked, or the time was up.

        Allowed at any step. Pieces already sent may still land, even all of them: then there is one valid set more,
        whose keys a later checkpoint tombstones. A send that *failed* is :meth:`failed`, not this.

        Raises:
            ProtocolError: when this checkpoint is over already.
        """
        memory = self._memory
        if memory is None or frozen.memory is not memory:
            return self._dropped
        if frozen is not memory.frozen:
            raise self._misused("a checkpoint was given up that was over")
        if memory.keys:
            memory.known[frozen.name] = KnownSet(rank(frozen.header, frozen.name), memory.keys)
        if memory.step is not Step.TOMBSTONING:
            since = memory.window
            memory.window = frozen.header.window.add(
                Span(since.start, memory.end, since.records, since.first_time, since.last_time)
            )
            memory.dirty = True
        memory.frozen, memory.step = None, Step.DONE
        return None

    def failed(self, what: str = "a send") -> Reload:
        """Drop the memory because something sent was not acknowledged.

        It may be lost, or arrive later all the same. Only starting again, from what stands in the log, is right
        in both cases.
        """
        return self._drop(ReloadReason.SEND_FAILED, f"{what} was not acknowledged")

    def out_of_range(self) -> Reload:
        """Drop the memory because the broker no longer has, or never had, the offset to read next.

        A start then tells which: the topic is another, or retention was faster than this worker.
        """
        return self._drop(ReloadReason.OUT_OF_RANGE, "the broker does not have the next offset")

    def revoke(self) -> Reload:
        """Drop the memory because the partition is no longer this worker's."""
        return self._drop(ReloadReason.REVOKED, "the partition went to another worker")

    def _present(self) -> Memory[S]:
        if self._memory is None:
            raise ProtocolError(f"{self.topic}[{self.partition}] is not counted now: {self._dropped.detail}")
        return self._memory

    def _drop(self, reason: ReloadReason, detail: str) -> Reload:
        self._memory = None
        self._dropped = Reload(reason, f"{self.topic}[{self.partition}]: {detail}")
        return self._dropped

    def _misused(self, how: str) -> ProtocolError:
        return ProtocolError(self._drop(ReloadReason.MISUSED, how).detail)

    def _stale(self, frozen: Frozen) -> Reload | None:
        return None if frozen.memory is self._memory else self._dropped

    def _step(self, frozen: Frozen, expected: Step, then: Step) -> Memory[S] | Reload:
        memory = self._memory
        if memory is None or frozen.memory is not memory:
            return self._dropped
        if frozen is not memory.frozen or memory.step is not expected:
            raise self._misused(f"a checkpoint step to {then.name} came while it was at {memory.step.name}")
        memory.step = then
        return memory
