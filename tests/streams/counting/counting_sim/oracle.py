"""What must hold after every step, worked out from what Kafka holds and not from what the workers believe."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from counting_sim.states import NEW, RecordBag
from streams.counting.base import MAX_RANGES, Rank, SetHeader, Source
from streams.counting.codec import PieceKey, decode_body, decode_key, decode_value

if TYPE_CHECKING:
    from counting_sim.kafka import PartitionLog, SourceTopic


class ViolationError(AssertionError):
    """A promise of the protocol is broken."""


def require(holds: bool, what: str) -> None:
    if not holds:
        raise ViolationError(what)


@dataclass(slots=True)
class _Written:
    """One set as far as its pieces stand in the log."""

    header: SetHeader
    count: int
    bodies: dict[int, bytes] = field(default_factory=dict)

    def rank(self, name: bytes) -> Rank:
        return (self.header.end, -self.header.origin - self.header.gone.offsets, name)


class Oracle:
    """Follows the log of ``pandian.profiles`` and judges every set the moment it is complete."""

    def __init__(self, topic: SourceTopic) -> None:
        self._topic = topic
        self._bag = RecordBag(NEW)
        self._written: dict[tuple[Source, bytes], _Written] = {}
        self._best: dict[Source, Rank] = {}
        self.accepted: dict[Source, set[int]] = {}
        """Ids of the records whose interaction the next stage has taken, by the source on the label."""
        self.judged = 0

    def best(self, source: Source) -> Rank | None:
        """The highest set that was ever complete: nothing may take it away but a higher one."""
        return self._best.get(source)

    def landed(self, raw_key: bytes, value: bytes | None) -> None:
        key = decode_key(raw_key)
        known = self._written.get((key.source, key.name))
        if value is None:
            self._judge_tombstone(key)
            if known:
                known.bodies.pop(key.index, None)
            return
        piece = decode_value(value, state_format=NEW)
        if known is None or (known.header, known.count) != (piece.header, piece.count):
            known = self._written[key.source, key.name] = _Written(piece.header, piece.count)
        known.bodies[key.index] = piece.body
        if len(known.bodies) == known.count:
            self._judge(key.source, known, known.rank(key.name))

    def _judge_tombstone(self, key: PieceKey) -> None:
        best = self._best.get(key.source)
        current = key.source.topic_id == self._topic.topic_id
        require(not current or best is None or best[-1] != key.name, "the best set was tombstoned")

    def _judge(self, source: Source, written: _Written, rank: Rank) -> None:
        """Every complete set must be exact, and nothing that it counts may be missing further on."""
        self.judged += 1
        header = written.header
        state = decode_body([body for _, body in sorted(written.bodies.items())])
        counted = self._bag.load(state, header.state_format)
        require(source in self._topic.logs, "a set of a partition that never was")
        self._judge_counts(self._topic.logs[source], header, counted)
        lost = set(counted) - self.accepted.get(source, set())
        require(not lost, f"counted, but what was to be sent on never arrived: {sorted(lost)}")
        if rank > self._best.get(source, (-1, 0, b"")):
            self._best[source] = rank

    @staticmethod
    def _judge_counts(log: PartitionLog, header: SetHeader, counted: list[int]) -> None:
        ranges = header.gone.ranges
        gone = {offset for start, end in ranges for offset in range(start, end)}
        require(len(counted) == len(set(counted)), "a record is counted twice")
        require(
            len(gone) == header.gone.offsets or len(ranges) == MAX_RANGES, "expired offsets are miscounted"
        )
        require(all(end <= log.start for _, end in ranges), "offsets are called gone that are still there")
        require(header.end <= log.end, "a set reaches beyond the log")
        expected = {
            log.record_id(offset)
            for offset in range(header.origin, header.end)
            if log.visible[offset] and offset not in gone
        }
        cleaned = {log.record_id(offset) for offset in log.cleaned}
        require(set(counted) <= expected, "records are counted that are not to be counted")
        require(expected - set(counted) <= cleaned, "records are missing")
