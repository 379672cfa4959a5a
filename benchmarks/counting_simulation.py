"""Runs the simulation of the counting protocol many times: crashes, zombies, lost sends, topics made again.

Prints one JSON document in the form of ``benchmarks/results/latest.json`` on stdout, progress on stderr. Every run
depends on its seed alone: ``--first SEED --runs 1`` repeats one.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import Any

SIMULATION = Path(__file__).resolve().parents[1] / "tests" / "streams" / "counting"
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


def as_result(report: dict[str, Any]) -> dict[str, Any]:
    """One row of ``latest.json``."""
    wrong = len(report["violations"])
    return {
        "name": "counting_simulation_violations",
        "value": wrong,
        "unit": "runs",
        "against": {name: value for name, value in report.items() if name != "violations"},
        "bar": {"op": "==", "value": 0},
        "met": wrong == 0,
    }


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=100_000, help="how many runs (default: 100000)")
    parser.add_argument("--first", type=int, default=0, help="the first seed (default: 0)")
    parser.add_argument("--steps", type=int, default=250, help="steps of a run before its quiet phase")
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    report = simulate(options.first, options.runs, options.steps, options.processes)
    for violation in report["violations"][:20]:
        print(violation, file=sys.stderr)
    print(json.dumps([as_result(report)], indent=2))
    return 1 if report["violations"] else 0


if __name__ == "__main__":
    sys.exit(main())
