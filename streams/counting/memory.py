"""What a counter holds of its partition between two starts, and the checkpoint taken from it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import Generic

from streams.counting.base import Gone, S, SetHeader, Source, Window
from streams.counting.sets import KnownSet


class Step(Enum):
    """How far a checkpoint has come."""

    FROZEN = auto()
    ACKNOWLEDGED = auto()
    WRITING = auto()
    TOMBSTONING = auto()
    DONE = auto()


@dataclass(frozen=True, slots=True, eq=False)
class Frozen:
    """A checkpoint under way: the state as it was at the freeze, whatever is merged since."""

    memory: object
    """The memory it was taken from; a checkpoint of a memory that was dropped since is not gone on with."""
    name: bytes
    header: SetHeader
    body: bytes
    """The serialised state."""

    @property
    def end(self) -> int:
        """Everything sent for records below this offset is to be acknowledged before the set is written."""
        return self.header.end


@dataclass(slots=True, eq=False)
class Memory(Generic[S]):
    """What a counter knows, from a start until something makes it doubtful. Dropped as a whole, never mended."""

    source: Source
    state: S
    end: int
    origin: int
    gone: Gone
    window: Window
    dirty: bool
    """Whether the state, or what is gone, is beyond the last freeze."""
    known: dict[bytes, KnownSet]
    """Sets by name that stand in ``pandian.profiles`` as far as is known, to be tombstoned one day."""
    frozen: Frozen | None = None
    """The checkpoint under way."""
    step: Step = Step.DONE
    keys: tuple[bytes, ...] = ()
    """Keys of the set that is being written."""
