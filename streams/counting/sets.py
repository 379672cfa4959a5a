"""What ``pandian.profiles`` holds: the sets of each source, the best of them, and the keys to tombstone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from uuid import UUID

from pandian.errors import FormatVersionError
from streams.counting.base import Rank, SetHeader, Source, rank
from streams.counting.codec import Piece, PieceKey, decode_body, decode_key, decode_value, encode_key
from streams.counting.exceptions import MalformedRecordError


@dataclass(frozen=True, slots=True)
class CompleteSet:
    """A set of which every piece was seen: a valid point to go on from, and a valid figure to show."""

    source: Source
    name: bytes
    header: SetHeader
    slices: tuple[bytes, ...]
    """The pieces' slices of the compressed state; empty when the store does not keep bodies."""

    @property
    def rank(self) -> Rank:
        """What sets of one source are compared by."""
        return rank(self.header, self.name)

    def body(self) -> bytes:
        """Return the serialised state, for :meth:`StateType.load` with ``header.state_format``.

        Raises:
            MalformedRecordError: when the pieces do not make one state.
        """
        return decode_body(list(self.slices))


@dataclass(frozen=True, slots=True)
class KnownSet:
    """A set that stands in the topic, complete or not."""

    rank: Rank
    keys: tuple[bytes, ...]
    """The keys to tombstone to be rid of it."""


@dataclass(slots=True)
class _Seen:
    """What was seen of one set."""

    header: SetHeader | None = None
    count: int = 0
    indexes: set[int] = field(default_factory=set)
    slices: dict[int, bytes] = field(default_factory=dict)
    newer: FormatVersionError | None = None


@dataclass(slots=True)
class _SourceSets:
    """The sets of one source."""

    seen: dict[bytes, _Seen] = field(default_factory=dict)
    best: CompleteSet | None = None


class SetStore:
    """Reads ``pandian.profiles``, record by record in log order, and knows the best complete set of each source.

    The best is the highest by :func:`~streams.counting.base.rank`. It only ever gets better: a tombstone takes a
    set's name away but not what the set said, because it was written by somebody who knew a higher set, which
    may stand further down the log. Memory is bounded by the bodies of the best sets and of higher ones that are
    still incomplete. No record can make :meth:`add` raise.

    Args:
        state_format: the newest :attr:`StateType.format` that the caller can load.
        keep_bodies: False for a reader that takes the body from what :meth:`add` returns and needs it no more.
    """

    malformed: int
    """Records that were not Pandian's, or damaged; they are passed over."""

    def __init__(self, state_format: int, *, keep_bodies: bool = True) -> None:
        self.malformed = 0
        self._state_format = state_format
        self._keep_bodies = keep_bodies
        self._sources: dict[Source, _SourceSets] = {}
        self._newer_key: FormatVersionError | None = None

    def add(self, key: bytes | None, value: bytes | None) -> CompleteSet | None:
        """Take the next record of the log; ``value`` None is a tombstone.

        Returns the set that this record completed, with its body, when it is now the best of its source.
        """
        try:
            piece_key = decode_key(key or b"")
        except MalformedRecordError:
            self.malformed += 1
            return None
        except FormatVersionError as error:
            self._newer_key = error
            return None
        if value is None:
            self._remove(piece_key)
            return None
        return self._add_piece(piece_key, value)

    def best(self, source: Source) -> CompleteSet | None:
        """Return the highest complete set of a source; None when there is none."""
        sets = self._sources.get(source)
        return sets.best if sets else None

    def refusal(self, source: Source) -> FormatVersionError | None:
        """Return the error that says why this source cannot be counted by this version; None when it can.

        Even one piece of a newer format is enough: how far its set reaches cannot be read.
        """
        if self._newer_key:
            return self._newer_key
        sets = self._sources.get(source, _SourceSets())
        return next((seen.newer for seen in sets.seen.values() if seen.newer), None)

    def known(self, source: Source) -> dict[bytes, KnownSet]:
        """Return the sets of a source by name that stand in the topic, but those of a newer format."""
        sets = self._sources.get(source, _SourceSets())
        return {
            name: KnownSet(_rank_of(seen, name), _keys(source, name, seen))
            for name, seen in sets.seen.items()
            if seen.newer is None
        }

    def sources(self) -> Iterator[Source]:
        """Iterate over every source of which something was seen."""
        return iter(self._sources)

    def topics(self) -> dict[UUID, str]:
        """Return the name of every topic of which a set can be read, by its id."""
        return {
            source.topic_id: seen.header.topic
            for source, sets in self._sources.items()
            for seen in sets.seen.values()
            if seen.header
        }

    def retire(self, topic_id: UUID) -> list[bytes]:
        """Forget a topic, and return the keys to tombstone to be rid of its sets.

        Only for a topic that is surely no more: :class:`~streams.counting.retirement.Retirement` finds out.
        """
        retired = [source for source in self._sources if source.topic_id == topic_id]
        return [
            key
            for source in retired
            for name, seen in self._sources.pop(source).seen.items()
            for key in _keys(source, name, seen)
        ]

    def _remove(self, key: PieceKey) -> None:
        sets = self._sources.get(key.source)
        seen = sets.seen.get(key.name) if sets else None
        if sets is None or seen is None:
            return
        seen.indexes.discard(key.index)
        seen.slices.pop(key.index, None)
        if not seen.indexes:
            del sets.seen[key.name]

    def _add_piece(self, key: PieceKey, value: bytes) -> CompleteSet | None:
        sets = self._sources.setdefault(key.source, _SourceSets())
        seen = sets.seen.setdefault(key.name, _Seen())
        seen.indexes.add(key.index)
        try:
            piece = decode_value(value, state_format=self._state_format)
        except FormatVersionError as error:
            seen.newer = error
            return None
        except MalformedRecordError:
            self.malformed += 1
            return None
        if not _belongs(key, piece, seen):
            self.malformed += 1
            return None
        seen.header, seen.count = piece.header, piece.count
        if sets.best is not None and rank(piece.header, key.name) <= sets.best.rank:
            return None
        seen.slices[piece.index] = piece.body
        return self._complete(key, seen, sets) if _is_complete(seen) else None

    def _complete(self, key: PieceKey, seen: _Seen, sets: _SourceSets) -> CompleteSet:
        assert seen.header is not None  # noqa: S101 - a slice is kept only together with its header
        slices = tuple(body for _, body in sorted(seen.slices.items()))
        complete = CompleteSet(key.source, key.name, seen.header, slices)
        sets.best = complete if self._keep_bodies else replace(complete, slices=())
        for name, other in sets.seen.items():
            if _rank_of(other, name) <= complete.rank:
                other.slices.clear()
        return complete


def _belongs(key: PieceKey, piece: Piece, seen: _Seen) -> bool:
    return piece.index == key.index and (
        seen.header is None or (seen.header, seen.count) == (piece.header, piece.count)
    )


def _is_complete(seen: _Seen) -> bool:
    return len(seen.slices) == seen.count


def _rank_of(seen: _Seen, name: bytes) -> Rank:
    # A set of which no piece can be read will never be complete: below every other.
    return rank(seen.header, name) if seen.header else (-1, 0, name)


def _keys(source: Source, name: bytes, seen: _Seen) -> tuple[bytes, ...]:
    return tuple(encode_key(source, name, index) for index in sorted(seen.indexes))
