"""Avro object container files as record values: one record, many rows."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

from streams.decode import reasons
from streams.decode.avro.container import MAGIC, Block, Container
from streams.decode.avro.schema import MAX_MEMORY, AvroSchema, compile_schema
from streams.decode.base import Headers, Read
from streams.decode.one_by_one import NamedRow, UnreadableError, read_several
from streams.decode.schemas.exceptions import UnusableSchemaError
from streams.decode.schemas.kept import Kept

#: Rows of one record at most.
MAX_ROWS = 100_000
#: Bytes of one record's blocks when they are decompressed, together.
MAX_BYTES = 64 * 2**20
#: Types and fields of the schemas that are kept, together.
_KEPT_NODES = 100_000


class AvroFileReader:
    """Reads object container files: each brings its own schema, by which its rows are read.

    Args:
        most_rows: of one record.
        most_bytes: of one record's blocks when they are decompressed.
    """

    name = "avro"

    def __init__(self, most_rows: int = MAX_ROWS, most_bytes: int = MAX_BYTES) -> None:
        self._most_rows = most_rows
        self._most_bytes = most_bytes
        self._schemas: Kept[bytes, AvroSchema] = Kept(_KEPT_NODES)

    def accepts(self, value: bytes, headers: Headers) -> bool:  # noqa: ARG002 the protocol's
        """Tell whether a record starts as a container file does."""
        return value.startswith(MAGIC)

    def read(
        self,
        values: Sequence[bytes],
        indexes: Sequence[int],
        headers: Sequence[Headers] | None,  # noqa: ARG002 the protocol's; the files say all themselves
    ) -> Read:
        """Read records; see :meth:`streams.decode.base.Reader.read`."""
        return read_several(self._read, values, indexes)

    def _read(self, value: bytes) -> list[NamedRow]:
        container = Container(value, self._most_bytes)
        header = container.header()
        schema = self._schema(header.schema)
        rows: list[NamedRow] = []
        memory = 0
        for block in container.blocks(header):
            memory += schema.cost.bound(block.count, len(block.data))
            if len(rows) + block.count > self._most_rows:
                raise UnreadableError(reasons.TOO_LARGE, f"more than {self._most_rows:,} rows in one record")
            if memory > MAX_MEMORY:
                raise UnreadableError(reasons.TOO_LARGE, "the rows can take more memory than one record may")
            rows += _rows(schema, block)
        if not rows:
            raise UnreadableError(reasons.NO_ROWS, "an Avro file without a row")
        return rows

    def _schema(self, text: bytes) -> AvroSchema:
        schema = self._schemas.get(text)
        if schema is None:
            try:
                schema = compile_schema(text)
            except UnusableSchemaError as error:
                raise UnreadableError(reasons.SCHEMA_UNUSABLE, str(error)) from None
            self._schemas.put(text, schema, schema.weight)
        return schema


def _rows(schema: AvroSchema, block: Block) -> list[NamedRow]:
    stream = BytesIO(block.data)
    rows = [schema.read(stream) for _ in range(block.count)]
    if stream.tell() != len(block.data):
        raise UnreadableError(reasons.AVRO_MALFORMED, "a block goes on after its last row")
    return rows
