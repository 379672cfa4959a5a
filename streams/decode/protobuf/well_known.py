"""Google's own message types, as JSON has them.

Source: protobuf's ProtoJSON mapping. Durations are seconds and wrapped 64-bit integers numbers, as everywhere here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from streams.decode.moments import utc_text
from streams.decode.plain import MAX_DEPTH, plain


def _timestamp(message: Any) -> Any:
    seconds = message.seconds
    text = utc_text(seconds * 1_000_000 + message.nanos // 1000)
    return seconds if text is None else text


def _duration(message: Any) -> float:
    seconds: float = message.seconds + message.nanos / 1e9
    return seconds


def _wrapped(message: Any) -> Any:
    return plain(message.value)


def _value(message: Any, depth: int = 1) -> Any:
    kind = message.WhichOneof("kind")
    if kind == "struct_value":
        return _struct(message.struct_value, depth)
    if kind == "list_value":
        return _list(message.list_value, depth)
    return None if kind in (None, "null_value") else plain(getattr(message, kind))


def _struct(message: Any, depth: int = 1) -> dict[str, Any]:
    if depth > MAX_DEPTH:
        return {}
    return {key: _value(value, depth + 1) for key, value in message.fields.items()}


def _list(message: Any, depth: int = 1) -> list[Any]:
    return [] if depth > MAX_DEPTH else [_value(value, depth + 1) for value in message.values]


_PACKAGE = "google.protobuf."
#: What makes a JSON value of a message, by the message's full name.
WELL_KNOWN: Final[Mapping[str, Callable[[Any], Any]]] = {
    f"{_PACKAGE}Timestamp": _timestamp,
    f"{_PACKAGE}Duration": _duration,
    f"{_PACKAGE}Value": _value,
    f"{_PACKAGE}Struct": _struct,
    f"{_PACKAGE}ListValue": _list,
    **{
        f"{_PACKAGE}{name}Value": _wrapped
        for name in ("Double", "Float", "Int64", "UInt64", "Int32", "UInt32", "Bool", "String", "Bytes")
    },
}
