"""Where something was seen: the first and the latest record, by the broker's time, partition and offset."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, Self

import numpy as np
import numpy.typing as npt

from streams.inventory.profile.batch import BatchMeta


class Place(NamedTuple):
    """A record. Places are in order of the broker's time, so that those of several partitions compare."""

    time_ms: int
    """The broker's time, epoch milliseconds; 0 when the broker gave none."""
    partition: int
    offset: int

    def document(self) -> dict[str, int | None]:
        """Return the JSON form."""
        return {"partition": self.partition, "offset": self.offset, "time": self.time_ms or None}


class Span(NamedTuple):
    """The first and the latest of some records; both None when there was none, or nobody knows where."""

    first: Place | None = None
    latest: Place | None = None

    def with_place(self, place: Place | None) -> Span:
        """Return the span that takes in one more record."""
        return self if place is None else self.union(Span(place, place))

    def union(self, other: Span) -> Span:
        """Return the span of the records of both."""
        firsts = [one for one in (self.first, other.first) if one is not None]
        latest = [one for one in (self.latest, other.latest) if one is not None]
        return Span(min(firsts, default=None), max(latest, default=None))

    def document(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {
            "first": self.first.document() if self.first else None,
            "latest": self.latest.document() if self.latest else None,
        }

    def state(self) -> list[list[int]]:
        """Return JSON values."""
        return [] if self.first is None or self.latest is None else [list(self.first), list(self.latest)]

    @classmethod
    def restored(cls, state: Sequence[Sequence[int]]) -> Self:
        """Return the span whose :meth:`state` this is."""
        return cls(*(Place(*place) for place in state))


#: Of no record, or of records that nobody can tell where they are.
NOWHERE = Span()


class Places:
    """Where the records of a group are.

    Args:
        indexes: their places in the batch.
        meta: what is known of the batch; without offsets nobody can say where a record is.
    """

    def __init__(self, indexes: Sequence[int], meta: BatchMeta) -> None:
        self._indexes = indexes
        self._meta = meta

    def at(self, row: int) -> Place | None:
        """Return where a row of the group is."""
        index = self._indexes[row]
        offsets, times = self._meta.offsets, self._meta.timestamps
        if offsets is None or index >= len(offsets):
            return None
        time = int(times[index]) if times is not None and index < len(times) else 0
        return Place(time, self._meta.partition, int(offsets[index]))

    def span(self, rows: Sequence[int] | npt.NDArray[np.intp], start: int = 0) -> Span:
        """Return the span of some rows, ascending and counted from ``start``."""
        if not len(rows):
            return Span()
        ends = [place for row in (rows[0], rows[-1]) if (place := self.at(start + int(row))) is not None]
        return Span(min(ends), max(ends)) if ends else Span()

    def times(self, start: int, count: int) -> npt.NDArray[np.int64] | None:
        """Return the broker's times of some rows, epoch milliseconds; None when it gave none."""
        times, indexes = self._meta.timestamps, self._indexes[start : start + count]
        if isinstance(indexes, range):
            rows = np.arange(indexes.start, indexes.stop, indexes.step)
        else:
            rows = np.array(indexes, dtype=np.intp)
        return None if times is None or len(times) <= rows.max(initial=-1) else times[rows]
