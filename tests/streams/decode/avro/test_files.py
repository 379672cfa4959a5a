"""Object container files: many rows of one record; damaged and hostile ones cost only themselves."""

from __future__ import annotations

import bz2
import json
import lzma
import tracemalloc
import zlib
from io import BytesIO
from typing import Any

import cramjam
import fastavro
import pytest
import zstandard

from streams.decode import reasons
from streams.decode.avro.codecs import CODECS, DamagedError, TooLargeError, open_block
from streams.decode.avro.files import AvroFileReader
from tests.streams.decode.reader_checks import check_contract, mutations, of_each, read, slowest

ORDER = {
    "type": "record",
    "name": "shop.Order",
    "fields": [
        {"name": "id", "type": "long"},
        {"name": "price", "type": ["null", "double"]},
        {"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis"}},
        {"name": "lines", "type": {"type": "array", "items": "string"}},
    ],
}
ROWS = [{"id": n, "price": n / 2, "at": 1_700_000_000_000 + n, "lines": ["a"] * (n % 3)} for n in range(25)]
SYNC = bytes(range(16))
HEAD = {"type": "map", "values": "bytes"}


def file(rows: list[dict[str, Any]] = ROWS, codec: str = "null", schema: Any = ORDER) -> bytes:
    out = BytesIO()
    fastavro.writer(out, schema, rows, codec=codec, sync_interval=200, sync_marker=SYNC)
    return out.getvalue()


def varint(number: int) -> bytes:
    number = number * 2 if number >= 0 else -2 * number - 1
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    out.append(number)
    return bytes(out)


def raw_file(count: int, data: bytes, codec: str = "null", schema: Any = ORDER) -> bytes:
    """Write a file of one block without asking whether it makes sense."""
    meta = BytesIO()
    text = schema if isinstance(schema, bytes) else json.dumps(schema).encode()
    fastavro.schemaless_writer(meta, HEAD, {"avro.schema": text, "avro.codec": codec.encode()})
    return b"".join([b"Obj\x01", meta.getvalue(), SYNC, varint(count), varint(len(data)), data, SYNC])


def rejected(value: bytes, **more: int) -> str:
    [reject] = read(AvroFileReader(**more), [value]).rejects
    return reject.reason


def test_rows_of_all_blocks_are_read() -> None:
    found = read(AvroFileReader(), [file(), file(ROWS[:1])])
    assert list(found.indexes) == [0] * 25 + [1]
    assert set(found.names or ()) == {"shop.Order"}
    assert found.rows[3] == {"id": 3, "price": 1.5, "at": "2023-11-14T22:13:20.003000Z", "lines": []}


@pytest.mark.parametrize("codec", ["null", "deflate", "bzip2", "xz", "zstandard", "snappy"])
def test_codecs(codec: str) -> None:
    if codec in ("null", "deflate", "bzip2", "xz"):
        value = file(codec=codec)
    else:  # fastavro writes these with libraries that need not be there
        rows = BytesIO()
        for row in ROWS:
            fastavro.schemaless_writer(rows, ORDER, row)
        value = raw_file(25, compressed(codec, rows.getvalue()), codec)
    assert read(AvroFileReader(), [value]).rows == read(AvroFileReader(), [file()]).rows


def compressed(codec: str, data: bytes) -> bytes:
    if codec == "deflate":
        packer = zlib.compressobj(9, zlib.DEFLATED, -15)
        return packer.compress(data) + packer.flush()
    if codec == "snappy":
        return bytes(cramjam.snappy.compress_raw(data)) + zlib.crc32(data).to_bytes(4, "big")
    if codec == "lz4":
        return bytes(cramjam.lz4.compress_block(data))
    packers = {"null": bytes, "bzip2": bz2.compress, "xz": lzma.compress, "zstandard": zstandard.compress}
    return packers[codec](data)


@pytest.mark.parametrize("codec", CODECS)
def test_what_a_block_opens_to_is_bounded(codec: str) -> None:
    data = compressed(codec, bytes(10_000))
    assert open_block(codec, data, 10_000) == bytes(10_000)
    with pytest.raises(TooLargeError):
        open_block(codec, data, 9_999)


@pytest.mark.parametrize("codec", sorted(CODECS.keys() - {"null"}))
def test_blocks_that_are_cut_or_changed(codec: str) -> None:
    data = compressed(codec, b"order lines of a shop " * 40)
    for end in range(len(data)):
        try:
            opened = open_block(codec, data[:end], 10_000)
        except DamagedError:
            continue
        assert opened != b"order lines of a shop " * 40
    for value in mutations([data], 300):
        try:
            assert len(open_block(codec, value, 10_000)) <= 10_000
        except (DamagedError, TooLargeError):
            continue


@pytest.mark.parametrize("codec", ["deflate", "bzip2", "xz", "zstandard", "lz4"])
def test_bombs(codec: str) -> None:
    bomb = raw_file(1, compressed(codec, bytes(50_000_000)), codec)
    reader = AvroFileReader(most_bytes=1_000_000)
    tracemalloc.start()
    try:
        [reject] = reader.read([bomb], [0], None).rejects
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert reject.reason == reasons.TOO_LARGE
    assert peak < 16_000_000  # xz has a dictionary of 8 MB


def test_blocks_that_are_large_only_together() -> None:
    value = file(ROWS * 100)
    assert rejected(value, most_bytes=2_000) == reasons.TOO_LARGE
    assert len(read(AvroFileReader(most_bytes=200_000), [value]).rows) == 2_500


def test_too_many_rows() -> None:
    assert rejected(file(), most_rows=24) == reasons.TOO_LARGE
    assert len(read(AvroFileReader(most_rows=25), [file()]).rows) == 25


def test_a_block_that_claims_more_rows_than_it_has() -> None:
    flags = {"type": "record", "name": "R", "fields": [{"name": "a", "type": "null"}]}
    assert rejected(raw_file(2**62, b"", schema=flags)) == reasons.TOO_LARGE
    assert rejected(raw_file(-1, b"", schema=flags)) == reasons.AVRO_MALFORMED
    assert rejected(raw_file(3, b"\x02")) == reasons.AVRO_MALFORMED
    assert rejected(raw_file(1, b"\x02\x00\x00\x00\x00")) == reasons.AVRO_MALFORMED  # a byte is left


def test_elements_that_would_take_too_much_memory() -> None:
    small = {"type": "record", "name": "E", "fields": [{"name": "a", "type": "boolean"}]}
    schema = {
        "type": "record",
        "name": "R",
        "fields": [{"name": "a", "type": {"type": "array", "items": small}}],
    }
    count = 3_000_000
    assert rejected(raw_file(1, varint(count) + bytes(count + 1), schema=schema)) == reasons.TOO_LARGE


def test_sync_markers_that_are_damaged() -> None:
    value = bytearray(file())
    value[-1] ^= 1
    assert rejected(bytes(value)) == reasons.AVRO_MALFORMED


def test_schemas_that_are_not_read_by() -> None:
    assert rejected(raw_file(1, b"", schema=b"{")) == reasons.SCHEMA_UNUSABLE
    assert rejected(raw_file(1, b"", schema={"type": "array", "items": "null"})) == reasons.SCHEMA_UNUSABLE
    assert rejected(raw_file(1, b"", codec="brotli")) == reasons.AVRO_MALFORMED
    assert rejected(raw_file(1, b"", codec="../\xff")) == reasons.AVRO_MALFORMED


def test_no_rows() -> None:
    assert rejected(file([])) == reasons.NO_ROWS


def test_contract() -> None:
    good = [
        file(),
        file(ROWS[:3], "deflate"),
        file([{"a": 1}], schema={**ORDER, "fields": [{"name": "a", "type": "int"}]}),
    ]
    bad = [b"Obj\x01", b"Obj\x01" + bytes(40), good[0][:-1], good[0] + b"x", b"Obj\x01" + b"\xff" * 100]
    reader = AvroFileReader()
    check_contract(reader, good, bad)
    assert all(reader.accepts(value, ()) for value in good + bad)
    assert not any(reader.accepts(value, ()) for value in (b"Obj", b"{}", b"\x00Obj\x01", b"PAR1"))


def test_every_cut_is_rejected_or_ends_with_a_block() -> None:
    value = file()
    ends = {len(read(AvroFileReader(), [value[:end]]).rows) for end in range(4, len(value))}
    assert ends <= set(range(0, 26))
    assert 25 not in ends


def test_mutated_files() -> None:
    values = mutations([file(), file(codec="deflate"), file(ROWS[:2])], 4_000)
    reader = AvroFileReader()
    together = of_each(read(reader, values))
    assert sum(isinstance(one, tuple) for one in together.values()) > 1_000
    assert slowest(reader, values[:1_000]) < 0.05


def test_schemas_that_never_come_again_are_let_go() -> None:
    reader = AvroFileReader()
    for number in range(60):
        fields = [{"name": f"f{number}_{n}", "type": "int"} for n in range(2_000)]
        schema = {"type": "record", "name": "R", "fields": fields}
        assert len(read(reader, [raw_file(1, bytes(2_000), schema=schema)]).rows) == 1
    assert len(reader._schemas) < 50  # 100,000 types and fields together
