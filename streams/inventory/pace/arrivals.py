"""When records come, by the broker's times: how many a minute at each hour of the week, and the gaps between them.

A record that the broker dates before an earlier one counts at the time of that: time only moves on. So the minutes, and
all that is made of them, are the same however the records came in batches.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from streams.inventory.profile.codec import BlobReader, BlobWriter

MINUTE_MS: Final = 60_000
_HOURS: Final = 168
_WEEK: Final = 60 * _HOURS
#: 1970 began on a Thursday; the week begins on Monday, UTC.
_THURSDAY: Final = 3 * 24
#: Later than this after now, a time is an error of the producer's clock and not taken.
_AHEAD_MS: Final = 86_400_000
#: Closed minutes that are kept one by one, to say what the rate is now.
_RECENT: Final = 15

Integers = npt.NDArray[np.int64]
Doubles = npt.NDArray[np.float64]

# Rows of the hours.
_MINUTES, _RECORDS, _SQUARES = range(3)


class Rate(NamedTuple):
    """Records a minute: mean, and variance between minutes."""

    mean: float
    variance: float


class Arrivals:
    """The minutes and gaps of one partition, or of several together."""

    __slots__ = (
        "_hours",
        "_in_minute",
        "_minute",
        "_recent",
        "first_ms",
        "last_ms",
        "longest_gap_ms",
        "records",
    )

    def __init__(self) -> None:
        self._hours: Doubles = np.zeros((3, _HOURS))
        self._minute = -1
        self._in_minute = 0
        self._recent: dict[int, float] = {}
        self.records = 0
        """Records that had a time."""
        self.first_ms: int | None = None
        self.last_ms: int | None = None
        """The latest time."""
        self.longest_gap_ms = 0
        """The longest time without a record, between two of them."""

    def add(self, timestamps: Integers, now_ms: int) -> None:
        """Count records, in their order.

        Args:
            timestamps: the broker's times, epoch milliseconds; negative where there is none.
            now_ms: the time of reading.
        """
        known = timestamps
        if len(known) and (known.min() < 0 or known.max() > now_ms + _AHEAD_MS):
            known = known[(known >= 0) & (known <= now_ms + _AHEAD_MS)]
        if not len(known):
            return
        times = np.maximum.accumulate(known)
        if self.last_ms is not None:
            times = np.maximum(times, self.last_ms)
            self.longest_gap_ms = max(self.longest_gap_ms, int(times[0]) - self.last_ms)
        if self.first_ms is None:
            self.first_ms = int(times[0])
        first, self.last_ms = int(times[0]), int(times[-1])
        self.records += len(times)
        if self.last_ms - first > self.longest_gap_ms:
            self.longest_gap_ms = max(self.longest_gap_ms, int((times[1:] - times[:-1]).max()))
        if first // MINUTE_MS == self.last_ms // MINUTE_MS:
            self._count(first // MINUTE_MS, len(times))
            return
        minutes, counts = np.unique(times // MINUTE_MS, return_counts=True)
        for minute, count in zip(minutes.tolist(), counts.tolist(), strict=True):
            self._count(minute, count)

    def _count(self, minute: int, records: int) -> None:
        if minute != self._minute:
            self._close(minute)
        self._in_minute += records

    def _close(self, next_minute: int) -> None:
        """End the minute that is counted; those up to the next one had no record."""
        if self._minute >= 0:
            count = self._in_minute
            self._hours[:, _hour(self._minute)] += (1, count, count * count)
            self._recent[self._minute] = count
            if len(self._recent) > _RECENT:
                del self._recent[min(self._recent)]
            self._add_empty(self._minute + 1, next_minute)
        self._minute, self._in_minute = next_minute, 0

    def _add_empty(self, start: int, end: int) -> None:
        weeks, rest = divmod(end - start, _WEEK)
        minutes = self._hours[_MINUTES]
        minutes += 60 * weeks
        # Whole hours of what is left, and the pieces at both ends.
        for hour, count in hours_between(start, start + rest):
            minutes[hour] += count

    def rate(self, hour: int, fewest: int = 30) -> Rate | None:
        """Return the usual rate at an hour of the week; that of all hours where fewer minutes are known."""
        minutes, records, squares = self._hours[:, hour].tolist()
        if minutes < fewest:
            minutes, records, squares = self._hours.sum(axis=1).tolist()
        if not minutes:
            return None
        mean = records / minutes
        return Rate(mean, max(squares / minutes - mean * mean, 0.0))

    def recent(self, now_ms: int, minutes: int) -> float:
        """Return the records a minute in the last whole minutes before now, 15 at most."""
        end = now_ms // MINUTE_MS
        counts = {**self._recent, self._minute: self._in_minute}
        return sum(counts.get(minute, 0) for minute in range(end - minutes, end)) / minutes

    def merge(self, other: Arrivals) -> None:
        """Add what another one counted in other partitions at the same times.

        Means add up exactly when both cover the same minutes. Of the squares of sums an upper bound is kept (Cauchy and
        Schwarz), so that minutes vary by no less than they do. The longest gap is that of the one with more records:
        together they have no longer one.
        """
        if not other.records:
            return
        if other.records > self.records:
            self.longest_gap_ms = other.longest_gap_ms
        mine, theirs = self._closed(), other._closed()
        minutes = np.maximum(mine[_MINUTES], theirs[_MINUTES])
        shares = [minutes / np.maximum(one[_MINUTES], 1) for one in (mine, theirs)]
        records = mine[_RECORDS] * shares[0] + theirs[_RECORDS] * shares[1]
        roots = np.sqrt(mine[_SQUARES] * shares[0]) + np.sqrt(theirs[_SQUARES] * shares[1])
        self._hours = np.array([minutes, records, roots**2])
        counts = {**self._recent}
        if self._minute >= 0:
            counts[self._minute] = counts.get(self._minute, 0) + self._in_minute
        for minute, count in {**other._recent, other._minute: other._in_minute}.items():
            counts[minute] = counts.get(minute, 0) + count
        self._minute, self._in_minute = -1, 0
        self._recent = dict(sorted(counts.items())[-_RECENT:])
        self.records += other.records
        firsts = [one for one in (self.first_ms, other.first_ms) if one is not None]
        lasts = [one for one in (self.last_ms, other.last_ms) if one is not None]
        self.first_ms, self.last_ms = min(firsts), max(lasts)

    def _closed(self) -> Doubles:
        """Return the hours with the minute that is counted."""
        hours = self._hours.copy()
        if self._minute >= 0:
            hours[:, _hour(self._minute)] += (1, self._in_minute, self._in_minute**2)
        return hours

    def state(self, blobs: BlobWriter) -> Mapping[str, Any]:
        """Return the state as JSON values; the hours go to ``blobs``."""
        return {
            "hours": blobs.put(self._hours.astype("<f8").tobytes()),
            "minute": [self._minute, self._in_minute],
            "recent": [[*item] for item in self._recent.items()],
            "records": self.records,
            "span": [self.first_ms, self.last_ms, self.longest_gap_ms],
        }

    def restore(self, state: Mapping[str, Any], blobs: BlobReader) -> None:
        """Take over what :meth:`state` gave."""
        self._hours = (
            np.frombuffer(blobs.get(state["hours"]), dtype="<f8").astype(np.float64).reshape(3, _HOURS)
        )
        self._minute, self._in_minute = state["minute"]
        self._recent = dict(state["recent"])
        self.records = state["records"]
        self.first_ms, self.last_ms, self.longest_gap_ms = state["span"]


def _hour(minute: int) -> int:
    """Return the hour of the week of a minute since 1970."""
    return (minute // 60 + _THURSDAY) % _HOURS


def hours_between(start: int, end: int) -> list[tuple[int, int]]:
    """Return (hour of the week, minutes in it) for the minutes from ``start`` to ``end``, a week at most."""
    found = []
    while start < end:
        stop = min((start // 60 + 1) * 60, end)
        found.append((_hour(start), stop - start))
        start = stop
    return found
