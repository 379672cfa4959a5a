"""What libraries give for a record's content -> what JSON has: the values of a :data:`~streams.decode.base.Row`.

Binary formats know more types than JSON. So that a field means the same whatever format it comes in, each becomes
what a JSON producer would most likely have written:

====================================  ==================================================================
Decimal                               int when it has no places after the point, else the nearest float
int beyond 64 bits                    float, as the JSON reader has it
NaN                                   None: it is how tables spell a missing number
infinite                              ``"Infinity"``, ``"-Infinity"`` (protobuf's JSON mapping)
datetime with a zone                  ISO 8601 in UTC, ``2026-01-31T08:00:00Z``; without one: as it is
date, time                            ISO 8601
timedelta                             seconds, float
bytes                                 text when it is UTF-8 without control characters, else base64
UUID, Enum                            its usual text, its name
tuple, set                            list
key that is no text                   its text (JSON's, where it has one); of equal keys the last one counts
====================================  ==================================================================
"""

from __future__ import annotations

import re
import struct
from base64 import b64encode
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from math import inf, isnan
from typing import Any, Final
from uuid import UUID

import orjson

#: Containers nested deeper than this come out empty; :class:`~streams.decode.limits.Limits` opens fewer.
MAX_DEPTH: Final = 100

_INT64 = range(-(2**63), 2**63)
#: Tab, line feed and carriage return are text.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


def plain(value: Any, depth: int = 1) -> Any:
    """Return ``value`` as str, int, float, bool, None, list or dict with text keys, all the way down.

    Args:
        value: what a library made of a record or of a part of it; it is not changed.
        depth: how many containers are around it, itself included.

    Never raises; a type that is not known becomes its name in angle brackets.
    """
    convert = _CONVERTERS.get(type(value))
    if convert is not None:
        return convert(value)
    container = _CONTAINERS.get(type(value))
    if container is not None:
        return container(value, depth)
    return _by_base(value, depth)


def plain_bytes(value: bytes | bytearray | memoryview) -> str:
    """Return bytes as text when they are UTF-8 without control characters, else in base64."""
    raw = bytes(value)
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return b64encode(raw).decode()
    return text if _CONTROL.search(text) is None else b64encode(raw).decode()


def plain_float(value: float) -> float | str | None:
    """Return a float as it is; None for NaN, text for the infinities."""
    if -inf < value < inf:
        return value
    if isnan(value):
        return None
    return "Infinity" if value > 0 else "-Infinity"


def shortest_float32(value: float) -> float | str | None:
    """Return the shortest decimal that is this single precision number: 0.1, not 0.10000000149011612.

    Source: protobuf's ``ToShortestFloat``: six digits are always kept, nine always suffice.
    """
    if not -inf < value < inf:
        return plain_float(value)
    if value == int(value):
        return value
    for digits in (6, 7, 8):
        short = float(f"{value:.{digits}g}")
        if _SINGLE.unpack(_SINGLE.pack(short))[0] == value:
            return short
    return float(f"{value:.9g}")


def plain_decimal(value: Decimal) -> int | float | str | None:
    """Return a decimal number as an int when it is written without places, else as the nearest float."""
    if not value.is_finite():
        return None if value.is_nan() else plain_float(inf if value > 0 else -inf)
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and exponent >= 0 and value.adjusted() < _DIGITS_OF_INT64:
        return plain_int(int(value))
    return plain_float(float(value))


def plain_int(value: int) -> int | float | str | None:
    """Return an int of at most 64 bits as it is, a larger one as the nearest float."""
    if value in _INT64:
        return value
    try:
        return float(value)
    except OverflowError:
        return plain_float(inf if value > 0 else -inf)


def plain_text(value: str) -> str:
    """Return text that UTF-8 can hold: what it cannot (half a surrogate pair) becomes ``?``."""
    if value.isascii():
        return value
    try:
        value.encode()
    except UnicodeEncodeError:
        return value.encode(errors="replace").decode()
    return value


def plain_datetime(value: datetime) -> str:
    """Return a point in time in UTC with ``Z``; one without a zone stays without."""
    if value.tzinfo is None:
        return value.isoformat()
    try:
        return value.astimezone(UTC).isoformat().removesuffix("+00:00") + "Z"
    except (OverflowError, ValueError):  # the first and the last day of the calendar
        return value.isoformat()


_SINGLE = struct.Struct("f")
_DIGITS_OF_INT64 = 20


def _object(value: Mapping[Any, Any], depth: int) -> dict[str, Any]:
    if depth > MAX_DEPTH:
        return {}
    return {
        plain_text(key) if type(key) is str else _key(key): plain(entry, depth + 1)
        for key, entry in value.items()
    }


def _array(value: Iterable[Any], depth: int) -> list[Any]:
    return [] if depth > MAX_DEPTH else [plain(entry, depth + 1) for entry in value]


def _key(key: Any) -> str:
    known = plain(key)
    if isinstance(known, str):
        return known
    return orjson.dumps(known).decode()


def _by_base(value: Any, depth: int) -> Any:
    """Convert what derives from a known type: enumerations, named tuples, ordered dictionaries."""
    if isinstance(value, Enum):
        return plain_text(value.name)
    for base, container in _CONTAINERS.items():
        if isinstance(value, base):
            return container(value, depth)
    for base, convert in _CONVERTERS.items():
        if isinstance(value, base):
            return convert(value)
    return f"<{type(value).__name__}>"


def _as_is(value: Any) -> Any:
    return value


_CONVERTERS: Final[Mapping[type, Callable[[Any], Any]]] = {
    str: plain_text,
    int: plain_int,
    float: plain_float,
    bool: _as_is,
    type(None): _as_is,
    bytes: plain_bytes,
    bytearray: plain_bytes,
    memoryview: plain_bytes,
    Decimal: plain_decimal,
    datetime: plain_datetime,
    date: date.isoformat,
    time: time.isoformat,
    timedelta: timedelta.total_seconds,
    UUID: str,
}
_CONTAINERS: Final[Mapping[type, Callable[[Any, int], Any]]] = {
    dict: _object,
    Mapping: _object,
    list: _array,
    tuple: _array,
    set: _array,
    frozenset: _array,
}
