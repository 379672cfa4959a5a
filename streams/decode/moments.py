"""Points in time as numbers -> ISO 8601 text, quickly: the events of a batch mostly lie within the same few minutes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MINUTE: Final = 60_000_000
_SECONDS: Final = tuple(f"{second:02d}" for second in range(60))


def utc_text(microseconds: int) -> str | None:
    """Return microseconds since 1970 as ``2026-01-31T08:00:00Z``, with six places where the second is not whole.

    None for what lies beyond the years 1 to 9999.
    """
    minute, rest = divmod(microseconds, _MINUTE)
    start = _minute(minute)
    if start is None:
        return None
    second, places = divmod(rest, 1_000_000)
    return f"{start}{_SECONDS[second]}.{places:06d}Z" if places else f"{start}{_SECONDS[second]}Z"


@lru_cache(4_096)
def _minute(minute: int) -> str | None:
    try:
        return (_EPOCH + timedelta(minutes=minute)).strftime("%Y-%m-%dT%H:%M:").zfill(17)
    except OverflowError:
        return None
