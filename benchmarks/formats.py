"""Records a second of each format's reader against the plain reader of its own library, on the same order lines.

Values go in as a batch comes from a topic; out come rows whose values are those of JSON. The library's own reader makes
whatever it makes of one value after the other. Both take turns within one process.
"""

from __future__ import annotations

import csv
import gc
import gzip
import io
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

import msgpack
import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import zstandard

from benchmarks.base import Row, spread
from benchmarks.load import order_records
from streams.decode.base import Decoder, Reader
from streams.decode.compression import Gzip, Zstd
from streams.decode.csv_lines import CsvDecoder
from streams.decode.json_lines import JsonLinesReader
from streams.decode.json_objects import JsonReader
from streams.decode.limits import Limits
from streams.decode.msgpack import MessagePackReader
from streams.decode.parquet_blobs import ParquetReader

Item = TypeVar("Item")
Values = Sequence[bytes]

_MOST_BYTES = 32 << 20


@dataclass(frozen=True)
class Sizes:
    """How much is measured."""

    repeat: int = 7
    """Pairs of each format."""
    records: int = 40_000
    """Order lines of 8 fields."""
    batch: int = 5_000
    """Order lines in a batch."""
    lines: int = 50
    """Order lines in a value of JSON lines."""
    file_rows: int = 1_000
    """Order lines in a Parquet file."""


@dataclass(frozen=True)
class Side:
    """A format, and how its library reads it."""

    name: str
    batches: list[list[bytes]]
    ours: Callable[[Values], object]
    theirs: Callable[[Values], object]
    against: str


def run(sizes: Sizes | None = None) -> Iterator[Row]:
    """Yield the ratio of each format."""
    sizes = sizes or Sizes()
    records = list(islice(order_records(), sizes.records))
    for side in _sides(records, sizes):
        yield _row(side, len(records), sizes)


def _sides(records: Sequence[dict[str, str | None]], sizes: Sizes) -> Iterator[Side]:
    objects = [orjson.dumps(record) for record in records]
    yield Side(
        "json", _batches(objects, sizes.batch), _reader(JsonReader()), _each(orjson.loads), "orjson.loads"
    )
    texts = [b"\n".join(some) for some in _batches(objects, sizes.lines)]
    yield Side(
        "jsonl", _batches(texts, sizes.batch // sizes.lines), _reader(JsonLinesReader()), _json_lines,
        f"orjson.loads of each of {sizes.lines} lines",
    )  # fmt: skip
    lines = [_line(record) for record in records]
    yield Side(
        "csv", _batches(lines, sizes.batch), _decoder(CsvDecoder(Limits())), _csv, "csv.reader over all lines"
    )
    maps = [msgpack.packb(record) for record in records]
    yield Side(
        "msgpack",
        _batches(maps, sizes.batch),
        _reader(MessagePackReader()),
        _each(msgpack.unpackb),
        "msgpack.unpackb",
    )
    files = [_file(some) for some in _batches(records, sizes.file_rows)]
    yield Side(
        "parquet", _batches(files, max(1, sizes.batch // sizes.file_rows)), _reader(ParquetReader()), _each(_table),
        f"pyarrow's read_table(...).to_pylist(), {sizes.file_rows:,} rows a file",
    )  # fmt: skip
    gz = [gzip.compress(text, 6) for text in objects]
    yield Side("gz", _batches(gz, sizes.batch), _opener(Gzip()), _each(gzip.decompress), "gzip.decompress")
    zst = list(map(zstandard.ZstdCompressor().compress, objects))
    plain = zstandard.ZstdDecompressor()
    yield Side(
        "zst", _batches(zst, sizes.batch), _opener(Zstd()), _each(plain.decompress), "zstandard's decompress"
    )


def _row(side: Side, records: int, sizes: Sizes) -> Row:
    ours: list[float] = []
    theirs: list[float] = []
    for turn in range(sizes.repeat):
        pair = ((side.ours, ours), (side.theirs, theirs))
        for read, times in pair if turn % 2 else pair[::-1]:
            times.append(_seconds(read, side.batches))
    ratios = [their / our for our, their in zip(ours, theirs, strict=True)]
    detail = {
        "pairs": spread(ratios),
        "records_per_s": spread([records / one for one in ours], 0),
        "reader_records_per_s": spread([records / one for one in theirs], 0),
    }
    how = f"records a second of processor time, against {side.against}; median of {sizes.repeat} pairs"
    return Row(f"format_{side.name}_vs_reader", statistics.median(ratios), "x", how, detail=detail)


def _seconds(read: Callable[[Values], object], batches: list[list[bytes]]) -> float:
    gc.collect()
    began = time.process_time()
    for batch in batches:
        read(batch)
    return time.process_time() - began


def _reader(reader: Reader) -> Callable[[Values], object]:
    return lambda values: reader.read(values, range(len(values)), None)


def _decoder(decoder: Decoder) -> Callable[[Values], object]:
    return lambda values: decoder.decode(values, range(len(values)), None)


def _opener(compression: Gzip | Zstd) -> Callable[[Values], object]:
    return lambda values: [compression.open(value, _MOST_BYTES) for value in values]


def _each(read: Callable[[bytes], object]) -> Callable[[Values], object]:
    return lambda values: [read(value) for value in values]


def _json_lines(values: Values) -> object:
    return [orjson.loads(line) for value in values for line in value.splitlines()]


def _csv(values: Values) -> object:
    return list(csv.reader([value.decode() for value in values]))


def _table(value: bytes) -> object:
    return pq.read_table(io.BytesIO(value), use_threads=False).to_pylist()


def _line(record: dict[str, str | None]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerow(record.values())
    return text.getvalue().encode()


def _file(records: Sequence[dict[str, str | None]]) -> bytes:
    file = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(records), file)
    return file.getvalue()


def _batches(items: Sequence[Item], size: int) -> list[list[Item]]:
    return [list(items[first : first + size]) for first in range(0, len(items), size)]
