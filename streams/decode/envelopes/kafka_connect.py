"""Kafka Connect: the ``schema`` and ``payload`` that its JsonConverter writes (``schemas.enable``).

The payload becomes the row, with decimals and days as people write them where the schema tells of such. Specification:
https://kafka.apache.org/documentation/#connect_development, ``org.apache.kafka.connect.json.JsonSchema``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from streams.decode.base import Envelope, Headers, Opened, Row
from streams.decode.envelopes.base import column, objects, texts
from streams.decode.envelopes.connect_types import converted

_TYPES: Final = frozenset(
    (
        "struct",
        "map",
        "array",
        "string",
        "bytes",
        "boolean",
        "int8",
        "int16",
        "int32",
        "int64",
        "float",
        "double",
    )
)
_WRAPPER: Final = frozenset(("schema", "payload"))


class ConnectRows:
    """``schema`` and ``payload``, nothing else. Kinds are the names of the schemas, without ``.Value``."""

    name = "kafka-connect"
    needs = _WRAPPER

    def matches(self, row: Row, headers: Headers) -> bool:  # noqa: ARG002 the protocol's; the row tells
        """Tell whether the row has a schema of Kafka Connect, or none for an object, and a payload."""
        if row.keys() != _WRAPPER:
            return False
        schema = row["schema"]
        if schema is None:
            return type(row["payload"]) is dict
        return type(schema) is dict and _is_type(schema.get("type"))

    def open(self, rows: Sequence[Row], headers: Sequence[Headers] | None) -> Opened:  # noqa: ARG002 the protocol's
        """Take the envelope off; a payload that is no object is the field ``payload``."""
        schemas = objects(column(rows, "schema"))
        payloads = converted(column(rows, "payload"), schemas)
        names = texts(column(schemas, "name"))
        return Opened(
            [_row(payload) for payload in payloads],
            [(name or "").removesuffix(".Value") for name in names],
            {"producer": ["kafka-connect"] * len(rows)},
            [None] * len(rows),
        )


class Wrapped:
    """Another envelope within that of Kafka Connect, taken off together with it."""

    needs = frozenset(("payload",))

    def __init__(self, inner: Envelope) -> None:
        self.name = inner.name
        self._inner = inner

    def matches(self, row: Row, headers: Headers) -> bool:
        """Tell whether the row is a wrapper of a row of the other envelope."""
        payload = row.get("payload")
        return type(payload) is dict and row.keys() <= _WRAPPER and self._inner.matches(payload, headers)

    def open(self, rows: Sequence[Row], headers: Sequence[Headers] | None) -> Opened:
        """Take both envelopes off; see :meth:`streams.decode.base.Envelope.open`."""
        payloads = converted(column(rows, "payload"), objects(column(rows, "schema")))
        return self._inner.open(objects(payloads), headers)


def _is_type(name: Any) -> bool:
    return type(name) is str and name in _TYPES


def _row(payload: Any) -> Row:
    if type(payload) is dict:
        return payload
    return {} if payload is None else {"payload": payload}
