"""The readers of formats whose records need a schema, in the order in which a record is to be offered to them."""

from __future__ import annotations

from streams.decode.avro.files import AvroFileReader
from streams.decode.avro.wire import AvroWireReader
from streams.decode.base import Reader
from streams.decode.json_wire import JsonWireReader
from streams.decode.protobuf.reader import KnownMessages, ProtobufReader
from streams.decode.schemas.base import SchemaSource


def readers_with_schemas(
    source: SchemaSource | None = None, known: KnownMessages | None = None, seconds: float = 0.05
) -> list[Reader]:
    """Return the readers of Avro files, of records behind a schema's id, and of Protobuf.

    They come behind formats that are known by how they start, and before CSV: a Protobuf message without an id is taken
    for one because it is no text.

    Args:
        source: where schemas are found by their id: :func:`streams.decode.schemas.opening.open_schemas`.
        known: message types of Protobuf without an id: :func:`streams.decode.protobuf.opening.open_messages`.
        seconds: how long a batch waits for schemas that were not fetched before it.
    """
    readers: list[Reader] = [AvroFileReader()]
    if source is not None:
        readers += [AvroWireReader(source, seconds), JsonWireReader(source, seconds)]
    if source is not None or known is not None:
        readers.append(ProtobufReader(source, known, seconds))
    return readers
