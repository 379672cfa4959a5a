"""What profiling costs: ns/value, as ratios to counting alone and to parsing, measured in one run (CPU time).

    python -m benchmarks.profile [--records N] [--batch N] [--rounds N]

Order lines are UCI Online Retail (PANDIAN_TEST_DATA, or shared/data beside the repository), 8 fields; without the
file those measurements are left out. The classifier takes every field for open, so that all are counted in full;
the masker is the real one.
"""

from __future__ import annotations

import argparse
import gc
import random
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import partial

import numpy as np
import orjson

from benchmarks.decode import batches, csv_line, order_lines
from streams.decode.base import Decoded
from streams.decode.registry import BatchDecoder
from streams.inventory.base import UNKNOWN, Classification, FieldEvidence
from streams.inventory.document import asset_document
from streams.inventory.masking import ShapeMasker
from streams.inventory.profile import BatchMeta, PartitionProfile, ProfilePolicy

Batches = list[list[bytes]]

NOW = 1_700_000_000_000


class Open:
    """Takes every field for open."""

    def fields(self, evidence: Sequence[FieldEvidence]) -> dict[str, Classification]:
        """Say nothing of any field."""
        return {one.path: UNKNOWN for one in evidence}

    def kind(self, asset: str, fields: Mapping[str, Classification]) -> str:
        """Return the kind of no kind."""
        del asset, fields
        return "other"


POLICY = ProfilePolicy(Open(), ShapeMasker())


def values_in(batch: Decoded) -> int:
    return sum(len(column.values) for group in batch.groups for column in group.columns)


def meta(one: Decoded) -> BatchMeta:
    size = sum(group.records for group in one.groups)
    return BatchMeta(200 * size, NOW, np.full(size, NOW - 1000, dtype=np.int64))


class Profiling:
    """Profiles batches, which go to the assets in turn."""

    def __init__(self, assets: int = 1) -> None:
        self.profiles = [PartitionProfile("topic", POLICY) for _ in range(assets)]
        self._turn = 0

    def __call__(self, batch: Decoded, batch_meta: BatchMeta) -> None:
        """Profile a batch."""
        self.profiles[self._turn % len(self.profiles)].add(batch, batch_meta)
        self._turn += 1


class Counting:
    """Counts the values of each column, and nothing else."""

    def __init__(self, *, keep: bool = True) -> None:
        self._counters: dict[str, Counter[object]] = {}
        self._keep = keep

    def __call__(self, batch: Decoded, batch_meta: BatchMeta) -> None:
        """Count a batch."""
        del batch_meta
        if not self._keep:
            self._counters.clear()
        for group in batch.groups:
            for column in group.columns:
                self._counters.setdefault(column.path, Counter()).update(column.values)


def per_value(data: Batches, make: Callable[[], Callable[[Decoded, BatchMeta], None]], rounds: int) -> float:
    """Return the least CPU time for one value, ns.

    Each batch is decoded, untimed, just before it is counted, as a worker does: its values are in the processor's
    cache, and no text comes with its hash already known.
    """
    decoder = BatchDecoder()
    least = float("inf")
    for _ in range(rounds):
        gc.collect()
        run = make()
        seconds, values = 0.0, 0
        for batch in data:
            one = decoder.decode(batch)
            about = meta(one)
            started = time.process_time()
            run(one, about)
            seconds += time.process_time() - started
            values += values_in(one)
        least = min(least, seconds / values)
    return least * 1e9


def parsing(data: Batches, values: int, rounds: int) -> float:
    least = float("inf")
    for _ in range(rounds):
        started = time.process_time()
        for batch in data:
            orjson.loads(b"[" + b",".join(batch) + b"]")
        least = min(least, (time.process_time() - started) / values)
    return least * 1e9


def measure_order_lines(rows: list[dict[str, object]], size: int, rounds: int) -> None:
    objects = batches([orjson.dumps(row) for row in rows], size)
    kinds = {
        "JSON": objects,
        "CSV cells": batches([csv_line(row) for row in rows], size),
    }
    parse = parsing(objects, len(rows) * 8, rounds)
    print(f"{'order lines':20} {'ns/value':>9} {'µs/record':>10} {'to Counter':>11} {'to orjson':>10}")
    for name, data in kinds.items():
        counting, profiling = per_value(data, Counting, rounds), per_value(data, Profiling, rounds)
        print(
            f"  {name:18} {profiling:9.0f} {profiling * 8 / 1000:10.2f}"
            f" {profiling / counting:11.2f} {profiling / parse:10.2f}"
        )
    profiling_all = Profiling()
    for batch in objects:
        one = BatchDecoder().decode(batch)
        profiling_all(one, meta(one))
    measure_state(profiling_all.profiles[0])


def measure_state(state: PartitionProfile) -> None:
    def milliseconds(run: Callable[[], object]) -> float:
        times = []
        for _ in range(5):
            started = time.process_time()
            run()
            times.append(time.process_time() - started)
        return min(times) * 1000

    data = state.to_bytes()
    other = PartitionProfile.from_bytes(data, POLICY)
    asset = state.assets[state.topic]
    steps: dict[str, Callable[[], object]] = {
        "to_bytes": state.to_bytes,
        "from_bytes": lambda: PartitionProfile.from_bytes(data, POLICY),
        "merge": lambda: PartitionProfile(state.topic, POLICY).merge(other),
        "document": lambda: asset_document(
            asset, name="a", source={}, classification={}, kind="other", quarantined=0, reasons={}, now_ms=NOW
        ),
    }
    took = ", ".join(f"{name} {milliseconds(step):.1f} ms" for name, step in steps.items())
    print(f"  their state, {len(data):,} bytes: {took}")


def synthetic(records: int, fields: int, values: Callable[[random.Random], object]) -> list[bytes]:
    chance = random.Random(1)
    names = [f"field_{number}" for number in range(fields)]
    return [orjson.dumps({name: values(chance) for name in names}) for _ in range(records)]


def measure_growth(rows: list[dict[str, object]], size: int, rounds: int) -> None:
    """Print what a value costs in wide records, and when each batch goes to another asset.

    Counter alone shows how much of the growth is the processor's cache: eight times as many values are kept.
    """
    count = len(rows) // 2
    wide_rows = [
        {
            f"{name} {part}": value
            for part in range(8)
            for name, value in rows[(i + part * count // 4) % len(rows)].items()
        }
        for i in range(count)
    ]
    narrow = batches([orjson.dumps(row) for row in rows[:count]], size)
    # A fetch from Kafka is bounded in bytes: batches of as many values.
    wide = batches([orjson.dumps(row) for row in wide_rows], size // 8)
    small = batches([orjson.dumps(row) for row in rows], max(len(rows) // 100, 1))
    print(f"\n{'growth':34} {'ns/value':>9} {'ratio':>10} {'of Counter':>11}")
    report_growth("64 fields to 8", narrow, wide, rounds)
    one, many = (per_value(small, partial(Profiling, assets), rounds) for assets in (1, 100))
    print(f"  {'a batch to each of 100 assets to 1':32} {many:9.0f} {many / one:10.2f}")


def report_growth(name: str, before: Batches, after: Batches, rounds: int) -> None:
    one, many = per_value(before, Profiling, rounds), per_value(after, Profiling, rounds)
    counted = per_value(after, Counting, rounds) / per_value(before, Counting, rounds)
    print(f"  {name:32} {many:9.0f} {many / one:10.2f} {counted:11.2f}")


def measure_hard(records: int, size: int, rounds: int) -> None:
    kinds: dict[str, Callable[[random.Random], object]] = {
        "unique hexadecimal ids": lambda chance: f"{chance.getrandbits(128):032x}",
        "unique texts of 60": lambda chance: " ".join(f"{chance.getrandbits(40):09d}"[:9] for _ in range(6)),
        "unique doubles": lambda chance: chance.gauss(0, 1),
        "unique numerals": lambda chance: f"{chance.gauss(0, 1000):.4f}",
        "10,000 different": lambda chance: f"item {chance.randrange(10_000)}",
        "booleans": lambda chance: chance.random() < 0.5,
    }
    print(f"\n{'hard and easy':20} {'ns/value':>9} {'to Counter of each batch':>25}")
    for name, values in kinds.items():
        data = batches(synthetic(records, 2, values), size)

        counting = per_value(data, partial(Counting, keep=False), rounds)
        profiling = per_value(data, Profiling, rounds)
        print(f"  {name:30} {profiling:9.0f} {profiling / counting:15.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--records", type=int, default=50_000)
    parser.add_argument("--batch", type=int, default=5_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    rows = order_lines(options.records)
    if rows:
        measure_order_lines(rows, options.batch, options.rounds)
        measure_growth(rows, options.batch, options.rounds)
    else:
        print("order lines left out: transactions.csv.gz is not there")
    measure_hard(options.records // 2, options.batch, options.rounds)


if __name__ == "__main__":
    main()
