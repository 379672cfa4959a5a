"""What reading Avro and Protobuf costs over the plain readers of their libraries, which bound nothing.

Order lines of a real shop, 8 fields: text, whole numbers, a price, a time. Both sides take the same records one right
after the other within one process; processor time. The other side is the shortest way with the library alone: for Avro,
fastavro's reader; for Protobuf, parsing and protobuf's own ``MessageToDict``.
"""

from __future__ import annotations

import gc
import json
import statistics
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import fastavro
from google.protobuf.descriptor_pb2 import FieldDescriptorProto, FileDescriptorProto
from google.protobuf.json_format import MessageToDict
from google.protobuf.message_factory import GetMessageClass

from benchmarks.base import Row, spread
from benchmarks.load import order_records
from streams.decode.avro.files import AvroFileReader
from streams.decode.avro.wire import AvroWireReader
from streams.decode.protobuf.descriptors import MessageTypes
from streams.decode.protobuf.reader import KnownMessages, ProtobufReader
from streams.decode.schemas.base import Schema, SchemaKind

_SCHEMA: dict[str, Any] = {
    "type": "record",
    "name": "shop.OrderLine",
    "fields": [
        {"name": "invoice", "type": "string"},
        {"name": "code", "type": "string"},
        {"name": "description", "type": ["null", "string"]},
        {"name": "quantity", "type": "int"},
        {"name": "time", "type": {"type": "long", "logicalType": "timestamp-millis"}},
        {"name": "price", "type": "double"},
        {"name": "customer", "type": ["null", "long"]},
        {"name": "country", "type": "string"},
    ],
}
_HEADER = b"\x00\x00\x00\x00\x01"


@dataclass(frozen=True)
class Sizes:
    """How much is measured."""

    repeat: int = 7
    """Pairs of each kind."""
    records: int = 20_000
    batch: int = 2_000
    """Records of a batch; of the container files, rows of a file."""


class _OneSchema:
    """A source that knows one schema."""

    def __init__(self) -> None:
        self._schema = Schema(SchemaKind.AVRO, json.dumps(_SCHEMA))

    def find(self, _: int) -> Schema:
        """Return the schema, whatever its id."""
        return self._schema

    def fetch(self, keys: Collection[int], seconds: float) -> None:
        """Do nothing: all is known."""


def run(sizes: Sizes | None = None) -> Iterator[Row]:
    """Yield the records a second of each format over those of its library's reader."""
    sizes = sizes or Sizes()
    lines = [_typed(line) for line in order_records()[: sizes.records]]
    yield _avro(lines, sizes)
    yield _avro_files(lines, sizes)
    yield _protobuf(lines, sizes)


def _typed(line: dict[str, str | None]) -> dict[str, Any]:
    invoice, code, description, quantity, moment, price, customer, country = line.values()
    seconds = datetime.fromisoformat(str(moment)).replace(tzinfo=UTC).timestamp()
    return {
        "invoice": invoice or "",
        "code": code or "",
        "description": description,
        "quantity": int(quantity or 0),
        "time": int(seconds * 1000),
        "price": float(price or 0),
        "customer": int(float(customer)) if customer else None,
        "country": country or "",
    }


def _batches(values: Sequence[bytes], sizes: Sizes) -> list[Sequence[bytes]]:
    return [values[start : start + sizes.batch] for start in range(0, len(values), sizes.batch)]


def _avro(lines: Sequence[dict[str, Any]], sizes: Sizes) -> Row:
    schema = fastavro.parse_schema(_SCHEMA)
    batches = _batches([_HEADER + _written(schema, line) for line in lines], sizes)
    reader = AvroWireReader(_OneSchema())

    def ours() -> None:
        for batch in batches:
            reader.read(batch, range(len(batch)), None)

    def theirs() -> None:
        for batch in batches:
            for value in batch:
                fastavro.schemaless_reader(BytesIO(value[5:]), schema, None)

    return _row("format_avro_vs_reader", "fastavro.schemaless_reader", ours, theirs, sizes)


def _avro_files(lines: Sequence[dict[str, Any]], sizes: Sizes) -> Row:
    files = []
    for start in range(0, len(lines), sizes.batch):
        out = BytesIO()
        fastavro.writer(out, _SCHEMA, list(lines[start : start + sizes.batch]), codec="deflate")
        files.append(out.getvalue())
    reader = AvroFileReader()

    def ours() -> None:
        for file in files:
            reader.read([file], [0], None)

    def theirs() -> None:
        for file in files:
            list(fastavro.reader(BytesIO(file)))

    return _row("format_avro_file_vs_reader", "fastavro.reader, deflate", ours, theirs, sizes)


def _written(schema: Any, line: dict[str, Any]) -> bytes:
    out = BytesIO()
    fastavro.schemaless_writer(out, schema, line)
    return out.getvalue()


def _protobuf(lines: Sequence[dict[str, Any]], sizes: Sizes) -> Row:
    types = _message_types()
    descriptor = types.by_name("shop.OrderLine")
    assert descriptor is not None
    message = GetMessageClass(descriptor)
    values = [message(**{**line, "time": _timestamp(line["time"])}).SerializeToString() for line in lines]
    batches = _batches(values, sizes)
    reader = ProtobufReader(None, KnownMessages(types, "shop.OrderLine"))

    def ours() -> None:
        for batch in batches:
            reader.read(batch, range(len(batch)), None)

    def theirs() -> None:
        for batch in batches:
            for value in batch:
                MessageToDict(message.FromString(value), preserving_proto_field_name=True)

    return _row("format_protobuf_vs_reader", "protobuf's MessageToDict", ours, theirs, sizes)


def _timestamp(milliseconds: int) -> dict[str, int]:
    return {"seconds": milliseconds // 1000, "nanos": milliseconds % 1000 * 1_000_000}


def _message_types() -> MessageTypes:
    kinds = {
        "string": FieldDescriptorProto.TYPE_STRING,
        "int": FieldDescriptorProto.TYPE_INT32,
        "long": FieldDescriptorProto.TYPE_INT64,
        "double": FieldDescriptorProto.TYPE_DOUBLE,
    }
    file = FileDescriptorProto(name="shop.proto", package="shop", syntax="proto3")
    file.dependency.append("google/protobuf/timestamp.proto")
    message = file.message_type.add(name="OrderLine")
    for number, field in enumerate(_SCHEMA["fields"], 1):
        made = message.field.add(name=field["name"], number=number, label=FieldDescriptorProto.LABEL_OPTIONAL)
        if field["name"] == "time":
            made.type, made.type_name = FieldDescriptorProto.TYPE_MESSAGE, ".google.protobuf.Timestamp"
        else:
            made.type = kinds[field["type"][-1] if isinstance(field["type"], list) else field["type"]]
    return MessageTypes([file], file.name)


def _row(name: str, what: str, ours: Callable[[], None], theirs: Callable[[], None], sizes: Sizes) -> Row:
    ours()
    theirs()
    pairs = []
    for turn in range(sizes.repeat):
        sides = (ours, theirs) if turn % 2 else (theirs, ours)
        pair = [_seconds(side) for side in sides]
        pairs.append(pair if turn % 2 else pair[::-1])
    ratios = [library / own for own, library in pairs]
    how = (
        f"records a second of processor time against {what}: {sizes.records:,} order lines of 8 fields;"
        f" median of {sizes.repeat} pairs"
    )
    detail = {
        "pairs": spread(ratios),
        "records_per_s": spread([sizes.records / own for own, _ in pairs], 0),
        "records_per_s_of_reader": spread([sizes.records / library for _, library in pairs], 0),
    }
    return Row(name, statistics.median(ratios), "x", how, None, detail)


def _seconds(job: Callable[[], None]) -> float:
    gc.collect()
    began = time.process_time()
    job()
    return time.process_time() - began
