"""Recognises what was sent twice: after a crash, what a worker had sent since its last set is sent again."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from streams.counting.base import Source

#: A record's offset, and the index within the record of what was made from it.
Place = tuple[int, int]

_NOWHERE: Place = (-1, -1)


@dataclass(slots=True)
class _Places:
    """What was seen of one source: the latest places, and the highest of those that were let go."""

    floor: Place = _NOWHERE
    latest: list[Place] = field(default_factory=list)


class Watermarks:
    """Which records one key (one user) has had already, for each source partition.

    The rule is: ignore (offset, index) when it is among the latest ``keep`` places seen of this source, or not
    beyond those that were let go for them. To remember only the last place is not enough: a send can
    fail while a later one of the same worker arrives, and what is then sent again stands below the last place.

    Guarantees: nothing is accepted twice from the latest ``sources`` sources; nothing is lost while a worker
    learns of a failed send, and stops, before ``keep`` later records of this key from the same source have
    arrived. Memory is at most ``keep * sources`` places.
    """

    def __init__(self, keep: int = 64, sources: int = 256) -> None:
        if keep < 1 or sources < 1:
            raise ValueError(f"keep ({keep}) and sources ({sources}) must be at least 1")
        self._keep = keep
        self._limit = sources
        self._sources: OrderedDict[Source, _Places] = OrderedDict()

    def accept(self, source: Source, offset: int, index: int = 0) -> bool:
        """Tell whether this is seen for the first time, and remember it."""
        places = self._sources.setdefault(source, _Places())
        self._sources.move_to_end(source)
        if len(self._sources) > self._limit:
            self._sources.popitem(last=False)
        place = (offset, index)
        if place <= places.floor or _contains(places.latest, place):
            return False
        insort(places.latest, place)
        if len(places.latest) > self._keep:
            places.floor = places.latest.pop(0)
        return True

    def dump(self) -> list[list[Any]]:
        """Return what is remembered as lists, text and numbers, for a table that serialises as JSON."""
        return [
            [
                source.topic_id.hex,
                source.partition,
                list(places.floor),
                [list(place) for place in places.latest],
            ]
            for source, places in self._sources.items()
        ]

    @classmethod
    def load(cls, dumped: Sequence[Sequence[Any]], keep: int = 64, sources: int = 256) -> Watermarks:
        """Return what :meth:`dump` wrote, whatever ``keep`` and ``sources`` were then."""
        marks = cls(keep, sources)
        for topic_id, partition, floor, latest in dumped[-sources:]:
            places = [(int(offset), int(index)) for offset, index in latest]
            let_go, kept = places[:-keep], places[-keep:]
            highest = let_go[-1] if let_go else (int(floor[0]), int(floor[1]))
            marks._sources[Source(UUID(hex=topic_id), int(partition))] = _Places(highest, kept)
        return marks


def _contains(places: list[Place], place: Place) -> bool:
    at = bisect_left(places, place)
    return at < len(places) and places[at] == place
