"""Avro records with their schema's id in front, as Confluent's serializers write them."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Final

from streams.decode import reasons
from streams.decode.avro.schema import AvroSchema, compile_schema
from streams.decode.base import Headers, Read
from streams.decode.one_by_one import NamedRow, UnreadableError, read_one_by_one
from streams.decode.schemas.base import Schema, SchemaKind, SchemaSource, flattened
from streams.decode.schemas.framed import FramedSchemas
from streams.decode.schemas.wire import HEADER, is_framed, schema_id

#: Types and fields of the schemas that are kept, together.
_KEPT_NODES: Final = 400_000


class AvroWireReader:
    """Reads Avro behind a schema's id. Each record is read by the schema that it was written with.

    Args:
        source: where schemas are found.
        seconds: how long one batch waits at most for schemas that are not known yet.
    """

    name = "avro"

    def __init__(self, source: SchemaSource, seconds: float = 0.05) -> None:
        self._schemas = FramedSchemas(source, SchemaKind.AVRO, _compile, _KEPT_NODES, seconds)

    def accepts(self, value: bytes, headers: Headers) -> bool:  # noqa: ARG002 the protocol's
        """Tell whether a record has a schema's id in front, unless that schema is known not to be Avro."""
        return is_framed(value) and self._schemas.may_be_ours(schema_id(value), unknown=True)

    def read(
        self,
        values: Sequence[bytes],
        indexes: Sequence[int],
        headers: Sequence[Headers] | None,
    ) -> Read:
        """Read records; see :meth:`streams.decode.base.Reader.read`."""
        self._schemas.begin(values)
        return read_one_by_one(self._read, values, indexes, headers)

    def _read(self, value: bytes, _: Headers) -> NamedRow:
        schema = self._schemas.get(value)
        if len(value) > schema.most_bytes:
            raise UnreadableError(reasons.TOO_LARGE, "the row can take more memory than one record may")
        stream = BytesIO(value[HEADER:])
        row = schema.read(stream)
        if stream.tell() != len(value) - HEADER:
            raise UnreadableError(reasons.AVRO_MALFORMED, "the record goes on after its schema's end")
        return row


def _compile(schema: Schema) -> tuple[AvroSchema, int]:
    compiled = compile_schema(schema.text, [one.schema.text for one in flattened(schema)])
    return compiled, compiled.weight
