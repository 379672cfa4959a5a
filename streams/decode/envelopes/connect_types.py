"""Values that Kafka Connect's schema says are decimals or days, written as people write them.

JSON has neither, so the JsonConverter writes a decimal as the Base64 text of its bytes and a day as a number of days.
Both are unreadable without the schema. Specification: ``org.apache.kafka.connect.data.Decimal`` (unscaled value, big
endian, two's complement) and ``Date``; Debezium's own types:
https://debezium.io/documentation/reference/stable/connectors/postgresql.html#postgresql-data-types
"""

from __future__ import annotations

import binascii
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Context, Decimal
from functools import partial
from typing import Any, Final

from streams.decode.base import Row
from streams.decode.plain import plain_decimal

#: What to do with the value at a path of names.
_Conversion = tuple[tuple[str, ...], Callable[[Any], Any]]

#: Nested structs that are searched for such values, and how many values of a row are converted.
_DEPTH: Final = 8
_MOST: Final = 1000
#: Longest decimal, in bytes: 38 digits take 16.
_DECIMAL_BYTES: Final = 64
#: Most digits behind the point of a decimal, or zeros before it.
_SCALES: Final = 200
_EXACT: Final = Context(prec=1000)
_EPOCH: Final = date(1970, 1, 1)


def converted(payloads: Sequence[Any], schemas: Sequence[Row]) -> list[Any]:
    """Return the payloads with values converted that their schemas say are decimals or days.

    What is not as its schema says stays as it is. The payloads given are not altered. Nearly always one schema follows
    the same one, so each is read when it differs from the one before.
    """
    last: Row | None = None
    conversions: list[_Conversion] = []
    found = []
    for payload, schema in zip(payloads, schemas, strict=True):
        if last is None or not _same(schema, last):
            conversions = _conversions(schema)
        last = schema
        found.append(_convert(payload, conversions) if conversions and type(payload) is dict else payload)
    return found


def _same(schema: Row, last: Row) -> bool:
    try:
        return schema == last
    except RecursionError:  # nested as deep as the JSON parser goes
        return False


def _conversions(schema: Row) -> list[_Conversion]:
    found: list[_Conversion] = []
    for conversion in _search(schema, (), _DEPTH):
        found.append(conversion)
        if len(found) >= _MOST:
            break
    return found


def _search(schema: Row, path: tuple[str, ...], depth: int) -> Iterator[_Conversion]:
    fields = schema.get("fields")
    if type(fields) is not list or depth == 0:
        return
    for one in fields:
        name = one.get("field") if type(one) is dict else None
        if type(name) is not str:
            continue
        convert = _converter(one)
        if convert is not None:
            yield (*path, name), convert
        else:
            yield from _search(one, (*path, name), depth - 1)


def _converter(field: Row) -> Callable[[Any], Any] | None:
    logical = field.get("name")
    if type(logical) is not str:
        return None
    if logical in _DAYS:
        return _day
    if logical == "org.apache.kafka.connect.data.Decimal":
        parameters = field.get("parameters")
        scale = parameters.get("scale") if isinstance(parameters, Mapping) else None
        if type(scale) is str and len(scale) <= 4 and scale.removeprefix("-").isdecimal():
            return partial(_decimal, scale=int(scale))
    return None


_DAYS: Final = frozenset(("org.apache.kafka.connect.data.Date", "io.debezium.time.Date"))


def _convert(payload: Row, conversions: list[_Conversion]) -> Row:
    copied: dict[tuple[str, ...], Row] = {(): dict(payload)}
    for path, convert in conversions:
        parent = _parent(copied, path[:-1])
        if parent is not None and path[-1] in parent:
            parent[path[-1]] = convert(parent[path[-1]])
    return copied[()]


def _parent(copied: dict[tuple[str, ...], Row], path: tuple[str, ...]) -> Row | None:
    """Return our own copy of the object at ``path``; None when there is none."""
    known = copied.get(path)
    if known is not None:
        return known
    above = _parent(copied, path[:-1])
    inside = None if above is None else above.get(path[-1])
    if above is None or type(inside) is not dict:
        return None
    own = above[path[-1]] = dict(inside)
    copied[path] = own
    return own


def _day(value: Any) -> Any:
    if type(value) is not int or abs(value) > 3_000_000:
        return value
    try:
        return (_EPOCH + timedelta(days=value)).isoformat()
    except OverflowError:
        return value


def _decimal(value: Any, scale: int) -> Any:
    if type(value) is not str or len(value) > 2 * _DECIMAL_BYTES:
        return value
    try:
        digits = int.from_bytes(binascii.a2b_base64(value, strict_mode=True), signed=True)
    except ValueError:
        return value
    return value if abs(scale) > _SCALES else plain_decimal(Decimal(digits).scaleb(-scale, _EXACT))
