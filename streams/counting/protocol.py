"""One source partition as one worker runs it: when its state may be trusted, written, and must be dropped.

The caller does what this says and tells what happened::

    start       topic_id = ask the broker; read pandian.profiles until the position is the end of the log
                as of that very fetch, into a SetStore; log = ask the broker
                position = counter.begin(topic_id, sets, log); seek to position.offset
    each batch  counter.merge(span, apply); send interactions and quarantine with (topic id, partition, offset, index)
    each tick   not counter.dirty: counter.check(ask the topic id)
                frozen = counter.freeze()
                wait until everything sent for records below frozen.end is acknowledged
                counter.acknowledged(frozen)
                counter.pieces(frozen, ask the topic id): send them with acks=all, wait until they are acknowledged
                counter.written(frozen): send a tombstone for each of these keys, wait until acknowledged
                counter.tombstoned(frozen): commit this offset to Kafka, for lag tools only; never read it back
    any failed send        counter.failed(), then start
    offset out of range    counter.out_of_range(), then start (no automatic reset)
    Reload from any call   stop, then start
    revoked                a last checkpoint if there is time, then counter.revoke()

Why each step stands where it does is said at each method.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic
from uuid import UUID

from streams.counting.base import LogRange, Position, Reload, S, SetHeader, Span, StateType
from streams.counting.sets import SetStore


@dataclass(frozen=True, slots=True)
class Frozen:
    """A checkpoint under way: the state as it was when it was frozen, whatever is merged since."""

    topic_id: UUID
    name: bytes
    header: SetHeader
    body: bytes

    @property
    def end(self) -> int:
        """Everything that was sent for records below this must be acknowledged before the set is written."""
        return self.header.end


class PartitionCounter(Generic[S]):
    """Counts one source partition. Not safe for threads; every method returns at once.

    Args:
        topic: name of the source topic.
        partition: its partition.
        states: the kind of state to count.
        piece_bytes: largest body of one piece.
        set_names: makes a name never used before, for each set.
    """

    topic: str
    partition: int

    def begin(self, topic_id: UUID, sets: SetStore, log: LogRange, *, origin: int = 0) -> Position: ...
    def merge(self, span: Span, apply: Callable[[S], object]) -> Reload | None: ...
    def check(self, topic_id: UUID | None) -> Reload | None: ...
    def freeze(self) -> Frozen | Reload: ...
    def acknowledged(self, frozen: Frozen) -> Reload | None: ...
    def pieces(self, frozen: Frozen, topic_id: UUID | None) -> list[tuple[bytes, bytes]] | Reload: ...
    def written(self, frozen: Frozen) -> list[bytes] | Reload: ...
    def tombstoned(self, frozen: Frozen) -> int | Reload: ...
    def failed(self) -> Reload: ...
    def out_of_range(self) -> Reload: ...
    def revoke(self) -> Reload: ...
