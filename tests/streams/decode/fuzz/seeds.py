"""Whole records of each format that is registered, and of each compression: what the mutators begin with."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Mapping, Sequence

import msgpack
import orjson
import zstandard

from streams.decode.limits import Limits
from streams.decode.registry import compressions, formats
from tests.streams.decode.test_contract import CASES
from tests.streams.decode.test_parquet_blobs import parquet

ROW = {
    "order_id": 536365, "商品名称": "白色心形灯 \u2028", "price": 2.55, "paid": True, "coupon": None,
    "tags": ["a", "b", ""],
    "user": {"id": "u-17", "email": "anna@example.com", "at": {"lat": 52.5, "lon": -13.4}},
    "lines": [{"sku": "85123A", "n": 6}] * 3,
}  # fmt: skip
LINE = b'536365,85123A,"WHITE ""HANGING"" HEART, T-LIGHT",6,2010-12-01 08:26:00,2.55,17850,United Kingdom'
HEADER = b"InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"
TABLE = {
    "order_id": [1, 2, None, 4], "name": ["a", None, "b", "a"], "price": [0.5, 1.5, None, 2.0],
    "paid": [True, None, False, True],
    "tags": [["x"], [], None, ["y", None]], "user": [{"id": "u"}, None, {"id": None}, {"id": "v"}],
}  # fmt: skip

#: More than the formats' contract cases, where these are short.
MORE: Mapping[str, Sequence[bytes]] = {
    "json": [orjson.dumps(ROW), orjson.dumps({f"k{number}": number for number in range(200)})],
    "jsonl": [b"\n".join([orjson.dumps(ROW)] * 4), orjson.dumps([ROW] * 3)],
    "csv": [LINE, HEADER + b"\r\n" + LINE + b"\r\n" + LINE, LINE.replace(b",", b"\t"), b"1|2|3\n4|5|6"],
    "msgpack": [
        msgpack.packb(ROW),
        msgpack.packb([ROW] * 3),
        msgpack.packb({"m": {1: b"\xff", None: msgpack.Timestamp(5)}}),
    ],
    "parquet": [
        parquet(TABLE),
        parquet(TABLE, row_group_size=2, compression="zstd", data_page_version="2.0"),
        parquet({"t": ["abc", "abd", "abe"]}, use_dictionary=False, column_encoding={"t": "DELTA_BYTE_ARRAY"}),
    ],
}  # fmt: skip

#: How to compress, by the compression's name.
COMPRESS: Mapping[str, Callable[[bytes], bytes]] = {
    "gz": lambda value: gzip.compress(value, 1),
    "zst": zstandard.ZstdCompressor(level=1, write_checksum=True).compress,
}

FORMATS = tuple(decoder.name for decoder in formats(Limits()))
COMPRESSIONS = tuple(compression.name for compression in compressions())

SEEDS: Mapping[str, Sequence[bytes]] = {
    case.format: [*case.good, *case.bad, *MORE.get(case.format, ())] for case in CASES
}
ALL_SEEDS = [seed for seeds in SEEDS.values() for seed in seeds]
