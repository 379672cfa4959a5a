"""When the last event of an asset happened, by the records themselves where they say so, else by the broker."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from streams.inventory.cleaning.rules import dates
from streams.inventory.profile.numerals import Number
from streams.inventory.profile.timespan import TimeSpan

#: Epoch numbers by their size: from this many seconds, milliseconds, microseconds, nanoseconds on (1973 to 5138).
_UNITS = ((10**8, 1), (10**11, 10**3), (10**14, 10**6), (10**17, 10**9))
_BEYOND = 10**20
#: Later than this after now, a time is a plan or an error, not an event.
_AHEAD = timedelta(days=1)


def instant(value: str | Number | None) -> datetime | None:
    """Return the instant that an ISO 8601 text or an epoch number (s, ms, us, ns by its size) means, in UTC.

    A text without an offset is taken as UTC. None when it is no instant.
    """
    try:
        if isinstance(value, str):
            read = datetime.fromisoformat(value.strip())
            return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
        if value is None or not _UNITS[0][0] <= value < _BEYOND:
            return None
        unit = next(unit for size, unit in reversed(_UNITS) if value >= size)
        return datetime.fromtimestamp(value / unit, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def latest_instant(texts: Collection[str]) -> str | None:
    """Return the latest of times in the notations of people, such as ``31.12.2023 10:30``, in ISO 8601.

    Which of two numbers is the day is decided for all of them. None when that cannot be decided, or none is a time.
    """
    order = dates.decide(texts).order
    found = [written for text in texts if (written := dates.iso(text, order)) is not None]
    return max(found) if 2 * len(found) > len(texts) else None


def newest(latest: Iterable[str | Number | None], now_ms: int) -> datetime | None:
    """Return the time of the last event as fields tell it.

    Args:
        latest: the greatest value of each field that holds the time of the event, the best field first.
        now_ms: the time of reading, epoch milliseconds.
    """
    limit = datetime.fromtimestamp(now_ms / 1000, UTC) + _AHEAD
    known = (moment for moment in map(instant, latest) if moment is not None and moment <= limit)
    return next(known, None)


def age(event: datetime | None, times: TimeSpan) -> float | None:
    """Return by how many seconds the last event is older than the last record, by the broker's clock.

    Below 0 a clock is ahead. None where either is not known.
    """
    if event is None or times.last_ms is None:
        return None
    return round(times.last_ms / 1000 - event.timestamp(), 3)


def last_event(moment: datetime | None, times: TimeSpan) -> str | None:
    """Return the time of the last event, ISO 8601 in UTC.

    Args:
        moment: as fields tell it.
        times: the broker's times, used when no field tells.
    """
    if moment is None and times.last_ms is not None:
        moment = datetime.fromtimestamp(times.last_ms / 1000, UTC)
    return None if moment is None else moment.isoformat().replace("+00:00", "Z")


def lateness(times: TimeSpan) -> dict[str, Any]:
    """Return the median and the 99th percentile of the lateness in seconds; None where no record had a time."""
    found = times.lateness()
    if found is None:
        return {"p50": None, "p99": None}
    return {"p50": round(found.quantile(0.5).value, 3), "p99": round(found.quantile(0.99).value, 3)}
