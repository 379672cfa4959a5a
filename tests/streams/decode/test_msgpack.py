"""MessagePack: what is taken for it, what its types become, and what hostile values cost."""

from __future__ import annotations

import gc
import pickle
import random
import struct
import time
import tracemalloc
from datetime import UTC, datetime
from typing import Any

import msgpack
import orjson
import pytest

from streams.decode import reasons
from streams.decode.base import Read
from streams.decode.msgpack import MOST_BYTES, MOST_ODD_KEYS, MessagePackReader
from streams.decode.several_rows import MOST_ROWS
from tests.support.data import needs_data, online_retail_rows

READER = MessagePackReader()
ROW = {"id": 1, "name": "Anna", "price": 2.5, "tags": ["a", None, True], "at": {"x": -1, "y": 1.5}}


def packed(value: Any) -> bytes:
    made: bytes = msgpack.packb(value, datetime=True)
    return made


def read(*values: bytes) -> Read:
    return READER.read(values, range(len(values)), None)


def row(value: Any) -> Any:
    found = read(packed(value))
    assert not found.rejects, found.rejects
    [only] = found.rows
    return only


def reason(value: bytes) -> str:
    found = read(value)
    assert not found.rows
    [reject] = found.rejects
    return reject.reason


def test_maps_are_rows() -> None:
    values = [packed(ROW), packed({"名称": "价" * 20}), packed({str(number): number for number in range(40)})]
    assert all(READER.accepts(value, ()) for value in values)
    found = read(*values)
    assert found.rows == [msgpack.unpackb(value) for value in values]
    assert list(found.indexes) == [0, 1, 2]


def test_arrays_of_maps_are_several_rows() -> None:
    many = [{"id": number} for number in range(100)]
    values = [packed([ROW]), packed(ROW), packed(many), packed([ROW, 1])]
    assert all(READER.accepts(value, ()) for value in values)
    found = READER.read(values, [3, 5, 8, 9], None)
    assert found.rows == [ROW, ROW, *many]
    assert list(found.indexes) == [3, 5, *[8] * 100]
    assert [(reject.index, reject.reason) for reject in found.rejects] == [(9, reasons.MSGPACK_NOT_ROWS)]


def test_types_that_json_has_not() -> None:
    at = datetime(2026, 1, 31, 8, 0, 0, 250_000, tzinfo=UTC)
    value = {
        "at": at,
        "text": b"Anna",
        "raw": b"\xff\x00",
        "ext": msgpack.ExtType(5, b"code"),
    }
    assert row(value) == {
        "at": "2026-01-31T08:00:00.250000Z", "text": "Anna", "raw": "/wA=", "ext": "code",
    }  # fmt: skip
    assert row({"big": 2**64 - 1}) == {"big": 2**64 - 1}
    assert row({"list": [{"at": at}]}) == {"list": [{"at": "2026-01-31T08:00:00.250000Z"}]}


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
@pytest.mark.parametrize("single", [False, True])
def test_numbers_that_json_has_not(value: float, single: bool) -> None:
    made = msgpack.packb({"a": [{"b": value}], "c": 1.5}, use_single_float=single)
    [found] = read(made).rows
    assert found["c"] == 1.5
    assert orjson.loads(orjson.dumps(found)) == found


def test_sums_beyond_a_float_are_no_infinities() -> None:
    assert row({"a": 1.7e308, "b": 1.7e308}) == {"a": 1.7e308, "b": 1.7e308}


def test_keys_that_are_no_text() -> None:
    assert row({"by item": {17: 2, 18: 1}, "x": {None: 0}}) == {
        "by item": {"17": 2, "18": 1},
        "x": {"null": 0},
    }
    assert row({b"name": 1, "x": 2}) == {"name": 1, "x": 2}
    values = [packed(ROW), packed({"a": 1, 2: 3}), packed({"a": {b"\xff": 1}})]
    assert read(*values).rows == [ROW, {"a": 1, "2": 3}, {"a": {"/w==": 1}}]


FOREIGN: dict[str, bytes] = {
    "JSON": orjson.dumps(ROW),
    "JSON array": orjson.dumps([ROW]),
    "CSV": b"1,Anna,2.5",
    "Chinese CSV": "名称,价".encode(),
    "Thaana CSV": "ޝަހީމް,1".encode(),
    "Syriac CSV": "ܐܒܓ,1".encode() * 10_000,
    "Windows-1252": "“Hello”, €5".encode("cp1252"),
    "euro first": "€5,00;x".encode("cp1252"),
    "GBK": "你好,世界".encode("gbk"),
    "UTF-16": "Anna,1".encode("utf-16"),
    "Avro file": b"Obj\x01" + bytes(20),
    "Confluent Avro": b"\x00\x00\x00\x00\x07\x02\x0aAnna",
    "Protobuf": b"\x0a\x04Anna\x10\x01",
    "Protobuf, field 16": b"\x82\x01\x04Anna",
    "pickle": pickle.dumps(ROW),
    "gzip": b"\x1f\x8b\x08\x00",
    "zstd": b"\x28\xb5\x2f\xfd",
    "Parquet": b"PAR1PAR1",
    "xerial Snappy": b"\x82SNAPPY\x00\x00\x00\x00\x01",
    "PNG": b"\x89PNG\r\n\x1a\n",
    "JPEG": b"\xff\xd8\xff\xe0",
    "Java object": b"\xac\xed\x00\x05",
    "CBOR map": b"\xa1\x61a\x01",
    "scalar": packed(7),
    "text": packed("Anna"),
    "array of numbers": packed([1, 2, 3]),
    "empty map": packed({}),
    "map of numbers": packed({1: 2}),
    "all bytes": bytes(range(128, 256)),
}  # fmt: skip


@pytest.mark.parametrize("name", FOREIGN)
def test_what_others_write_is_left_to_them(name: str) -> None:
    assert not READER.accepts(FOREIGN[name], ())


def test_random_binary_is_hardly_ever_taken_and_then_not_read() -> None:
    generator = random.Random(3)
    values = [generator.randbytes(generator.randrange(1, 60)) for _ in range(100_000)]
    taken = [value for value in values if READER.accepts(value, ())]
    assert len(taken) < 500
    # What is left of these is as good as MessagePack: a map of one short text, and that takes luck.
    assert len(read(*taken).rows) < 20


BAD: dict[str, tuple[bytes, str]] = {
    "cut off": (packed(ROW)[:-1], reasons.MSGPACK_MALFORMED),
    "something behind": (packed(ROW) + b"\x01", reasons.MSGPACK_MALFORMED),
    "two maps": (packed(ROW) * 2, reasons.MSGPACK_MALFORMED),
    "a byte that is never used": (b"\x81\xa1a\xc1", reasons.MSGPACK_MALFORMED),
    "no UTF-8": (b"\x81\xa1a\xa1\xff", reasons.MSGPACK_MALFORMED),
    "array as a key": (b"\x82\xa1a\x01\x90\x01", reasons.MSGPACK_MALFORMED),
    "time beyond the calendar": (
        b"\x81\xa1a\xc7\x0c\xff" + bytes(4) + b"\x7f" * 8,
        reasons.MSGPACK_MALFORMED,
    ),
    "time cut off": (b"\x81\xa1a\xd6\xff\x00\x00\x00", reasons.MSGPACK_MALFORMED),
    "text of 4 GB": (b"\x81\xa1a\xdb\xff\xff\xff\xff", reasons.MSGPACK_MALFORMED),
    "array of 4 billion": (b"\x81\xa1a\xdd\xff\xff\xff\xff", reasons.MSGPACK_MALFORMED),
    "deep": (b"\x81\xa1a" + b"\x91" * 2000 + b"\x01", reasons.TOO_LARGE),
    "no row": (packed([]), reasons.NO_ROWS),
    "texts": (packed(["a"]), reasons.MSGPACK_NOT_ROWS),
    "number": (packed(7), reasons.MSGPACK_NOT_ROWS),
    "many odd keys": (packed({"a": dict.fromkeys(range(MOST_ODD_KEYS + 1))}), reasons.TOO_LARGE),
    "many rows": (packed([{}] * (MOST_ROWS + 1)), reasons.TOO_LARGE),
    "long": (packed({"a": "x" * MOST_BYTES}), reasons.TOO_LARGE),
    "100 MB": (packed({"a": "x" * 100_000_000}), reasons.TOO_LARGE),
}


@pytest.mark.parametrize("name", BAD)
def test_reasons(name: str) -> None:
    value, expected = BAD[name]
    assert reason(value) == expected
    found = read(packed(ROW), value, packed(ROW))
    assert [reject.index for reject in found.rejects] == [1]
    assert found.rows == [ROW, ROW]
    assert all(len(reject.detail) < 100 and "Anna" not in reject.detail for reject in found.rejects)


def colliding(count: int) -> list[int]:
    """Return integers that follow each other along a dict's probes, so that each new one meets those before it."""
    mask = (1 << 18) - 1
    found, place = [], 1
    for _ in range(count):
        found.append(place)
        place = (place * 5 + 1) & mask
    return found


ATTACKS: dict[str, bytes] = {
    "arrays that claim all there is": b"\x81\xa1a" + b"\xdd\x00\x03\x00\x00" * 1000 + bytes(200_000),
    "short arrays that claim all there is": b"\x81\xa1a" + b"\xdc\xff\xff" * 1000 + bytes(200_000),
    "keys that collide": b"\x81\xa1a\xdf\x00\x01\x86\xa0"
    + b"".join(b"\xce" + struct.pack(">I", key) + b"\xc0" for key in colliding(100_000)),
    "maps of keys that collide": packed({"a": [dict.fromkeys(colliding(900)) for _ in range(100)]}),
    "empty maps": packed({"a": [{}] * 300_000}),
}  # fmt: skip


@pytest.mark.parametrize("name", ATTACKS)
def test_attacks_take_neither_time_nor_memory(name: str) -> None:
    value = ATTACKS[name]
    gc.disable()  # what other tests left behind is not walked through meanwhile
    began = time.process_time()
    read(value)
    seconds = time.process_time() - began
    gc.enable()
    assert seconds < max(0.05, len(value) / 2e6)
    tracemalloc.start()
    read(value)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 20_000_000 + 100 * len(value)


@needs_data
def test_real_order_lines_are_read_as_they_were_written() -> None:
    rows: list[dict[str, Any]] = [
        {**line, "Quantity": int(line["Quantity"])} for line in online_retail_rows(3000)
    ]
    values = list(map(packed, rows))
    assert all(READER.accepts(value, ()) for value in values)
    assert read(*values).rows == rows
