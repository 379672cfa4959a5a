"""What the envelopes share: values that were checked before they are used, texts that are short enough, times.

Rows come from outside, so each part of one can be of any type. These helpers turn a column of such parts into what an
envelope works with, once per batch, and never raise.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from streams.decode.base import Row

#: Longest fact or kind, in characters.
MAX_TEXT: Final = 120
#: What stands for a part of a fact that could be about somebody.
HIDDEN: Final = "*"

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
#: The end of the year 9999.
_LATEST = 253_402_300_800_000

#: Scheme; user name and password; host and port; path, without query and fragment (RFC 3986).
_URI = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*+:)?(?://(?:[^/?#@]*@)?([^/?#@]*))?([^?#]*)")
_PIECES = re.compile(r"[/:]|[^/:]++")
_PLAIN = re.compile(r"[A-Za-z][A-Za-z_.\-]*+[0-9]{0,2}")
#: What follows such a part of a path is somebody's, however it is written.
_PEOPLE = re.compile(
    r"(?:accounts?|customers?|members?|people|persons?|profiles?|users?)[/:]\Z", re.IGNORECASE
)


def column(rows: Iterable[Row], name: str) -> list[Any]:
    """Return what each row has under ``name``, None where there is nothing."""
    return [row.get(name) for row in rows]


def objects(values: Iterable[Any]) -> list[Row]:
    """Return the values with an empty object in the place of whatever is none."""
    return [value if type(value) is dict else {} for value in values]


def texts(values: Iterable[Any]) -> list[str | None]:
    """Return the values as facts: one line of at most ``MAX_TEXT`` characters; None for blank ones and other types."""
    found = [value if type(value) is str else None for value in values]
    known = {value: short(value) for value in set(found)}
    return [known[value] for value in found]


def short(text: str | None) -> str | None:
    """Return ``text`` as one line of at most ``MAX_TEXT`` characters; None when it is blank."""
    if text is None:
        return None
    line = " ".join(text[: 2 * MAX_TEXT].split())
    return "".join(filter(str.isprintable, line)).lstrip()[:MAX_TEXT].rstrip() or None


def address(text: str) -> str | None:
    """Return a URI reference as a fact: where it leads, without what could be about one person or one thing.

    User names and passwords, the query and the fragment are left out. In place of the parts of the path that are not
    plain words, such as numbers, UUIDs and mail addresses, and of those that follow ``users`` and the like, there is
    ``*``: ``/orders/4711/lines`` becomes ``/orders/*/lines``.
    """
    found = _URI.match(text[: 2 * MAX_TEXT])
    scheme, host, path = found.groups() if found else (None, None, "")
    result = (scheme or "") + ("" if host is None else f"//{host}")
    for piece in _PIECES.findall(path):
        plain = piece in "/:" or (_PLAIN.fullmatch(piece) and not _PEOPLE.search(result))
        result += piece if plain else HIDDEN
    return short(result)


def addresses(values: Iterable[Any]) -> list[str | None]:
    """Return :func:`address` of each text; None in the place of whatever is none."""
    found = [value if type(value) is str else None for value in values]
    known = {value: address(value) if value else None for value in set(found)}
    return [known[value] for value in found]


def joined(parts: Iterable[str | None], separator: str) -> str:
    """Return the parts that say something, joined."""
    return separator.join(part for part in parts if part)


def first_times(columns: Iterator[list[int | None]]) -> list[int | None]:
    """Return of each row the time in the first of the columns that has one; further ones are not asked for."""
    found = next(columns)
    while None in found:
        further = next(columns, None)
        if further is None:
            break
        found = [other if time is None else time for time, other in zip(found, further, strict=True)]
    return found


def epoch_times(values: Iterable[Any], unit: int = 1) -> list[int | None]:
    """Return epoch milliseconds UTC of integers, or of texts of digits, in units of 1/``unit`` milliseconds.

    None where there is no such number, or one that is not after 1970 and before the year 10000.
    """
    return [_epoch_time(value, unit) for value in values]


def _epoch_time(value: Any, unit: int) -> int | None:
    if type(value) is str and len(value) <= 20 and value.isascii() and value.isdigit():
        value = int(value)
    if type(value) is not int:
        return None
    time: int = value // unit
    return time if 0 < time < _LATEST else None


def iso_times(values: Iterable[Any]) -> list[int | None]:
    """Return epoch milliseconds UTC of texts as RFC 3339 and ISO 8601 write times; without an offset they are UTC."""
    return [_iso_time(value) if type(value) is str else None for value in values]


def _iso_time(text: str) -> int | None:
    try:
        found = datetime.fromisoformat(text.upper())  # RFC 3339 allows a small t and z
    except ValueError:
        return None
    if found.tzinfo is None:
        found = found.replace(tzinfo=UTC)
    time = (found - _EPOCH) // _MILLISECOND
    return time if 0 < time < _LATEST else None
