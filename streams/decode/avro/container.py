"""The parts of an object container file.

Source: Apache Avro 1.12 specification, "Object Container Files". Header and blocks are themselves Avro, and are read by
the schemas that the specification gives for them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final, cast

import fastavro

from streams.decode import reasons
from streams.decode.avro.codecs import CODECS, DamagedError, TooLargeError, open_block
from streams.decode.one_by_one import UnreadableError

MAGIC: Final = b"Obj\x01"

_HEADER = fastavro.parse_schema(
    {
        "type": "record",
        "name": "org.apache.avro.file.Header",
        "fields": [
            {"name": "magic", "type": {"type": "fixed", "name": "Magic", "size": 4}},
            {"name": "meta", "type": {"type": "map", "values": "bytes"}},
            {"name": "sync", "type": {"type": "fixed", "name": "Sync", "size": 16}},
        ],
    }
)
_BLOCK = fastavro.parse_schema(
    {
        "type": "record",
        "name": "org.apache.avro.file.Block",
        "fields": [
            {"name": "count", "type": "long"},
            {"name": "data", "type": "bytes"},
            {"name": "sync", "type": {"type": "fixed", "name": "Sync", "size": 16}},
        ],
    }
)


@dataclass(frozen=True, slots=True)
class Header:
    """What a file says of itself."""

    schema: bytes
    """The rows' schema, JSON."""
    codec: str
    sync: bytes
    """Stands after each block."""


@dataclass(frozen=True, slots=True)
class Block:
    """Some rows, one after another."""

    count: int
    """How many rows there are to be."""
    data: bytes
    """Their bytes, opened."""


class Container:
    """Reads one file that is held as bytes.

    Args:
        value: the file, which starts with :data:`MAGIC`.
        most: bytes of its opened blocks together at most.
    """

    def __init__(self, value: bytes, most: int) -> None:
        self._stream = BytesIO(value)
        self._size = len(value)
        self._most = most

    def header(self) -> Header:
        """Read the header. Call first.

        Raises:
            UnreadableError: it is damaged, or says what is not understood.
        """
        header = self._read(_HEADER, "the file's header")
        schema = header["meta"].get("avro.schema")
        codec = header["meta"].get("avro.codec", b"null").decode(errors="replace") or "null"
        if schema is None:
            raise UnreadableError(reasons.AVRO_MALFORMED, "the file's header has no schema")
        if codec not in CODECS:
            raise UnreadableError(
                reasons.AVRO_MALFORMED, "the file's blocks are compressed in a way that is not known"
            )
        return Header(schema, codec, header["sync"])

    def blocks(self, header: Header) -> Iterator[Block]:
        """Read the blocks in turn.

        Raises:
            UnreadableError: the next block is damaged, or too large when it is decompressed.
        """
        number = 0
        while self._stream.tell() < self._size:
            number += 1
            block = self._block(header, number)
            self._most -= len(block.data)
            yield block

    def _block(self, header: Header, number: int) -> Block:
        block = self._read(_BLOCK, f"block {number}")
        if block["sync"] != header.sync:
            raise UnreadableError(
                reasons.AVRO_MALFORMED, f"block {number} does not end with the file's sync marker"
            )
        if block["count"] < 0:
            raise UnreadableError(reasons.AVRO_MALFORMED, f"block {number} has a negative number of rows")
        try:
            return Block(block["count"], open_block(header.codec, block["data"], self._most))
        except DamagedError:
            detail = f"block {number} cannot be decompressed"
            raise UnreadableError(reasons.AVRO_MALFORMED, detail) from None
        except TooLargeError:
            detail = f"the blocks up to number {number} are too large when decompressed"
            raise UnreadableError(reasons.TOO_LARGE, detail) from None

    def _read(self, schema: Any, what: str) -> dict[str, Any]:
        try:
            part: dict[str, Any] = cast("Any", fastavro.schemaless_reader(self._stream, schema, None))
        except (EOFError, ValueError, IndexError, OverflowError, MemoryError):
            detail = f"{what} is damaged, or ends too early"
            raise UnreadableError(reasons.AVRO_MALFORMED, detail) from None
        return part
