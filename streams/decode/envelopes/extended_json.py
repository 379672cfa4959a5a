"""MongoDB documents as text: Extended JSON, in which a type that JSON lacks is an object with a ``$`` name.

Specification: MongoDB Extended JSON (v2), https://www.mongodb.com/docs/manual/reference/mongodb-extended-json/
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final

import orjson

from streams.decode.base import Row
from streams.decode.plain import plain_decimal, plain_float

#: Nested containers that are simplified; what is deeper stays as it is, and is not opened by columns either.
_DEPTH: Final = 64
#: Longest decimal, in characters: decimal128 has 34 digits.
_DIGITS: Final = 64
_INTEGER = re.compile(r"-?[0-9]{1,19}")


def document(text: Any) -> Row | None:
    """Return the document written in ``text``, with plain values for those of MongoDB's types; None if it is none."""
    if type(text) is not str:
        return None
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    return {name: _plain(value, _DEPTH) for name, value in found.items()} if type(found) is dict else None


def _plain(value: Any, depth: int) -> Any:
    if depth == 0:
        return value
    if type(value) is list:
        return [_plain(element, depth - 1) for element in value]
    if type(value) is not dict:
        return value
    if len(value) == 1:
        [(name, inside)] = value.items()
        convert = _TYPES.get(name)
        if convert is not None:
            return convert(inside)
    return {name: _plain(inside, depth - 1) for name, inside in value.items()}


def _integer(value: Any) -> Any:
    if type(value) is not str or _INTEGER.fullmatch(value) is None:
        return value
    number = int(value)
    return number if -(2**63) <= number < 2**63 else value


def _float(value: Any) -> Any:
    try:
        return plain_float(float(value)) if type(value) is str else value
    except ValueError:
        return value


def _decimal(value: Any) -> Any:
    try:
        return plain_decimal(Decimal(value)) if type(value) is str and len(value) <= _DIGITS else value
    except InvalidOperation:
        return value


def _date(value: Any) -> Any:
    if type(value) is dict and value.keys() == {"$numberLong"}:
        return _integer(value["$numberLong"])
    return value


def _same(value: Any) -> Any:
    return value


_TYPES: Final[Mapping[str, Callable[[Any], Any]]] = {
    "$oid": _same,
    "$uuid": _same,
    "$symbol": _same,
    "$numberInt": _integer,
    "$numberLong": _integer,
    "$numberDouble": _float,
    "$numberDecimal": _decimal,
    "$date": _date,
}
