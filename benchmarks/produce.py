"""How fast `pandian produce` sends a file."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from benchmarks.base import Row, spread
from benchmarks.load import repeated
from tests.support.brokers import embedded_broker

_SECONDS = 120


@dataclass(frozen=True)
class Sizes:
    """How much is measured."""

    repeat: int = 3
    records: int = 160_000
    """Lines of the file."""


def run(sizes: Sizes | None = None) -> Iterator[Row]:
    """Yield the rate of acknowledged records."""
    sizes = sizes or Sizes()
    with embedded_broker() as broker, tempfile.TemporaryDirectory(prefix="bench-produce-") as folder:
        file = Path(folder, "orders.jsonl")
        file.write_bytes(b"".join(line + b"\n" for line in islice(repeated(sizes.records), sizes.records)))
        rates = [_rate(file, broker.address, f"bench.produce.{number}") for number in range(sizes.repeat)]
    yield Row(
        "produce_records_per_s",
        statistics.median(rates),
        "records/s",
        f"`pandian produce` of {sizes.records:,} JSON lines without keys to the embedded broker, from the first line"
        f" read to the last acknowledgement; median of {sizes.repeat}",
        None,
        {"each": spread(rates, 0)},
    )


def _rate(file: Path, address: str, topic: str) -> float:
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "streams.cli",
            "produce",
            str(file),
            "--topic",
            topic,
            "--partitions",
            "4",
            "--json",
        ],
        env={**os.environ, "PANDIAN_BROKER": address},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        timeout=_SECONDS,
        check=True,
    )
    report = json.loads(done.stdout)
    return float(report["acknowledged"] / report["seconds"])
