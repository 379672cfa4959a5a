"""Which reader takes which record, where all formats are mixed in one topic."""

from __future__ import annotations

import json
from collections.abc import Collection
from pathlib import Path

import orjson

from streams.decode.csv_lines import CsvDecoder
from streams.decode.json_lines import JsonLinesReader
from streams.decode.json_objects import JsonReader
from streams.decode.limits import Limits
from streams.decode.msgpack import MessagePackReader
from streams.decode.parquet_blobs import ParquetReader
from streams.decode.protobuf.reader import KnownMessages
from streams.decode.schemas.folder import FolderSchemas
from streams.decode.with_schemas import readers_with_schemas
from tests.streams.decode.avro.test_files import file
from tests.streams.decode.protobuf.shop import descriptor_set, message, order, types, wire
from tests.streams.decode.schemas.server import framed


def takers(values: Collection[bytes], folder: Path) -> list[str]:
    (folder / "1.avsc").write_text(
        json.dumps({"type": "record", "name": "R", "fields": [{"name": "a", "type": "int"}]})
    )
    (folder / "2.json").write_text("{}")
    (folder / "3.desc").write_bytes(descriptor_set())
    source = FolderSchemas(folder)
    source.fetch([1, 2, 3], 5)
    known = KnownMessages(types(), "shop.Order")
    formats = (
        *(JsonLinesReader(), JsonReader(), ParquetReader(), MessagePackReader()),
        *readers_with_schemas(source, known),
        CsvDecoder(Limits()),
    )
    found = []
    for value in values:
        taker = next(one for one in formats if one.accepts(value, ()))
        found.append(f"{type(taker).__name__}")
    return found


def test_each_record_goes_to_its_reader(tmp_path: Path) -> None:
    import msgpack
    import pyarrow as pa
    import pyarrow.parquet as pq

    out = pa.BufferOutputStream()
    pq.write_table(pa.table({"id": [1, 2]}), out)
    values = {
        file(): "AvroFileReader",
        framed(1, b"\x02"): "AvroWireReader",
        framed(9, b"\x02"): "AvroWireReader",  # nothing is known of the id
        framed(2, b'{"a": 1}'): "JsonWireReader",
        framed(3, b"\x00\x0a\x01a"): "ProtobufReader",
        wire(order()): "ProtobufReader",
        wire(message("shop.Order", id="long enough to be text: " + "x" * 20)): "ProtobufReader",
        orjson.dumps({"a": 1}): "JsonReader",
        msgpack.packb({"id": 1, "name": "a"}): "MessagePackReader",
        out.getvalue().to_pybytes(): "ParquetReader",
        b"1,2,3": "CsvDecoder",
        "盘点;2;\t3".encode(): "CsvDecoder",
    }
    assert takers(values, tmp_path) == list(values.values())


def test_without_schemas_only_files_are_read() -> None:
    assert [type(reader).__name__ for reader in readers_with_schemas()] == ["AvroFileReader"]
