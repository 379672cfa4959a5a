"""Event times: reading them from values, and finding the field that holds them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from functools import partial
from typing import Any

_SAMPLE = 200
_SHARE = 0.9
_NAMED = re.compile(
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

Reader = Callable[[Any], float | None]


def value_at(row: Mapping[str, Any], path: str) -> Any:
    """Return the value of a field, ``a.b`` being ``b`` of the object ``a``; None when it is not there."""
    if path in row:
        return row[path]
    found: Any = row
    for name in path.split("."):
        if not isinstance(found, Mapping) or name not in found:
            return None
        found = found[name]
    return found


def paths(row: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    """Yield the paths of a row's fields, in their order, those of nested objects included."""
    for name, value in row.items():
        if isinstance(value, Mapping):
            yield from paths(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}"


def find_time_field(rows: Sequence[Mapping[str, Any]]) -> str | None:
    """Return the field whose values are times, best one with a name that says so; None when there is none.

    A field of numbers counts only when its name says so: identifiers look like epoch seconds.
    """
    sample = rows[:_SAMPLE]
    candidates = dict.fromkeys(path for row in sample for path in paths(row))
    found = [path for path in candidates if time_reader([value_at(row, path) for row in sample], path)]
    return min(found, key=lambda path: not _NAMED.search(path), default=None)


def time_reader(values: Sequence[Any], name: str = "time") -> Reader | None:
    """Return what reads these values as seconds since 1970 (UTC where no zone is given); None when they are no times.

    Dates with slashes are read as month/day where every value allows it, else as day/month.

    Args:
        values: A sample of the field's values.
        name: The field's name.
    """
    present = [value for value in values if value not in (None, "")]
    if not present:
        return None
    readers: list[Reader] = [_epoch] if _NAMED.search(name) else []
    readers += [_iso, *(partial(_by_format, form) for form in _FORMATS), _rfc2822]
    return next((reader for reader in readers if _fits(reader, present)), None)


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
    except ValueError:
        return None


def _seconds(moment: datetime) -> float | None:
    seconds = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    return seconds if _EARLIEST <= seconds < _LATEST else None
