"""Which interactions are repeats: one place for each target partition and source partition.

Extraction sends what it makes of a source partition in the order of the source's places, and repeats of it only after
the first copies (``docs/architecture.md`` has the proof). So an interaction whose place is not beyond the last one seen
of its source, in the same partition of ``pandian.interactions``, is a repeat; whatever is beyond is new.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

#: Offset and index within the record.
Place = tuple[int, int]
#: Sources that one target partition may name: a foreign writer may invent as many as it likes.
MAX_SOURCES = 100_000


class Places:
    """The last place of every source in one target partition."""

    def __init__(self) -> None:
        self._last: dict[tuple[str, int], Place] = {}

    def is_new(self, source: Mapping[str, Any]) -> bool:
        """Tell whether a place is beyond the last one of its source, and take note of it.

        Raises:
            KeyError, TypeError, ValueError: when it is no place, or of one source too many.
        """
        key, place = (source["topic_id"], source["partition"]), (source["offset"], source["index"])
        last = self._last.get(key)
        if last is None:
            self._check(key, place)
        elif type(place[0]) is not int or type(place[1]) is not int:
            raise TypeError("a place is two whole numbers")
        elif place <= last:
            return False
        self._last[key] = place
        return True

    def _check(self, key: tuple[object, object], place: tuple[object, object]) -> None:
        if type(key[0]) is not str or any(type(part) is not int for part in (key[1], *place)):
            raise TypeError("a source is a topic id and a partition, a place is two whole numbers")
        if len(key[0]) > 64 or len(self._last) >= MAX_SOURCES:
            raise ValueError("too many sources")

    def encode(self) -> list[tuple[str, int, int, int]]:
        """Return them as JSON values."""
        return [(*source, *place) for source, place in self._last.items()]

    @classmethod
    def decode(cls, stored: list[tuple[str, int, int, int]]) -> Places:
        """Return what :meth:`encode` gave."""
        found = cls()
        found._last = {(topic, partition): (offset, index) for topic, partition, offset, index in stored}
        return found
