"""The index of items: what looking at some of them saves, and finds.

``make bench`` measures 20,000 items, and reads what was kept of more, whose graphs take minutes to build:
``python -m benchmarks.item_index --items 1000000``.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.base import Row
from export.index.approximate import ApproximateIndex, build, recall
from export.index.base import ItemIndex, Vectors
from export.index.exact import ExactIndex

RESULTS = Path(__file__).parent / "results" / "index"
_WIDTH, _K = 64, 10


@dataclass(frozen=True)
class Sizes:
    """How much is measured."""

    repeat: int = 200
    """Items that are asked for, one at a time."""
    items: int = 20_000
    folder: Path = RESULTS


def run(sizes: Sizes | None = None) -> Iterator[Row]:
    """Yield recall and speed of the approximate index."""
    sizes = sizes or Sizes()
    found = [measure(sizes.items, 1, sizes.repeat), *_kept(sizes.folder)]
    what = f"vectors of {_WIDTH} dimensions in clusters, the {_K} nearest of one item at a time, one thread"
    for one in found:
        size = f"{one['items']:,} items"
        detail = {"detail": one}
        yield Row(
            f"index_recall_{_short(one['items'])}", one["recall"], "recall@10", f"{size}: {what}", **detail
        )
        against = f"{size}: exact {one['exact_ms']:.2f} ms, approximate {one['approximate_ms']:.3f} ms"
        yield Row(f"index_gain_{_short(one['items'])}", one["exact_ms"] / one["approximate_ms"], "x", against)


def measure(items: int, threads: int, repeat: int) -> dict[str, Any]:
    """Build both indexes, and ask them."""
    vectors = clustered(items)
    began, spent = time.monotonic(), time.process_time()
    data = build(vectors, threads)
    built, cpu = time.monotonic() - began, time.process_time() - spent
    exact, approximate = ExactIndex(vectors), ApproximateIndex(data)
    asked = np.random.default_rng(1).integers(0, items, repeat)
    return {
        "items": items,
        "recall": recall(exact, approximate, _K),
        "exact_ms": _median_ms(exact, asked[:100]),
        "approximate_ms": _median_ms(approximate, asked),
        "bytes": len(data),
        "build_s": round(built, 1),
        "build_cpu_s": round(cpu, 1),
        "threads": threads,
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, numpy {np.__version__}",
    }


def clustered(items: int) -> Vectors:
    """Return vectors around centres, which are a hundredth as many, as items of shops lie in kinds."""
    random = np.random.default_rng(0)
    centres = random.normal(size=(max(1, items // 100), _WIDTH)).astype(np.float32)
    vectors = random.normal(scale=0.7, size=(items, _WIDTH)).astype(np.float32)
    vectors += centres[random.integers(len(centres), size=items)]
    return vectors


def _median_ms(index: ItemIndex, asked: np.ndarray[Any, np.dtype[np.int64]]) -> float:
    spent = []
    for item in asked:
        began = time.process_time_ns()
        index.neighbours(np.array([item]), _K)
        spent.append(time.process_time_ns() - began)
    return float(np.median(spent)) / 1e6


def _kept(folder: Path) -> list[dict[str, Any]]:
    found = [json.loads(path.read_text(encoding="utf-8")) for path in folder.glob("*.json")]
    return sorted(found, key=lambda one: int(one["items"]))


def _short(items: int) -> str:
    return f"{items // 1_000_000}m" if items >= 1_000_000 else f"{items // 1_000}k"


def main() -> int:
    """Measure one size and keep what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, required=True)
    parser.add_argument("--threads", type=int, default=1, help="to build with")
    parser.add_argument("--folder", type=Path, default=RESULTS)
    asked = parser.parse_args()
    found = measure(asked.items, asked.threads, 1_000)
    asked.folder.mkdir(parents=True, exist_ok=True)
    path = asked.folder / f"items-{asked.items}.json"
    path.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
