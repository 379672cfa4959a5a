"""The best that an asset was within the last day, hour by hour: whoever looks can tell that it got worse."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

_HOUR_MS = 3_600_000
_HOURS = 24


class BestOfDay:
    """Keeps of each hour the best grade, the highest score and the least age of the newest event.

    Args:
        stored: what :meth:`state` gave.
    """

    def __init__(self, stored: Mapping[str, Any] | None = None) -> None:
        self._hours = {int(hour): best for hour, best in (stored or {}).items()}

    def look(self, document: Mapping[str, Any], now_ms: int) -> None:
        """Take note of an asset as it is now; what is older than a day is forgotten.

        Args:
            document: as the inventory has it.
            now_ms: its time, epoch milliseconds.
        """
        hour = now_ms // _HOUR_MS
        quality, freshness = document.get("quality") or {}, document.get("freshness") or {}
        now = {"grade": quality.get("grade"), "score": quality.get("score"), "age_s": freshness.get("age_s")}
        self._hours[hour] = _better(now, self._hours.get(hour, now))
        self._hours = {one: best for one, best in self._hours.items() if hour - _HOURS <= one <= hour}

    def document(self) -> dict[str, Any]:
        """Return the best of all: ``grade``, ``score``, ``age_s`` (seconds); None for what never was known."""
        best: dict[str, Any] = dict.fromkeys(("grade", "score", "age_s"))
        for one in self._hours.values():
            best = _better(best, one)
        return best

    def state(self) -> dict[str, Any]:
        """Return JSON values."""
        return {str(hour): best for hour, best in self._hours.items()}


def _better(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "grade": min(_known(one, other, "grade"), default=None),  # A is the first letter
        "score": max(_known(one, other, "score"), default=None),
        "age_s": min(_known(one, other, "age_s"), default=None),
    }


def _known(one: Mapping[str, Any], other: Mapping[str, Any], name: str) -> Iterator[Any]:
    return (found for found in (one[name], other[name]) if found is not None)
