"""How many labels there must be in the end: what the demo sent, and nothing that the worker says, decides it."""

from __future__ import annotations

from collections import Counter, defaultdict

from streams.transport.partitioning import partition_of


class Due:
    """Counts the impressions whose window is over by the time of what was sent.

    An impression's label is known once the newest interaction of its partition is a window and an allowance for late
    events beyond it; impressions after that wait.

    Args:
        partitions: Of the topics keyed by user.
        window_ms: Attribution window and allowance for late events, milliseconds.
    """

    def __init__(self, partitions: int, window_ms: int) -> None:
        self._partitions = partitions
        self._window_ms = window_ms
        self._shown: defaultdict[int, Counter[int]] = defaultdict(Counter)
        self._newest: dict[int, int] = {}

    def shown(self, user_id: str, time: int, items: int) -> None:
        """Take note that so many items were shown to somebody."""
        self._shown[self._place(user_id)][time] += items

    def acted(self, user_id: str, time: int) -> None:
        """Take note that somebody did something."""
        place = self._place(user_id)
        self._newest[place] = max(time, self._newest.get(place, time))

    def count(self) -> int:
        """Return how many labels are due."""
        return sum(
            items
            for place, newest in self._newest.items()
            for time, items in self._shown[place].items()
            if time + self._window_ms <= newest
        )

    def _place(self, user_id: str) -> int:
        return partition_of(user_id.encode(), self._partitions)
