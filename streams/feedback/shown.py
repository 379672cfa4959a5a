"""What was shown and waits for its label, and which impressions are known already."""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Iterator

from streams.feedback.base import NEVER, Acted, Deed, JoinPolicy, Open

#: Impressions that are remembered to know their repeats, for each one that may wait.
_REMEMBERED = 4
#: By broker time a repeat is known as one at least so long.
_REPEAT_MS = 3_600_000
#: Settled impressions in the queue of those that are due, before it is cleared of them.
_SETTLED = 1_000


class ShownMemory:
    """Impressions in the order of their offsets: those that wait, and those that had their label lately.

    Args:
        policy: how many.
    """

    def __init__(self, policy: JoinPolicy) -> None:
        self._policy = policy
        self._order: deque[Open] = deque()
        self._queue: deque[Open] = deque()
        self._ids: set[int] = set()
        self._by_pair: dict[int, list[Open]] = {}
        self._due: list[tuple[int, int, Open]] = []
        self._newest = NEVER
        self.waiting = 0
        """Impressions without a label."""

    def knows(self, impression_id: str) -> bool:
        """Tell whether an impression was here before."""
        return hash(impression_id) in self._ids

    def add(self, one: Open) -> None:
        """Let an impression wait for its label."""
        self.remember(one)
        self.waiting += 1
        self._queue.append(one)
        self._by_pair.setdefault(one.key, []).append(one)
        heapq.heappush(self._due, (one.due, one.offset, one))

    def remember(self, one: Open) -> None:
        """Only take note of an impression, so that its repeats are known."""
        self._order.append(one)
        self._ids.add(one.id)
        self._newest = max(self._newest, one.arrived)

    def act(self, acted: Acted, attribution_ms: int) -> None:
        """Count an action for the impressions that it is of."""
        if acted.key is None:
            return
        deed: Deed = acted.time, acted.action
        for one in self._by_pair.get(acted.key, ()):
            if one.time <= acted.time <= one.time + attribution_ms:
                one.acted(deed)

    def due(self, watermark: int) -> Iterator[Open]:
        """Yield the impressions whose window is over at a watermark; each must be settled at once."""
        while self._due and self._due[0][0] <= watermark:
            one = heapq.heappop(self._due)[2]
            if one.shown is not None:
                yield one

    def arrived_until(self, time: int) -> Iterator[Open]:
        """Yield the impressions without a label that came until a broker time; each must be settled at once."""
        while (one := self._oldest()) is not None and one.arrived <= time:
            yield one

    def too_many(self) -> Iterator[Open]:
        """Yield the oldest impressions without a label while there are too many; each must be settled at once."""
        while self.waiting > self._policy.most or len(self._order) > self._most_remembered:
            one = self._oldest()
            if one is None:
                return
            yield one
            if one is self._order[0]:
                self._order.popleft()
                self._ids.discard(one.id)

    def settle(self, one: Open) -> None:
        """Take note that an impression has its label."""
        one.shown = None
        self.waiting -= 1
        pair = self._by_pair[one.key]
        pair.remove(one)
        if not pair:
            del self._by_pair[one.key]
        if len(self._due) > 2 * self.waiting + _SETTLED:
            self._due = [entry for entry in self._due if entry[2].shown is not None]
            heapq.heapify(self._due)

    def forget(self, forgotten: int) -> None:
        """Forget impressions that have their label and whose repeats come too late to be taken.

        Args:
            forgotten: impressions before this time are not taken any more.
        """
        early, most = self._newest - _REPEAT_MS, self._most_remembered
        while self._order and self._order[0].shown is None:
            one = self._order[0]
            if one.time >= forgotten and one.arrived >= early and len(self._order) <= most:
                return
            self._order.popleft()
            self._ids.discard(one.id)

    @property
    def low(self) -> int | None:
        """Offset of the first impression that is remembered; None when there is none."""
        return self._order[0].offset if self._order else None

    def waiting_offsets(self) -> Iterator[int]:
        """Yield the offsets of the impressions without a label."""
        return (one.offset for one in self._order if one.shown is not None)

    @property
    def _most_remembered(self) -> int:
        return _REMEMBERED * self._policy.most

    def _oldest(self) -> Open | None:
        while self._queue and self._queue[0].shown is None:
            self._queue.popleft()
        return self._queue[0] if self._queue else None
