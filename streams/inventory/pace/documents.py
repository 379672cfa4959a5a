"""Lateness, rate and silence as they stand in an asset's ``freshness``."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from streams.inventory.pace.arrivals import MINUTE_MS, Arrivals, hours_between
from streams.inventory.pace.lateness import Durations
from streams.inventory.pace.part import ENVELOPE, PacePart
from streams.inventory.pace.silence import silence

#: Minutes over which the rate is taken to be the one now.
_NOW = 5


def document(part: PacePart, time_fields: Iterable[str], now_ms: int) -> dict[str, Any]:
    """Return ``event`` lateness, ``rate`` and ``silence``.

    Args:
        part: of one partition, or of all together.
        time_fields: paths of the fields that hold the time of the event, the surest first; what an envelope says is
            surer than all of them.
        now_ms: the time of the document, epoch milliseconds.

    Broker lateness (the time of reading less the broker's) is counted in the asset's ``times``. How late an event is on
    the whole way is the sum of both; of quantiles only the bound ``p99(event) + p99(broker)`` for 98 % is known.
    """
    found = silence(part.arrivals, now_ms)
    return {
        "event": _event(part, time_fields),
        "rate": rate(part.arrivals, now_ms),
        "silence": None if found is None else found.document(),
    }


def _event(part: PacePart, time_fields: Iterable[str]) -> dict[str, Any] | None:
    for path in (ENVELOPE, *time_fields):
        durations: Durations | None = part.event_times.lateness(path)
        if durations is not None and durations.count:
            return {"by": path or "envelope", **durations.document()}
    return None


def rate(arrivals: Arrivals, now_ms: int) -> dict[str, Any] | None:
    """Return the records a minute now, and what is usual at this hour of the week: mean and two deviations."""
    (hour, _), *_ = hours_between(now_ms // MINUTE_MS, now_ms // MINUTE_MS + 1)
    usual = arrivals.rate(hour)
    if usual is None:
        return None
    reach = 2 * math.sqrt(usual.variance)
    return {
        "records_per_minute": round(arrivals.recent(now_ms, _NOW), 2),
        "usual": round(usual.mean, 2),
        "low": round(max(usual.mean - reach, 0.0), 2),
        "high": round(usual.mean + reach, 2),
    }
