"""``python -m benchmarks [NAME ...]``: run the benches, print the table, write ``results/latest.json``."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from importlib import import_module
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.base import Row, Skipped

#: Modules with a ``Sizes`` and a ``run(sizes)`` that yields rows, in the order in which they run.
BENCHES = (
    "parts",
    "formats",
    "formats_avro",
    "bounds",
    "relations",
    "causes",
    "causes_held",
    "pipeline",
    "assets",
    "interactions",
    "produce",
    "start",
    "alerts",
    "scrape",
    "export",
    "shrunk",
    "item_index",
    "train",
    "ml1m",
    "beauty",
    "sessions",
    "recommend",
    "serving",
    "live_sequences",
    "swap",
    "auc",
    "alarm",
    "feedback",
    "types",
    "pii",
    "demo",
    "act_two",
    "retrain",
)
RESULTS = Path(__file__).parent / "results" / "latest.json"


def measure(names: Sequence[str], repeat: int | None, console: Console) -> Iterator[Row]:
    """Run the benches; say which are skipped and why."""
    for name in names:
        console.print(f"[dim]… {name}[/dim]", highlight=False)
        bench = import_module(f"benchmarks.{name}")
        sizes = bench.Sizes()
        began = time.monotonic()
        try:
            yield from bench.run(replace(sizes, repeat=repeat) if repeat else sizes)
        except Skipped as reason:
            console.print(f"[yellow]skipped {name}: {reason}[/yellow]", highlight=False)
        console.print(f"[dim]  {name} took {time.monotonic() - began:.0f} s[/dim]", highlight=False)


def write(rows: Sequence[Row], path: Path = RESULTS) -> None:
    """Keep the rows as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps([row.document() for row in rows], indent=1) + "\n", encoding="utf-8")


def main() -> int:
    """Run from the command line; 1 when a bar was missed."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Measure what Pandian reaches. Only a run of all benches writes results/latest.json.",
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(BENCHES)}; default: all")
    parser.add_argument(
        "--repeat", type=int, metavar="N", help="measure N times instead of as often as each says"
    )
    parser.add_argument(
        "--json", action="store_true", help="print the rows as JSON and nothing else on stdout"
    )
    arguments = parser.parse_args()
    unknown = set(arguments.names) - set(BENCHES)
    if unknown:
        parser.error(f"{', '.join(sorted(unknown))}: not one of {', '.join(BENCHES)}")
    if arguments.repeat is not None and arguments.repeat < 1:
        parser.error(f"--repeat {arguments.repeat}: must be 1 or more")
    console = Console(stderr=arguments.json)
    rows = []
    for row in measure(arguments.names or BENCHES, arguments.repeat, console):
        rows.append(row)
        console.print(f"  {row.name} = {_number(row.value)} {row.unit}", highlight=False)
    if not arguments.names:
        write(rows)
    if arguments.json:
        print(json.dumps([row.document() for row in rows]))
    else:
        console.print(_table(rows))
    return 1 if any(row.met is False for row in rows) else 0


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"


def _table(rows: Sequence[Row]) -> Table:
    title = f"Pandian on {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    table = Table(title=title)
    for heading in ("name", "value", "unit", "bar", "met"):
        table.add_column(heading, justify="right" if heading == "value" else "left", no_wrap=True)
    table.add_column("against", overflow="fold")
    for row in rows:
        bar = f"{row.bar[0]} {row.bar[1]:,g}" if row.bar else "printed"
        met = {True: "[green]yes[/green]", False: "[red]no[/red]", None: ""}[row.met]
        table.add_row(row.name, _number(row.value), row.unit, bar, met, row.against)
    return table


if __name__ == "__main__":
    sys.exit(main())
