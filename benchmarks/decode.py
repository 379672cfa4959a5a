"""What decoding costs: records/s and ns/value, as ratios to orjson alone, measured in turns and in one run (CPU time).

    python benchmarks/decode.py [--records N] [--batch N] [--rounds N]

Order lines are UCI Online Retail (PANDIAN_TEST_DATA, or shared/data beside the repository), 8 fields and 200 bytes
as JSON; without the file those measurements are left out.
"""

from __future__ import annotations

import argparse
import csv
import gc
import gzip
import io
import os
import random
import time
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path

import orjson

from streams.decode.registry import BatchDecoder

Batches = list[list[bytes]]

DECODER = BatchDecoder()


def order_lines(limit: int) -> list[dict[str, object]]:
    beside = Path(__file__).resolve().parents[2] / "shared" / "data"
    path = Path(os.environ.get("PANDIAN_TEST_DATA") or beside) / "online-retail" / "transactions.csv.gz"
    if not path.exists():
        return []
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        rows: list[dict[str, object]] = []
        for row in islice(csv.DictReader(file), limit):
            rows.append({**row, "Quantity": int(row["Quantity"]), "UnitPrice": float(row["UnitPrice"])})
    return rows


def csv_line(row: dict[str, object]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerow(row.values())
    return text.getvalue().encode()


def batches(records: Sequence[bytes], size: int) -> Batches:
    return [list(records[first : first + size]) for first in range(0, len(records), size)]


def parse(data: Batches) -> None:
    for batch in data:
        orjson.loads(b"[" + b",".join(batch) + b"]")


def parse_alone(data: Batches) -> None:
    for batch in data:
        for value in batch:
            orjson.loads(value)


def decode(data: Batches) -> None:
    for batch in data:
        DECODER.decode(batch)


def best(jobs: dict[str, tuple[Callable[[Batches], None], Batches]], rounds: int) -> dict[str, float]:
    """Return the shortest CPU time of each job in seconds; the jobs take turns, to meet the same machine."""
    gc.collect()
    gc.freeze()
    times = dict.fromkeys(jobs, float("inf"))
    for _ in range(rounds):
        for name, (run, data) in jobs.items():
            started = time.process_time()
            run(data)
            times[name] = min(times[name], time.process_time() - started)
    return times


def values_in(data: Batches) -> int:
    return sum(
        len(column.values) + column.nulls
        for b in data
        for g in DECODER.decode(b).groups
        for column in g.columns
    )


def report(
    title: str, jobs: dict[str, tuple[Callable[[Batches], None], Batches]], against: str, rounds: int
) -> dict[str, float]:
    times = best(jobs, rounds)
    print(f"\n{title:44} {'records/s':>12} {'µs/record':>10} {'ns/value':>9} {'time against ' + against:>34}")
    per_value = {}
    for name, seconds in times.items():
        data = jobs[name][1]
        records = sum(map(len, data))
        per_value[name] = seconds / values_in(data) * 1e9
        print(
            f"  {name:42} {records / seconds:12,.0f} {seconds / records * 1e6:10.2f} {per_value[name]:9.1f}"
            f" {seconds / times[against]:34.2f}"
        )
    return per_value


def measure_order_lines(rows: list[dict[str, object]], size: int, rounds: int) -> None:
    objects = [orjson.dumps(row) for row in rows]
    lines = [csv_line(row) for row in rows]
    plain = batches(objects, size)
    one_bad = [[b'{"a":', *batch[1:]] for batch in plain]
    half_bad = [[value if place % 2 else value[:-1] for place, value in enumerate(batch)] for batch in plain]
    mixed = batches([pair[place % 2] for place, pair in enumerate(zip(objects, lines, strict=True))], size)
    report(
        f"order lines, batches of {size}",
        {
            "orjson, a batch at once": (parse, plain),
            "orjson, one by one": (parse_alone, plain),
            "decode": (decode, plain),
            "decode, one bad record a batch": (decode, one_bad),
            "decode, every other record truncated": (decode, half_bad),
            "decode, as CSV lines": (decode, batches(lines, size)),
            "decode, JSON and CSV mixed": (decode, mixed),
        },
        "orjson, a batch at once",
        rounds,
    )


def measure_shapes(count: int, size: int, rounds: int) -> None:
    generator = random.Random(1)
    names = [f"field_{number}" for number in range(20)]

    def record(present: Sequence[str]) -> bytes:
        return orjson.dumps({name: generator.randrange(1_000_000) for name in present})

    fixed = batches([record(names[:10]) for _ in range(count)], size)
    optional = batches([record([n for n in names if generator.random() < 0.5]) for _ in range(count)], size)
    per_value = report(
        "10 fixed fields, 20 fields half the time",
        {
            "orjson, fixed": (parse, fixed),
            "decode, fixed": (decode, fixed),
            "decode, optional": (decode, optional),
        },
        "orjson, fixed",
        rounds,
    )
    ratio = per_value["decode, optional"] / per_value["decode, fixed"]
    print(f"  a value of an optional field costs {ratio:.2f} times a value of a fixed one")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--records", type=int, default=50_000)
    parser.add_argument("--batch", type=int, default=5_000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    rows = order_lines(options.records)
    if rows:
        measure_order_lines(rows, options.batch, options.rounds)
    else:
        print("order lines left out: transactions.csv.gz is not there")
    measure_shapes(options.records // 2, options.batch, options.rounds)


if __name__ == "__main__":
    main()
