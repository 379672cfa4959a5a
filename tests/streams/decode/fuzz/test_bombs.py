"""Small records that would become large, and large ones: refused with a reason, in little time and memory."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import msgpack
import pytest
import zstandard

from streams.decode import reasons
from tests.streams.decode.test_parquet_blobs import parquet

MB = 1_000_000
EMPTY_MAPS = b"\x81\xa1a\xdd\x01\x31\x2d\x00" + b"\x80" * 20 * MB


def zst(content: bytes) -> bytes:
    return zstandard.ZstdCompressor().compress(content)


def gz(content: bytes) -> bytes:
    return gzip.compress(content, 6)


def text(size: int) -> bytes:
    return b'{"a":"' + b"x" * size + b'"}'


BOMBS: dict[str, tuple[Callable[[], bytes], str]] = {
    "100 MB text in JSON, gzip": (lambda: gz(text(100 * MB)), reasons.TOO_LARGE),
    "100 MB text in JSON, zstd": (lambda: zst(text(100 * MB)), reasons.TOO_LARGE),
    "100 MB text in MessagePack": (lambda: msgpack.packb({"a": "x" * 100 * MB}), reasons.TOO_LARGE),
    "100 MB text in MessagePack, gzip": (lambda: gz(msgpack.packb({"a": "x" * 100 * MB})), reasons.TOO_LARGE),
    "100 MB text in Parquet": (lambda: parquet({"a": ["x" * 100 * MB]}, compression="zstd"), reasons.TOO_LARGE),
    "100 MB text in JSON": (lambda: text(100 * MB), reasons.TOO_LARGE),
    "100 MB text in CSV": (lambda: b"1," + b"x" * 100 * MB, reasons.TOO_LARGE),
    "20 MB text in CSV": (lambda: b"1," + b"x" * 20 * MB, reasons.CSV_CELL_TOO_LONG),
    "1 GB of zeros, zstd": (lambda: zst(bytes(1000 * MB)), reasons.TOO_LARGE),
    "gzip in gzip": (lambda: gz(gz(bytes(300 * MB))), reasons.TOO_LARGE),
    "zstd in gzip": (lambda: gz(zst(bytes(300 * MB))), reasons.NOT_UTF8),
    "a record in gzip in gzip": (lambda: gz(gz(b'{"a":1}')), reasons.NOT_UTF8),
    "20 MB of empty maps, gzip": (lambda: gz(EMPTY_MAPS), reasons.TOO_LARGE),
    "a billion rows in Parquet, gzip": (lambda: gz(parquet({"a": [None] * 2_000_000})), reasons.TOO_LARGE),
}  # fmt: skip

#: What a worker may need above what it needs without the record and the record itself.
MEMORY = 150 * MB

SCRIPT = """
import resource, sys, time
from streams.decode.registry import BatchDecoder
def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
decoder = BatchDecoder()
decoder.decode([b'{"a":1}', b"1,2"])
record = open(sys.argv[1], "rb").read()
before, began = peak(), time.process_time()
decoded = decoder.decode([b'{"a":1}', record, b'{"a":2}'])
print(peak() - before, time.process_time() - began, sum(g.records for g in decoded.groups), decoded.rejects[0].reason)
"""


@pytest.mark.parametrize("name", BOMBS)
def test_bombs(name: str, tmp_path: Path) -> None:
    """In a process of its own, whose peak of memory is not that of the tests before."""
    make, reason = BOMBS[name]
    file = tmp_path / "record"
    file.write_bytes(make())
    root = Path(__file__).resolve().parents[4]
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(file)],
        capture_output=True, text=True, timeout=120, check=True, cwd=root, env={**os.environ, "PYTHONPATH": str(root)},
    )  # fmt: skip
    grown, seconds, rows, found = done.stdout.split()
    assert (rows, found) == ("2", reason)
    assert int(grown) < MEMORY + file.stat().st_size
    assert float(seconds) < 1
