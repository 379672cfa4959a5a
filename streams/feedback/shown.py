"""What was shown and waits for its label, and which impressions are known already."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence

import numpy as np

from streams.feedback.base import NEVER, Acted, Came, Deed, JoinPolicy, Shown
from streams.feedback.chains import Chains
from streams.feedback.due import DueQueue
from streams.feedback.packed import Common, Packer
from streams.feedback.ring import Ring, Rows, moved, view

#: Impressions that are remembered to know their repeats, for each one that may wait.
_REMEMBERED = 4
#: By broker time a repeat is known as one at least so long.
_REPEAT_MS = 3_600_000
#: Settled impressions in the queue of those that are due, before it is cleared of them.
_SETTLED = 1_000
#: A window of attribution has so many spans of due times, but none is shorter than a second.
_SPANS, _SPAN_MS = 64, 1_000
#: Rows that are forgotten before it is looked whether there are few left.
_LOOK = 1_024
#: Stands for the action of an impression that has its label.
_HAS_LABEL = -1


class ShownMemory:
    """Impressions in the order of their offsets: those that wait, and those that had their label lately.

    Each is a row (see :class:`streams.feedback.ring.Ring`): about 200 bytes while it waits, 88 afterwards.

    Args:
        policy: how many.
    """

    def __init__(self, policy: JoinPolicy) -> None:
        self._policy = policy
        self._most_remembered = _REMEMBERED * policy.most
        self._ring = Ring(6)
        self._offset, self._arrived, self._time, self._id, self._key, self._best = self._ring.columns
        self._packed: list[bytes | None] = [None] * self._ring.size
        self._common: list[Common | None] = [None] * self._ring.size
        self._packer = Packer()
        self._by_id = Chains(self._id, self._ring.size)
        self._by_pair = Chains(self._key, self._ring.size)
        self._due = DueQueue(max(_SPAN_MS, policy.window_ms // _SPANS))
        # No row before it waits.
        self._oldest = 0
        self._newest = NEVER
        self.waiting = 0
        """Impressions without a label."""

    def knows(self, impression_id: str) -> bool:
        """Tell whether an impression was here before."""
        return self._by_id.has(hash(impression_id))

    def add(self, offset: int, arrived: int, shown: Shown, key: int, best: Deed) -> int:
        """Let an impression wait for its label.

        Args:
            offset: in the partition; ascending.
            arrived: broker time, epoch milliseconds.
            shown: the impression.
            key: of its user and item.
            best: of the actions that count for it until now, the strongest.

        Returns:
            Its row.
        """
        row = self.remember(offset, arrived, shown)
        place = row % self._ring.size
        self._packed[place], self._common[place] = self._packer.pack(shown)
        self._key[place], self._best[place] = key, best
        self._by_pair.add(place)
        self._due.add(shown.time + self._policy.window_ms, row)
        self.waiting += 1
        return row

    def knows_any(self, ids: Rows) -> bool:
        """Tell whether any of many impressions was here before.

        Args:
            ids: their hashes.
        """
        return len(self._by_id.matches(ids)[0]) > 0

    @property
    def room(self) -> int:
        """How many may be added before the first of those that wait must have its label."""
        return min(self._policy.most - self.waiting, self._most_remembered - len(self._ring))

    def add_all(self, came: Came, shown: Sequence[Shown], ids: Rows, keys: Rows, best: Rows) -> None:
        """Let many impressions wait for their labels, for which there must be :attr:`room`.

        Args:
            came: where and when they came.
            shown: the impressions.
            ids: hashes of their ids.
            keys: of their users and items.
            best: of the actions that count for each until now, the strongest.
        """
        ring, count = self._ring, len(shown)
        if len(ring) + count > ring.size:
            self._fit(count)
        rows = np.arange(ring.end, ring.end + count)
        places = rows % ring.size
        times = np.array([one.time for one in shown], np.int64)
        columns = (came.offsets, came.arrived, times, ids, keys, best)
        for column, values in zip(ring.columns, columns, strict=True):
            view(column)[places] = values
        for place, one in zip(places.tolist(), shown, strict=True):
            self._packed[place], self._common[place] = self._packer.pack(one)
        self._by_id.add_all(places)
        self._by_pair.add_all(places)
        self._due.add_all(times + self._policy.window_ms, rows)
        self._newest = max(self._newest, int(came.arrived.max()))
        self.waiting += count
        ring.end += count

    def remember(self, offset: int, arrived: int, shown: Shown) -> int:
        """Only take note of an impression, so that its repeats are known; return its row."""
        ring = self._ring
        row = ring.end
        if row - ring.low == ring.size:
            self._fit()
        place = row % ring.size
        self._offset[place], self._arrived[place], self._time[place] = offset, arrived, shown.time
        self._id[place], self._best[place] = hash(shown.impression_id), _HAS_LABEL
        self._by_id.add(place)
        ring.end = row + 1
        self._newest = max(self._newest, arrived)
        return row

    def act(self, acted: Acted) -> None:
        """Count an action for the impressions that it is of."""
        if acted.key is None:
            return
        time, deed, span = acted.time, acted.deed, self._policy.spans_ms[acted.strength]
        for place in self._by_pair.places(acted.key):
            if deed < self._best[place] and 0 <= time - self._time[place] <= span:
                self._best[place] = deed

    def due(self, watermark: int) -> Iterator[int]:
        """Yield the rows whose window is over at a watermark; each must be settled at once."""
        while (row := self._due.pop(watermark)) is not None:
            if self._waits(row):
                yield row

    def arrived_until(self, time: int) -> Iterator[int]:
        """Yield the rows without a label that came until a broker time; each must be settled at once."""
        while (row := self._oldest_row()) is not None and self._arrived[row % self._ring.size] <= time:
            yield row

    def too_many(self) -> Iterator[int]:
        """Yield the oldest rows without a label while there are too many; each must be settled at once."""
        while self.waiting > self._policy.most or len(self._ring) > self._most_remembered:
            row = self._oldest_row()
            if row is None:
                return
            yield row
            if row == self._ring.low:
                self._drop()

    def settle(self, row: int) -> tuple[Shown, Deed, int]:
        """Return an impression that gets its label now, the strongest action that counts for it, and when it came."""
        place = row % self._ring.size
        packed, common, best = self._packed[place], self._common[place], self._best[place]
        assert packed is not None and common is not None  # noqa: S101 - only those that wait are settled
        self._packed[place] = self._common[place] = None
        self._best[place] = _HAS_LABEL
        self._by_pair.remove(place)
        self.waiting -= 1
        if len(self._due) > 2 * self.waiting + _SETTLED:
            self._due.keep(self._waits)
        return self._packer.unpack(packed, common, self._time[place]), best, self._arrived[place]

    def forget(self, forgotten: int) -> None:
        """Forget impressions that have their label and whose repeats come too late to be taken.

        Args:
            forgotten: impressions before this time are not taken any more.
        """
        ring, early = self._ring, self._newest - _REPEAT_MS
        while ring.low < ring.end:
            place = ring.low % ring.size
            recent = self._time[place] >= forgotten and self._arrived[place] >= early
            if self._best[place] != _HAS_LABEL or (recent and len(ring) <= self._most_remembered):
                return
            self._drop()

    @property
    def low(self) -> int | None:
        """Offset of the first impression that is remembered; None when there is none."""
        return self._offset[self._ring.low % self._ring.size] if len(self._ring) else None

    def waiting_offsets(self) -> array[int]:
        """Return the offsets of the impressions without a label, ascending."""
        places = self._ring.rows % self._ring.size
        waits = view(self._best)[places] != _HAS_LABEL
        return array("q", view(self._offset)[places[waits]].tobytes())

    def _waits(self, row: int) -> bool:
        return row >= self._ring.low and self._best[row % self._ring.size] != _HAS_LABEL

    def _oldest_row(self) -> int | None:
        ring = self._ring
        row = max(self._oldest, ring.low)
        while row < ring.end and self._best[row % ring.size] == _HAS_LABEL:
            row += 1
        self._oldest = row
        return row if row < ring.end else None

    def _drop(self) -> None:
        """Forget the first row."""
        ring = self._ring
        self._by_id.remove(ring.low % ring.size)
        ring.low += 1
        if ring.low % _LOOK == 0:
            self._fit()

    def _fit(self, more: int = 1) -> None:
        """Make room for so many rows more, or give back what a burst has taken."""
        ring = self._ring
        size = ring.fitting(more)
        if size == ring.size:
            return
        after = ring.rows % size
        ring.resize(size)
        self._packed = moved(self._packed, size, ring.low, ring.end)
        self._common = moved(self._common, size, ring.low, ring.end)
        self._by_id.rebuild(size, after)
        self._by_pair.rebuild(size, after[view(self._best)[after] != _HAS_LABEL])
