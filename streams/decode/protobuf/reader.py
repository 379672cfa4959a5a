"""Protobuf records: behind a schema's id, or of the message types of a descriptor set."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from streams.decode import reasons
from streams.decode.base import Headers, Read
from streams.decode.one_by_one import NamedRow, UnreadableError, read_one_by_one
from streams.decode.protobuf.descriptors import MessageTypes, types_of_schema
from streams.decode.protobuf.fitting import MAX_TYPES, best_fitting
from streams.decode.protobuf.naming import message_path, named_message
from streams.decode.protobuf.rows import MessageReader
from streams.decode.schemas.base import Schema, SchemaKind, SchemaSource
from streams.decode.schemas.framed import FramedSchemas
from streams.decode.schemas.kept import Kept
from streams.decode.schemas.wire import HEADER, is_framed, schema_id

#: Stands for "the type that fits best" in place of a message type's name.
ANY_TYPE: Final = "*"

_KEPT_BYTES: Final = 16 * 2**20
_KEPT_READERS: Final = 1_000
# A message starts with a field's number and wire type, and nearly always has a byte that no text has.
_NO_TEXT = re.compile(rb"\A\n|[\x00-\x08\x0b\x0c\x0e-\x1f]")
_LOOKED_AT: Final = 4_096
_WIRE_TYPES: Final = frozenset({0, 1, 2, 3, 5})


@dataclass(frozen=True)
class KnownMessages:
    """The message types of a descriptor set, and which of them records are."""

    types: MessageTypes
    message: str | None = None
    """Full name, for records whose headers name none; :data:`ANY_TYPE`: the one that fits; None: only by headers."""

    @cached_property
    def readers(self) -> list[MessageReader]:
        """All types, to be tried; too many are not."""
        found = self.types.all()
        return [MessageReader(one) for one in found] if len(found) <= MAX_TYPES else []


class ProtobufReader:
    """Reads Protobuf messages.

    Args:
        source: where schemas are found by the id in front of records; None: such records are left to others.
        known: message types of records that carry no id; None: such records are left to others.
        seconds: how long one batch waits at most for schemas that are not known yet.
    """

    name = "protobuf"

    def __init__(
        self, source: SchemaSource | None, known: KnownMessages | None = None, seconds: float = 0.05
    ) -> None:
        self._schemas = (
            None
            if source is None
            else FramedSchemas(source, SchemaKind.PROTOBUF, _compile, _KEPT_BYTES, seconds)
        )
        self._known = known
        self._readers: Kept[tuple[MessageTypes, str | tuple[int, ...]], MessageReader] = Kept(_KEPT_READERS)

    def accepts(self, value: bytes, headers: Headers) -> bool:
        """Tell whether a record is behind the id of a Protobuf schema; or could be a message, and its type is known."""
        if is_framed(value):
            return self._schemas is not None and self._schemas.may_be_ours(schema_id(value), unknown=False)
        if self._known is None:
            return False
        if headers and named_message(headers) is not None:
            return True
        return self._known.message is not None and _looks_like_a_message(value)

    def read(
        self,
        values: Sequence[bytes],
        indexes: Sequence[int],
        headers: Sequence[Headers] | None,
    ) -> Read:
        """Read records; see :meth:`streams.decode.base.Reader.read`."""
        if self._schemas is not None:
            self._schemas.begin(values)
        return read_one_by_one(self._read, values, indexes, headers)

    def _read(self, value: bytes, headers: Headers) -> NamedRow:
        reader, data = self._framed(value) if is_framed(value) else (self._named(value, headers), value)
        return reader.name, reader.read(data)

    def _framed(self, value: bytes) -> tuple[MessageReader, bytes]:
        if self._schemas is None:
            raise UnreadableError(reasons.SCHEMA_UNKNOWN, "there is no source of schemas")
        types = self._schemas.get(value)
        found = message_path(value, HEADER)
        if found is None:
            detail = "the index of the message type behind the schema's id is damaged"
            raise UnreadableError(reasons.PROTOBUF_MALFORMED, detail)
        path, start = found
        return self._reader(types, path), value[start:]

    def _named(self, value: bytes, headers: Headers) -> MessageReader:
        known = self._known
        name = named_message(headers) if headers else None
        if known is None or (name is None and known.message is None):
            raise UnreadableError(reasons.SCHEMA_UNKNOWN, "nothing says which message type it is")
        if name is None and known.message == ANY_TYPE:
            best = best_fitting(value, known.readers)
            if best is None:
                raise UnreadableError(
                    reasons.PROTOBUF_MALFORMED, "no message type of the descriptor set fits"
                )
            return best
        return self._reader(known.types, name or known.message or "")

    def _reader(self, types: MessageTypes, which: str | tuple[int, ...]) -> MessageReader:
        reader = self._readers.get((types, which))
        if reader is None:
            found = types.by_name(which) if isinstance(which, str) else types.by_path(which)
            if found is None:
                raise UnreadableError(reasons.SCHEMA_UNKNOWN, "the schema has no such message type")
            reader = MessageReader(found)
            self._readers.put((types, which), reader)
        return reader


def _compile(schema: Schema) -> tuple[MessageTypes, int]:
    types = types_of_schema(schema)
    return types, types.weight


def _looks_like_a_message(value: bytes) -> bool:
    tag = value[0]
    if tag & 7 not in _WIRE_TYPES or tag < 8:
        return False
    start = value[:_LOOKED_AT]
    if _NO_TEXT.search(start):
        return True
    try:
        start.decode()
    except UnicodeDecodeError as error:
        return error.start < len(start) - 3 or len(start) == len(value)
    return False
