"""Parquet values: what their types become, what is refused before it is read, and damaged files."""

from __future__ import annotations

import io
import random
import time
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from streams.decode import reasons
from streams.decode.base import Read
from streams.decode.parquet_blobs import MOST_BYTES, MOST_CELLS, ParquetReader
from streams.decode.parquet_pages import Chunk, pages, read_footer
from streams.decode.several_rows import MOST_ROWS
from streams.decode.thrift_compact import ThriftError
from tests.support.data import needs_data, online_retail_rows

READER = ParquetReader()


def parquet(table: pa.Table | dict[str, Any], **options: Any) -> bytes:
    buffer = io.BytesIO()
    pq.write_table(table if isinstance(table, pa.Table) else pa.table(table), buffer, **options)
    return buffer.getvalue()


def read(*values: bytes) -> Read:
    return READER.read(values, range(len(values)), None)


def reason(value: bytes) -> str:
    assert READER.accepts(value, ())
    [reject] = read(value).rejects
    assert len(reject.detail) < 120
    return reject.reason


SMALL = {"id": [1, 2, None], "name": ["Anna", None, "Bo"]}
ROWS = [{"id": 1, "name": "Anna"}, {"id": 2, "name": None}, {"id": None, "name": "Bo"}]


def test_rows_of_several_files() -> None:
    found = READER.read([parquet(SMALL), b"PAR1\x15", parquet({"x": [7]})], [2, 5, 6], None)
    assert found.rows == [*ROWS, {"x": 7}]
    assert list(found.indexes) == [2, 2, 2, 6]
    assert [(reject.index, reject.reason) for reject in found.rejects] == [(5, reasons.PARQUET_MALFORMED)]


@pytest.mark.parametrize("compression", ["none", "snappy", "gzip", "zstd", "lz4", "brotli"])
@pytest.mark.parametrize("version", ["1.0", "2.0"])
@pytest.mark.parametrize("dictionary", [True, False])
def test_ways_to_write(compression: str, version: str, dictionary: bool) -> None:
    value = parquet(
        SMALL, compression=compression, data_page_version=version, use_dictionary=dictionary, row_group_size=2
    )
    assert READER.accepts(value, ())
    assert read(value).rows == ROWS


@pytest.mark.parametrize("encoding", ["PLAIN", "DELTA_BYTE_ARRAY", "DELTA_LENGTH_BYTE_ARRAY"])
def test_ways_to_write_texts(encoding: str) -> None:
    names = [f"customer-{number:05}" for number in range(3000)]
    value = parquet(
        {"name": names}, use_dictionary=False, column_encoding={"name": encoding}, data_page_size=1000
    )
    assert [row["name"] for row in read(value).rows] == names


def test_types() -> None:
    at = datetime(2026, 1, 31, 8, tzinfo=UTC)
    table = pa.table(
        {
            "single": pa.array([0.1, float("nan"), None], pa.float32()),
            "double": [1.5, float("inf"), None],
            "time": pa.array([at, None, at], pa.timestamp("ns", "UTC")),
            "day": [date(2026, 1, 31)] * 3,
            "price": [Decimal("2.50"), Decimal("3.00"), None],
            "raw": [b"\xff", b"text", None],
            "list": [["a", None], [], None],
            "object": [{"k": "v", "n": 1}, None, {"k": None, "n": 2}],
            "map": pa.array([[("k", 1)], [], None], pa.map_(pa.string(), pa.int64())),
            "flag": [True, False, None],
        }
    )  # fmt: skip
    assert read(parquet(table)).rows == [
        {"single": 0.1, "double": 1.5, "time": "2026-01-31T08:00:00Z", "day": "2026-01-31", "price": 2.5, "raw": "/w==",
         "list": ["a", None], "object": {"k": "v", "n": 1}, "map": {"k": 1}, "flag": True},
        {"single": None, "double": "Infinity", "time": None, "day": "2026-01-31", "price": 3, "raw": "text",
         "list": [], "object": None, "map": {}, "flag": False},
        {"single": None, "double": None, "time": "2026-01-31T08:00:00Z", "day": "2026-01-31", "price": None,
         "raw": None, "list": None, "object": {"k": None, "n": 2}, "map": None, "flag": None},
    ]  # fmt: skip


def delta_bomb() -> bytes:
    """Return 20,000 texts of which each is 10,000 letters that the one before has too."""
    table = {"text": ["x" * 10_000] * 20_000}
    return parquet(
        table, use_dictionary=False, column_encoding={"text": "DELTA_BYTE_ARRAY"}, compression="zstd"
    )


def repeated(nested: bool) -> bytes:
    """Return one text of 100,000 letters 100,000 times."""
    texts = pa.DictionaryArray.from_arrays(pa.array([0] * 100_000, pa.int32()), pa.array(["x" * 100_000]))
    if not nested:
        return parquet(pa.table({"text": texts}))
    offsets = pa.array([0, 100_000], pa.int32())
    return parquet(pa.table({"texts": pa.ListArray.from_arrays(offsets, texts)}))


LARGE: dict[str, Any] = {
    "rows": lambda: parquet({"a": pa.array([0] * (MOST_ROWS + 1), pa.int8())}),
    "nulls": lambda: parquet({"a": pa.nulls(10_000_000)}),
    "cells": lambda: parquet({f"c{number}": pa.nulls(100_000) for number in range(1 + MOST_CELLS // 100_000)}),
    "elements": lambda: parquet({"a": [[0] * (MOST_CELLS + 1)]}),
    "bytes": lambda: parquet({"a": ["x" * (MOST_BYTES + 1)]}, compression="zstd"),
    "100 MB": lambda: parquet({"a": ["x" * 100_000_000]}, compression="zstd"),
    "texts that grow from each other": delta_bomb,
    "a text many times in a list": lambda: repeated(nested=True),
    "columns": lambda: parquet({f"c{number}": [1] for number in range(5000)}),
    "row groups": lambda: parquet({"a": list(range(5000))}, row_group_size=1),
    "pages": lambda: parquet({"a": list(range(40_000))}, data_page_size=1, write_batch_size=1, use_dictionary=False),
    "wide binary": lambda: parquet({"a": pa.array([b"x" * 10_000] * 10_000, pa.binary(10_000))}),
}  # fmt: skip


@pytest.mark.parametrize("name", LARGE)
def test_what_is_too_large_is_refused(name: str) -> None:
    value = LARGE[name]()
    began, before = time.process_time(), pa.total_allocated_bytes()
    assert reason(value) == reasons.TOO_LARGE
    assert pa.total_allocated_bytes() <= before
    # Reading the texts that grow from each other takes long; it ends at the bound.
    assert time.process_time() - began < 1


def test_a_text_many_times_is_read_once() -> None:
    found = read(repeated(nested=False))
    assert len(found.rows) == 100_000
    assert len({id(row["text"]) for row in found.rows}) == 1


def test_a_page_that_becomes_more_than_the_footer_says() -> None:
    value = parquet({"a": ["x" * 1000]}, compression="none", use_dictionary=False)
    footer = read_footer(value)
    assert footer is not None
    [page] = pages(value, footer.groups[0][1][0])
    assert page.size > 1000
    size = page.size << 1  # zigzag
    at = value.index(b"\x15" + bytes((size & 0x7F | 0x80, size >> 7)))
    assert reason(value[:at] + b"\x15\xff\xff\xff\xff\x0f" + value[at + 3 :]) in (
        reasons.PARQUET_MALFORMED,
        reasons.TOO_LARGE,
    )


@pytest.mark.parametrize(
    "data",
    [b"", b"\x15", b"\x15\x04" * 100, b"\x1c" * 100, b"\xff" * 100, b"\x00", b"\x05\x80" + b"\x80" * 12],
)
def test_page_headers_that_are_none(data: bytes) -> None:
    with pytest.raises(ThriftError):
        list(pages(data, Chunk(1, 0, len(data) or 1)))


def test_footer() -> None:
    footer = read_footer(parquet({"a": ["x"], "l": [[{"b": 1}]], "f": pa.array([b"xy"], pa.binary(2))}))
    assert footer is not None
    assert [tuple(column) for column in footer.columns] == [
        ("a", True, 0, False),
        ("l.list.element.b", False, 0, True),
        ("f", False, 2, False),
    ]
    assert [(rows, [chunk.values for chunk in chunks]) for rows, chunks in footer.groups] == [(1, [1, 1, 1])]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"PAR1PAR1", reasons.PARQUET_MALFORMED),
        (b"PAR1\x15", reasons.PARQUET_MALFORMED),
        (b"PAR1" + bytes(4) + b"PAR1", reasons.PARQUET_MALFORMED),
        (b"PAR1" + b"\xff" * 100 + b"PAR1", reasons.PARQUET_MALFORMED),
        (parquet(SMALL)[:-5], reasons.PARQUET_MALFORMED),
        (parquet(SMALL)[:40], reasons.PARQUET_MALFORMED),
        (parquet({"a": pa.array([], pa.int64())}), reasons.NO_ROWS),
        (parquet(pa.table({})), reasons.NO_ROWS),
        (parquet({"a": pa.array([10**18], pa.timestamp("ms"))}), reasons.PARQUET_MALFORMED),
    ],
    ids=range(9),
)  # fmt: skip
def test_reasons(value: bytes, expected: str) -> None:
    assert reason(value) == expected


@pytest.mark.parametrize("value", [b"PAR1,a", b"", b"PAR", b"{}", b"a,PAR1", b"xPAR1\x15"])
def test_what_is_left_to_others(value: bytes) -> None:
    assert not READER.accepts(value, ())


def test_damage_never_raises() -> None:
    generator = random.Random(11)
    whole = parquet({**SMALL, "l": [["a"], None, ["b", "c"]]}, row_group_size=2)
    values = []
    for _ in range(1500):
        broken = bytearray(whole)
        for _ in range(generator.randrange(1, 4)):
            broken[generator.randrange(4, len(broken) - 4)] = generator.randrange(256)
        values.append(bytes(broken))
    found = read(*values)
    assert {*found.indexes, *(reject.index for reject in found.rejects)} == set(range(len(values)))


@needs_data
def test_real_order_lines() -> None:
    rows = [{**line, "UnitPrice": float(line["UnitPrice"])} for line in online_retail_rows(3000)]
    values = [parquet(pa.Table.from_pylist(rows[first : first + 500])) for first in range(0, 3000, 500)]
    assert read(*values).rows == rows
