"""How often something was seen in the records of an asset, and where first and last."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from streams.inventory.profile.batch import BatchMeta


class Place(NamedTuple):
    """Where a record stands. Places of several partitions are told apart by their time, as far as brokers gave one."""

    time_ms: int
    """The broker's time of the record, epoch milliseconds; -1 when it gave none."""
    offset: int
    """The record's offset in its source partition; in a file, its row's number."""


class Occurrences:
    """A count with its first and latest place. Merging and batching change none of them."""

    __slots__ = ("count", "first", "latest")

    def __init__(self) -> None:
        self.count = 0
        self.first: Place | None = None
        self.latest: Place | None = None

    def add(self, count: int, first: int, last: int, meta: BatchMeta) -> None:
        """Count ``count`` things in a batch, the first and the last of them in these records of the batch."""
        self.count += count
        for index in (first, last):
            place = place_of(index, meta)
            if place is not None:
                self._extend(place, place)

    def _extend(self, first: Place, latest: Place) -> None:
        self.first = first if self.first is None else min(self.first, first)
        self.latest = latest if self.latest is None else max(self.latest, latest)

    def merge(self, other: Occurrences) -> None:
        """Add what another one counted in other records."""
        self.count += other.count
        if other.first is not None and other.latest is not None:
            self._extend(other.first, other.latest)

    def state(self) -> list[Any]:
        """Return the state as JSON values."""
        return [self.count, *(None if place is None else list(place) for place in (self.first, self.latest))]

    def restore(self, state: Sequence[Any]) -> None:
        """Take over what :meth:`state` gave."""
        self.count = state[0]
        self.first, self.latest = (None if place is None else Place(*place) for place in state[1:])

    def document(self) -> dict[str, Any]:
        """Return count and places as JSON values; a place is None when nothing was seen or no offset is known."""
        return {
            "count": self.count,
            "first": None if self.first is None else self.first._asdict(),
            "latest": None if self.latest is None else self.latest._asdict(),
        }


def place_of(index: int, meta: BatchMeta) -> Place | None:
    """Return the place of a record of a batch; None when its offset is not known."""
    if meta.offsets is None:
        return None
    time = -1 if meta.timestamps is None else int(meta.timestamps[index])
    return Place(time, int(meta.offsets[index]))
