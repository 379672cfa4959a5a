"""Reading event times from values: epoch numbers, ISO 8601, and the notations that exports use."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from functools import partial
from typing import Any

_SHARE = 0.9
#: What fields that hold times are called.
NAMED = re.compile(
    r"(^|[^a-z])(time|timestamp|datetime|date|ts|at|when|created|occurred)([^a-z]|$)|time|date", re.I
)
_EARLIEST, _LATEST = 315_532_800.0, 4_102_444_800.0  # 1980 and 2100, in seconds since 1970
_FORMATS = (
    "%m/%d/%Y %H:%M",
    "%m/%d/%Y %H:%M:%S",
    "%m/%d/%Y",
    "%m/%d/%y %H:%M",
    "%d/%m/%Y %H:%M",
    "%d/%m/%Y %H:%M:%S",
    "%d/%m/%Y",
    "%d.%m.%Y %H:%M",
    "%d.%m.%Y %H:%M:%S",
    "%d.%m.%Y",
    "%Y/%m/%d %H:%M",
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d",
    "%Y年%m月%d日 %H:%M",
    "%Y年%m月%d日",
    "%d/%b/%Y:%H:%M:%S %z",
)

#: Returns a value as seconds since 1970, UTC where no zone is given; None when it is no time.
Reader = Callable[[Any], float | None]


def reader_name(values: Sequence[Any], name: str = "time") -> str | None:
    """Return the name in :data:`READERS` of what reads these values as times; None when they are no times.

    Dates with slashes are read as month/day where every value allows it, else as day/month.

    Args:
        values: A sample of the field's values.
        name: The field's name: numbers are times only where it says so, as identifiers look like epoch seconds.
    """
    present = [value for value in values if value not in (None, "")]
    if not present:
        return None
    wanted = READERS if NAMED.search(name) else [one for one in READERS if one != EPOCH]
    return next((one for one in wanted if _fits(READERS[one], present)), None)


def time_reader(values: Sequence[Any], name: str = "time") -> Reader | None:
    """Return what reads these values as seconds since 1970; None when they are no times: see :func:`reader_name`."""
    found = reader_name(values, name)
    return None if found is None else READERS[found]


def _fits(reader: Reader, values: Sequence[Any]) -> bool:
    allowed = int(len(values) * (1 - _SHARE))
    wrong = 0
    for value in values:
        wrong += reader(value) is None
        if wrong > allowed:
            return False
    return True


def _epoch(value: Any) -> float | None:
    """Read seconds, milliseconds, microseconds or nanoseconds, told apart by their size."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except ValueError:
        return None
    for unit in (1.0, 1e3, 1e6, 1e9):
        if _EARLIEST <= number / unit < _LATEST:
            return number / unit
    return None


def _iso(value: Any) -> float | None:
    if isinstance(value, datetime):
        return _seconds(value)
    if isinstance(value, date):
        return _seconds(datetime(value.year, value.month, value.day, tzinfo=UTC))
    if not isinstance(value, str) or value.isdigit() or len(value) < 8:
        return None
    try:
        return _seconds(datetime.fromisoformat(value.strip().removesuffix(" UTC")))
    except ValueError:
        return None


def _by_format(form: str, value: Any) -> float | None:
    if not isinstance(value, str):
        return None
    try:
        return _seconds(datetime.strptime(value.strip(), form))
    except ValueError:
        return None


def _rfc2822(value: Any) -> float | None:
    if not isinstance(value, str):
        return None
    try:
        return _seconds(parsedate_to_datetime(value))
    except (ValueError, OverflowError):  # the latter of years and zones that no clock has
        return None


def _seconds(moment: datetime) -> float | None:
    seconds = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    return seconds if _EARLIEST <= seconds < _LATEST else None


#: The name of the reader of epoch numbers, the only one that needs a field's name to believe in.
EPOCH = "epoch"
#: All readers by name, in the order in which they are tried.
READERS: Mapping[str, Reader] = {
    EPOCH: _epoch,
    "iso": _iso,
    **{form: partial(_by_format, form) for form in _FORMATS},
    "rfc2822": _rfc2822,
}
