"""Runs the simulation of the counting protocol many times: crashes, zombies, lost sends, topics made again.

``python -m benchmarks.counting_simulation`` prints one row of ``benchmarks/results/latest.json`` on stdout, progress on
stderr. Every run depends on its seed alone: ``--first SEED --runs 1`` repeats one.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import Any

from benchmarks.base import Row

SIMULATION = Path(__file__).resolve().parents[1] / "tests" / "streams" / "counting"
#: Steps of a run before its quiet phase.
STEPS = 250
_BLOCK = 200
_PROGRESS_SECONDS = 5.0


def run_block(first: int, runs: int, steps: int) -> tuple[int, Counter[str], list[str]]:
    """Run seeds from ``first``; return how many, what they went through, and what was violated."""
    sys.path.insert(0, str(SIMULATION))
    from counting_sim.driver import run

    total: Counter[str] = Counter()
    violations = []
    for seed in range(first, first + runs):
        try:
            tally = run(seed, steps=steps)
        except Exception as error:  # noqa: BLE001 - whatever a run raises is a finding, reported with its seed
            violations.append(f"seed {seed}: {type(error).__name__}: {error}")
        else:
            total.update({name: getattr(tally, name) for name in tally.__slots__})
    return runs, total, violations


def simulate(first: int, runs: int, steps: int, processes: int) -> dict[str, Any]:
    """Run all seeds on some processes, telling how far it is on stderr."""
    total: Counter[str] = Counter()
    violations: list[str] = []
    done, started, told = 0, time.monotonic(), 0.0
    with ProcessPoolExecutor(processes) as pool:
        blocks = [
            pool.submit(run_block, at, min(_BLOCK, first + runs - at), steps)
            for at in range(first, first + runs, _BLOCK)
        ]
        for block in as_completed(blocks):
            count, tally, found = block.result()
            done += count
            total.update(tally)
            violations += found
            now = time.monotonic()
            if now - told > _PROGRESS_SECONDS or done == runs:
                told = now
                speed = done / (now - started)
                print(
                    f"{done:,} of {runs:,} runs, {len(violations)} violations, {speed:.0f}/s", file=sys.stderr
                )
    return {"runs": runs, "violations": violations, "seconds": time.monotonic() - started, **total}


def as_row(report: dict[str, Any]) -> Row:
    """One row of the table."""
    wrong = len(report["violations"])
    against = f"{report['runs']:,} hostile runs with {report.get('crashes', 0):,} crashes"
    return Row("counting_simulation_violations", wrong, "runs", against, ("<=", 0), report)


def run(runs: int = 100_000) -> Iterator[Row]:
    """Run the simulation on all cores."""
    yield as_row(simulate(0, runs, STEPS, os.cpu_count() or 1))


def main() -> int:
    """Run from the command line; 1 when a promise was broken."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=100_000, help="how many runs (default: 100000)")
    parser.add_argument("--first", type=int, default=0, help="the first seed (default: 0)")
    parser.add_argument("--steps", type=int, default=STEPS, help="steps of a run before its quiet phase")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    row = as_row(simulate(options.first, options.runs, options.steps, options.processes))
    print(json.dumps(row.document(), indent=2))
    return 0 if row.met else 1


if __name__ == "__main__":
    sys.exit(main())
