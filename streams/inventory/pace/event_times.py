"""Fields that may hold the time of the event, and how late their records came to the broker.

Which field it is, is decided by what the fields mean, when somebody asks; until then every field whose values read as
moments is followed, eight at most. One record in 256 is looked at, by its number, so that batches do not matter.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from streams.inventory.freshness import instant
from streams.inventory.pace.lateness import Durations

#: One record in so many is looked at.
EVERY: Final = 256
#: Fields that are followed.
_MOST: Final = 8
#: After this many values it is decided whether a field holds moments: nine of ten have to.
_TRIED: Final = 16
_SHARE: Final = 0.9


class _Candidate:
    """A field whose values may be moments."""

    __slots__ = ("durations", "read", "tried")

    def __init__(self) -> None:
        self.tried = 0
        self.read = 0
        self.durations = Durations()

    @property
    def refuted(self) -> bool:
        return self.tried >= _TRIED and self.read < _SHARE * self.tried


class EventTimes:
    """Lateness at the broker by field: the broker's time less the one that the field says."""

    __slots__ = ("_candidates", "_no_times")

    def __init__(self) -> None:
        self._candidates: dict[str, _Candidate] = {}
        self._no_times: list[str] = []

    def wants(self, path: str) -> bool:
        """Tell whether the values of a field are looked at."""
        return path in self._candidates or (len(self._candidates) < _MOST and path not in self._no_times)

    def add(self, path: str, moments: Iterable[tuple[Any, int]]) -> None:
        """Count values of a field, each with the broker's time of its record, epoch milliseconds."""
        candidate = self._candidates.get(path)
        if candidate is None:
            candidate = self._candidates[path] = _Candidate()
        for value, broker_ms in moments:
            moment = None if isinstance(value, bool) else instant(value)
            candidate.tried += 1
            if moment is not None:
                candidate.read += 1
                candidate.durations.add([broker_ms / 1000 - moment.timestamp()])
            if not candidate.read or candidate.refuted:
                self.forget(path)
                return

    def forget(self, path: str) -> None:
        """Follow a field no longer."""
        self._candidates.pop(path, None)
        # Of an asset with more fields some are tried again, which costs a little time.
        if path not in self._no_times:
            self._no_times = [*self._no_times, path][-1_000:]

    def lateness(self, path: str) -> Durations | None:
        """Return how late the records came by a field; None when it is not followed."""
        candidate = self._candidates.get(path)
        return None if candidate is None else candidate.durations

    def merge(self, other: EventTimes) -> None:
        """Add what another one counted."""
        for path, theirs in other._candidates.items():
            mine = self._candidates.setdefault(path, _Candidate())
            mine.tried += theirs.tried
            mine.read += theirs.read
            mine.durations.merge(theirs.durations)
        kept = sorted(self._candidates, key=lambda path: (-self._candidates[path].read, path))[:_MOST]
        self._candidates = {path: self._candidates[path] for path in kept}

    def state(self) -> Mapping[str, Any]:
        """Return the state as JSON values."""
        return {
            "followed": [
                [path, one.tried, one.read, one.durations.state()] for path, one in self._candidates.items()
            ],
            "no_times": self._no_times,
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take over what :meth:`state` gave."""
        self._candidates = {}
        for path, tried, read, durations in state["followed"]:
            candidate = self._candidates[path] = _Candidate()
            candidate.tried, candidate.read = tried, read
            candidate.durations.restore(durations)
        self._no_times = list(state["no_times"])


def sampled(number: int, records: int) -> slice:
    """Return which of the next records are looked at, when ``number`` came before."""
    first: Sequence[int] = range(-number % EVERY, records, EVERY)
    return slice(-number % EVERY, records, EVERY) if first else slice(0, 0)
