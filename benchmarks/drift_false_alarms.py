"""How often drift is announced where there is none: windows of 1,000 shuffled real records, all of them tested.

    python -m benchmarks.drift_false_alarms [--windows N] [--seed N] [--minutes M]

Each data set is an asset. Its records are shuffled, again and again, so that nothing changes from window to window but
by chance; every 2,000 windows a new asset begins, so that short and long references are both tried. What is announced
is counted over all fields and aspects. The bar is 3 alarms in 300,000 windows; the design is .3 on average.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import os
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.base import Row, Skipped
from streams.decode.base import Column, RowGroup
from streams.inventory.drift.found import Drift
from streams.inventory.masking import ShapeMasker
from streams.inventory.profile import BatchMeta, FieldProfile
from streams.inventory.windows import WindowPart

WINDOWS = 300_000
BAR = 3
#: Windows of one asset, and of one batch.
_ASSET, _BATCH = 2_000, 20
_RECORDS = 1_000
#: Rows that are read of a data set.
_ROWS = 200_000
#: And of its columns.
_COLUMNS = 12
#: Files, delimiter, and whether the first line names the columns.
SETS = {
    "online-retail": ("online-retail/transactions.csv.gz", ","),
    "open-bandit": ("open-bandit/random-all.csv.gz", ","),
    "clothing-reviews": ("clothing-reviews/reviews.csv.gz", ","),
    "yoochoose": ("yoochoose-sample/train.tsv.gz", "\t"),
    "ml-100k": ("ml-100k/ml-100k.inter.tsv.gz", "\t"),
}
Columns = dict[str, list[Any]]


def folder() -> Path:
    """Return the folder of the real data."""
    beside = Path(__file__).resolve().parents[2] / "shared" / "data"
    return Path(os.environ.get("PANDIAN_TEST_DATA") or beside)


def columns(name: str) -> Columns:
    """Return a data set by column; numerals are numbers in every second column, as producers differ in that."""
    file, delimiter = SETS[name]
    with gzip.open(folder() / file, "rt", encoding="utf-8", newline="") as lines:
        reader = csv.reader(lines, delimiter=delimiter)
        names = next(reader)
        rows = [row for row, _ in zip(reader, range(_ROWS), strict=False) if len(row) == len(names)]
    found = {name: [row[place] or None for row in rows] for place, name in enumerate(names[:_COLUMNS])}
    return {
        name: [_as_number(value) for value in values] if place % 2 else values
        for place, (name, values) in enumerate(found.items())
    }


def _as_number(text: str | None) -> str | float | None:
    try:
        return None if text is None else float(text)
    except ValueError:
        return text


def shuffled(data: Columns, chance: np.random.Generator) -> Iterator[RowGroup]:
    """Return batches of shuffled records without end."""
    size = _BATCH * _RECORDS
    arrays = {name: np.array(values, dtype=object) for name, values in data.items()}
    count = len(next(iter(arrays.values())))
    order = np.empty(0, dtype=np.int64)
    while True:
        while len(order) < size:
            order = np.concatenate([order, chance.permutation(count)])
        chosen, order = order[:size], order[size:]
        yield _group({name: values[chosen].tolist() for name, values in arrays.items()}, size)


def _group(batch: Columns, size: int) -> RowGroup:
    found = []
    for name, values in batch.items():
        present = [value for value in values if value is not None]
        kinds = {type(value).__name__ for value in present}
        found.append(Column(name, present, size - len(present), {}, kinds.pop() if len(kinds) == 1 else ""))
    aligner: Callable[[str, slice], list[Any]] = lambda path, part: batch[path][part]  # noqa: E731 - one line
    return RowGroup("json", range(size), found, aligner=aligner)


def alarms(data: Columns, windows: int, seed: int) -> list[Drift]:
    """Return what is announced in so many windows of one asset."""
    profile = {name: FieldProfile(ShapeMasker()) for name in data}
    part = WindowPart(ShapeMasker())
    batches = shuffled(data, np.random.default_rng(seed))
    for number in range(windows // _BATCH):
        first = number * _BATCH * _RECORDS
        offsets = np.arange(first, first + _BATCH * _RECORDS, dtype=np.int64)
        # Slow enough for every window to be tested.
        part.add(next(batches), profile, BatchMeta(0, 0, offsets * 10, offsets))
    return part.findings().drifts


def measure(windows: int = WINDOWS, seed: int = 1, minutes: float = 120) -> Row:
    """Return the number of false alarms.

    Raises:
        Skipped: the real data are not there.
    """
    if not folder().is_dir():
        raise Skipped("the real data are not there: PANDIAN_TEST_DATA names their folder")
    sets = {name: columns(name) for name in SETS if (folder() / SETS[name][0]).exists()}
    chance = random.Random(seed)
    done, found, by_set = 0, 0, Counter[str]()
    until = time.monotonic() + 60 * minutes
    while done < windows and time.monotonic() < until:
        for name, data in sets.items():
            size = min(_ASSET, windows - done) // _BATCH * _BATCH
            if not size:
                break
            drifts = alarms(data, size, chance.getrandbits(32))
            for drift in drifts:
                print(
                    f"  false: {name} {drift.field} {drift.aspect} 10^{drift.log10_evidence} {drift.effect}"
                )
            done += size
            found += len(drifts)
            by_set[name] += size
            print(f"{done:,} windows, {found} alarms", flush=True)
        else:
            continue
        break
    return Row(
        "drift_false_alarms",
        found,
        f"in {done:,} windows",
        "shuffled real columns, every window tested",
        ("<=", BAR) if done >= windows - _BATCH else None,
        {"windows": dict(by_set), "seed": seed},
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--windows", type=int, default=WINDOWS)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=120, help="give up after so long")
    options = parser.parse_args()
    print(measure(options.windows, options.seed, options.minutes).document())


if __name__ == "__main__":
    main()
