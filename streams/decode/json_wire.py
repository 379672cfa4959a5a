"""JSON records with their schema's id in front, as Confluent's JSON Schema serializers write them.

JSON says the names and types of its fields itself. The schema adds what the record is called. Whether the record keeps
to it is not checked: the inventory tells what is there.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter
from typing import Final

import orjson

from streams.decode.base import Headers, Read, Reject
from streams.decode.json_objects import JsonReader
from streams.decode.one_by_one import UnreadableError
from streams.decode.schemas.base import Schema, SchemaKind, SchemaSource
from streams.decode.schemas.framed import FramedSchemas
from streams.decode.schemas.wire import HEADER, is_framed, schema_id

_KEPT: Final = 10_000


class JsonWireReader:
    """Reads JSON objects behind a schema's id. A row's name is its schema's title.

    Args:
        source: where schemas are found.
        seconds: how long one batch waits at most for schemas that are not known yet.
    """

    name = "json"

    def __init__(self, source: SchemaSource, seconds: float = 0.05) -> None:
        self._schemas = FramedSchemas(source, SchemaKind.JSON, _title, _KEPT, seconds)
        self._objects = JsonReader()

    def accepts(self, value: bytes, headers: Headers) -> bool:  # noqa: ARG002 the protocol's
        """Tell whether a record is behind the id of a JSON Schema."""
        return is_framed(value) and self._schemas.may_be_ours(schema_id(value), unknown=False)

    def read(
        self,
        values: Sequence[bytes],
        indexes: Sequence[int],
        headers: Sequence[Headers] | None,  # noqa: ARG002 the protocol's; JSON needs none
    ) -> Read:
        """Read records; see :meth:`streams.decode.base.Reader.read`."""
        self._schemas.begin(values)
        titles: dict[int, str] = {}
        bodies: list[bytes] = []
        rejects: list[Reject] = []
        for value, index in zip(values, indexes, strict=True):
            try:
                titles[index] = self._schemas.get(value)
            except UnreadableError as error:
                rejects.append(error.reject(index))
                continue
            bodies.append(value[HEADER:])
        found = self._objects.read(bodies, list(titles), None) if bodies else Read([], [], [])
        rejects = sorted(rejects + found.rejects, key=attrgetter("index"))
        return Read(found.rows, found.indexes, rejects, [titles[index] for index in found.indexes])


def _title(schema: Schema) -> tuple[str, int]:
    try:
        title = orjson.loads(schema.text).get("title")
    except (orjson.JSONDecodeError, AttributeError):
        title = None
    return (title if isinstance(title, str) else ""), 1
