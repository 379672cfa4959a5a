"""What fastavro reads -> JSON values, while it reads.

fastavro calls :data:`fastavro.read.LOGICAL_READERS` for a type that has a logical type, by the two names together: its
documented place for logical types of one's own. Here each type whose values JSON does not have gets one, in place of
what the schema says, as fastavro's own give up on the whole row when a date is beyond the calendar. Such a value stays
the number that it is.

Source: Apache Avro 1.12 specification, "Logical Types".
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from math import inf
from typing import Any, Final
from uuid import UUID

from fastavro.read import LOGICAL_READERS

from streams.decode.avro.tree import Node
from streams.decode.moments import utc_text
from streams.decode.plain import plain_bytes, plain_float, shortest_float32

#: Logical type of a type at which a recursive value is nested too deeply to be read on.
TOO_DEEP: Final = "pandian-too-deep"
#: Logical type of a root record whose name is wanted beside its values.
NAMED: Final = "pandian-named"

_PREFIX = "pandian-"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class TooDeepError(Exception):
    """A value of a recursive type is nested deeper than what is read."""


def logical_type(node: Node) -> str | None:
    """Return the logical type under which fastavro is to read a node; None when its values are as JSON has them."""
    wanted = _PREFIX + (node.logical or node.kind)
    if f"{node.kind}-{wanted}" in _READERS:
        return wanted
    plain = _PREFIX + node.kind
    return plain if f"{node.kind}-{plain}" in _READERS else None


def _date(days: int) -> Any:
    try:
        return (_EPOCH + timedelta(days=days)).date().isoformat()
    except OverflowError:
        return days


def _time(unit: int) -> Callable[[int], Any]:
    ticks_a_day = 86_400_000_000 // unit

    def read(ticks: int) -> Any:
        if not 0 <= ticks < ticks_a_day:
            return ticks
        return (_EPOCH + timedelta(microseconds=ticks * unit)).time().isoformat()

    return read


def _timestamp(unit: int, divisor: int = 1) -> Callable[[int, Any, Any], Any]:
    def read(ticks: int, _writer: Any, _reader: Any) -> Any:
        text = utc_text(ticks * unit // divisor)
        return ticks if text is None else text

    return read


def _local_timestamp(unit: int, divisor: int = 1) -> Callable[[int, Any, Any], Any]:
    def read(ticks: int, _writer: Any, _reader: Any) -> Any:
        text = utc_text(ticks * unit // divisor)
        return ticks if text is None else text[:-1]

    return read


def _uuid(value: bytes) -> str:
    return str(UUID(bytes=value)) if len(value) == 16 else plain_bytes(value)


def _base64(value: bytes) -> str:
    return b64encode(value).decode()


def _raise_too_deep(_: Any) -> Any:
    raise TooDeepError


def _double(value: float, _writer: Any, _reader: Any) -> Any:
    return value if -inf < value < inf else plain_float(value)


def _of_value(convert: Callable[[Any], Any]) -> Callable[[Any, Any, Any], Any]:
    def read(value: Any, _writer: Any, _reader: Any) -> Any:
        return convert(value)

    return read


def _decimal(value: bytes, writer: Mapping[str, Any], _reader: Any) -> Any:
    unscaled, scale = int.from_bytes(value, "big", signed=True), writer["scale"]
    try:
        # Dividing whole numbers rounds once, to the nearest float.
        return unscaled / 10**scale if scale else unscaled if abs(unscaled) < 2**63 else float(unscaled)
    except OverflowError:
        return "Infinity" if unscaled > 0 else "-Infinity"


def _named(value: Any, writer: Mapping[str, Any], _reader: Any) -> Any:
    return writer["name"], value


_READERS: Final[Mapping[str, Callable[[Any, Any, Any], Any]]] = {
    "float-pandian-float": _of_value(shortest_float32),
    "double-pandian-double": _double,
    "bytes-pandian-bytes": _of_value(plain_bytes),
    "fixed-pandian-fixed": _of_value(plain_bytes),
    "bytes-pandian-decimal": _decimal,
    "fixed-pandian-decimal": _decimal,
    "fixed-pandian-uuid": _of_value(_uuid),
    "fixed-pandian-duration": _of_value(_base64),
    "int-pandian-date": _of_value(_date),
    "int-pandian-time-millis": _of_value(_time(1_000)),
    "long-pandian-time-micros": _of_value(_time(1)),
    "long-pandian-timestamp-millis": _timestamp(1_000),
    "long-pandian-timestamp-micros": _timestamp(1),
    "long-pandian-timestamp-nanos": _timestamp(1, 1_000),
    "long-pandian-local-timestamp-millis": _local_timestamp(1_000),
    "long-pandian-local-timestamp-micros": _local_timestamp(1),
    "long-pandian-local-timestamp-nanos": _local_timestamp(1, 1_000),
    f"fixed-{TOO_DEEP}": _of_value(_raise_too_deep),
    f"record-{NAMED}": _named,
}
LOGICAL_READERS.update(_READERS)
