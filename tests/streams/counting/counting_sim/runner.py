"""A worker counting one partition: what the asyncio runner does, one input or output a step."""

from __future__ import annotations

from collections import deque
from enum import Enum, auto
from typing import TYPE_CHECKING
from uuid import UUID

from counting_sim.kafka import TOPIC, OutOfRangeError, Receipt, Sender
from counting_sim.oracle import ViolationError, require
from counting_sim.states import RecordBag
from pandian.errors import FormatVersionError
from streams.counting.base import Reload, Source, Span
from streams.counting.exceptions import MalformedRecordError, SourceTruncatedError
from streams.counting.protocol import Frozen
from streams.counting.sets import SetStore

if TYPE_CHECKING:
    from counting_sim.world import World


class Phase(Enum):
    ASK = auto()
    READ = auto()
    RANGE = auto()
    RUN = auto()


class Fault(Enum):
    """What goes wrong with the next batch, or the next step of a checkpoint."""

    NONE = "nothing"
    REDELIVERED = "the transport hands the batch over twice; a checkpoint is given up"
    HALF = "counting the batch raises half way; a checkpoint is given up"


class HalfwayError(Exception):
    """Raised in the middle of counting a batch."""


class Runner:
    """One partition as one worker runs it. Steps of several runners interleave in any order."""

    def __init__(self, world: World, partition: int, version: int, *, latest: bool) -> None:
        self.world = world
        self.partition = partition
        self.version = version
        self.latest = latest
        self.paused = False
        self.profiles = Sender()
        self.interactions = Sender()
        self.counter = world.kit.counter(
            TOPIC, partition, RecordBag(version), piece_bytes=world.piece_bytes, set_names=self.set_name
        )
        self.restart()

    def set_name(self) -> bytes:
        return self.world.next_name()

    def restart(self) -> None:
        """Begin again: whatever was under way belongs to the memory that was dropped."""
        self.phase = Phase.ASK
        self.topic_id: UUID | None = None
        self.store: SetStore | None = None
        self.read_to = 0
        self.position = 0
        self.buffer: deque[list[int]] = deque()
        self.sent: list[tuple[int, Receipt]] = []
        self.frozen: Frozen | None = None
        self.stage = 0
        self.waiting: list[Receipt] = []

    # Start

    def step_start(self, limit: int) -> None:
        {Phase.ASK: self.ask, Phase.READ: lambda: self.read(limit), Phase.RANGE: self.begin}[self.phase]()

    def ask(self) -> None:
        self.topic_id = self.world.topic.topic_id
        if self.topic_id is not None:
            self.store = self.world.kit.store(self.version)
            self.read_to = 0
            self.phase = Phase.READ

    def read(self, limit: int) -> None:
        assert self.store
        for entry in self.world.profiles.read(self.read_to, limit):
            self.store.add(entry.key, entry.value)
            self.read_to = entry.offset + 1
        if self.has_read_all():
            self.phase = Phase.RANGE
            # Sets of a topic that was deleted meanwhile may be collected, so nothing can be asked of them.
            current = self.topic_id == self.world.topic.topic_id
            self.durable = self.world.oracle.best(self.source) if current else None

    def has_read_all(self) -> bool:
        """Whether the fetch that was just made left nothing behind it."""
        return not self.world.profiles.read(self.read_to, 1)

    @property
    def source(self) -> Source:
        assert self.topic_id
        return Source(self.topic_id, self.partition)

    def begin(self) -> None:
        log = self.world.topic.log_range(self.partition)
        assert self.topic_id and self.store
        if log is None:
            self.restart()
            return
        try:
            position = self.counter.begin(
                self.topic_id, self.store, log, origin=log.end if self.latest else 0
            )
        except (FormatVersionError, SourceTruncatedError):
            self.restart()
            return
        except MalformedRecordError as error:
            raise ViolationError("the best set cannot be read") from error
        self.judge_begin()
        self.position = position.offset
        self.seek()
        self.phase = Phase.RUN

    def judge_begin(self) -> None:
        """A start must go on from the best set there was, and old code from no newer one."""
        assert self.store
        best = self.store.best(self.source)
        reached = best.rank if best else (-1, 0, b"")
        require(reached >= (self.durable or (-1, 0, b"")), "a start did not go on from the best set")
        require(
            best is None or best.header.state_format <= self.version, "old code went on from a newer format"
        )

    def seek(self) -> None:
        self.buffer.clear()

    # Read

    def fetch(self, limit: int) -> None:
        log = self.world.topic.log(self.partition)
        if log is None:
            return
        try:
            offsets = log.fetch(self.position, limit)
        except OutOfRangeError:
            self.out_of_range()
            return
        if offsets:
            self.buffer.append([log.record_id(offset) for offset in offsets])
            self.offset_of = log.record_id(0)
            self.position = offsets[-1] + 1

    def out_of_range(self) -> None:
        self.counter.out_of_range()
        self.restart()

    def merge(self, fault: Fault) -> None:
        if not self.buffer:
            return
        ids = self.buffer.popleft()
        offsets = [record_id & 0xFFFFF for record_id in ids]
        span = Span(offsets[0], offsets[-1] + 1, len(ids))

        def apply(state: list[int]) -> None:
            state.extend(ids[: len(ids) // 2])
            if fault is Fault.HALF:
                raise HalfwayError
            state.extend(ids[len(ids) // 2 :])

        source = self.counter.source
        try:
            answer = self.counter.merge(span, apply)
        except HalfwayError:
            self.half_counted()
            return
        if not isinstance(answer, Reload):
            self.send_on(source, offsets, ids)
        if fault is Fault.REDELIVERED:
            answer = self.counter.merge(span, apply)
        if isinstance(answer, Reload):
            self.restart()

    def half_counted(self) -> None:
        self.restart()

    def send_on(self, source: Source, offsets: list[int], ids: list[int]) -> None:
        for offset, record_id in zip(offsets, ids, strict=True):
            receipt = self.interactions.send(
                lambda o=offset, i=record_id: self.world.interaction(source, o, i)
            )
            self.sent.append((offset, receipt))

    # Checkpoint

    def poll(self) -> bool:
        """Start again if a send was reported as failed."""
        if any(receipt.failed for _, receipt in self.sent) or any(receipt.failed for receipt in self.waiting):
            self.send_failed()
            return True
        self.sent = [(offset, receipt) for offset, receipt in self.sent if not receipt.acked]
        return False

    def send_failed(self) -> None:
        self.counter.failed()
        self.restart()

    def checkpoint(self, fault: Fault) -> None:
        """Go one step on with the checkpoint, if it need not wait."""
        if fault is not Fault.NONE and self.frozen:
            self.abandon()
            return
        stages = (self.freeze, self.acknowledge, self.write, self.tombstone, self.commit)
        answer = stages[self.stage]()
        if answer is True:
            self.stage = (self.stage + 1) % len(stages)
        elif isinstance(answer, Reload):
            self.restart()

    def freeze(self) -> bool | Reload:
        if not self.counter.dirty:
            return self.counter.check(self.world.topic.topic_id) or False
        frozen = self.counter.freeze()
        if isinstance(frozen, Reload):
            return frozen
        self.frozen = frozen
        return True

    def acknowledge(self) -> bool | Reload:
        assert self.frozen
        if any(offset < self.frozen.end for offset, _ in self.sent):
            return False
        return self.counter.acknowledged(self.frozen) or True

    def write(self) -> bool | Reload:
        assert self.frozen
        pieces = self.counter.pieces(self.frozen, self.world.topic.topic_id)
        if isinstance(pieces, Reload):
            return pieces
        self.waiting = [self.send(key, value) for key, value in pieces]
        return True

    def tombstone(self) -> bool | Reload:
        assert self.frozen
        if not self.all_acked():
            return False
        keys = self.counter.written(self.frozen)
        if isinstance(keys, Reload):
            return keys
        self.waiting = [self.send(key, None) for key in keys]
        return True

    def commit(self) -> bool | Reload:
        assert self.frozen
        if not self.all_acked():
            return False
        offset = self.counter.tombstoned(self.frozen)
        if isinstance(offset, Reload):
            return offset
        self.world.committed[self.partition] = offset
        self.frozen, self.waiting = None, []
        return True

    def abandon(self) -> None:
        assert self.frozen
        if self.counter.abandon(self.frozen):
            self.restart()
        self.stage, self.frozen, self.waiting = 0, None, []

    def all_acked(self) -> bool:
        return all(receipt.acked for receipt in self.waiting)

    def send(self, key: bytes, value: bytes | None) -> Receipt:
        return self.profiles.send(lambda: self.world.profile(key, value))
