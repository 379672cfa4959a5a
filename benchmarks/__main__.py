"""``python -m benchmarks [NAME …]``: run the benches, print the table, write ``results/latest.json``."""

from __future__ import annotations

import argparse
import json
import platform
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.base import Row, Skipped

#: Modules with a ``run()`` that yields rows, in the order in which they run.
BENCHES = ("parts", "pipeline", "start", "demo")
RESULTS = Path(__file__).parent / "results" / "latest.json"


def measure(names: list[str], console: Console) -> Iterator[Row]:
    """Run the benches; say which are skipped and why."""
    for name in names:
        console.print(f"[dim]… {name}[/dim]")
        try:
            yield from import_module(f"benchmarks.{name}").run()
        except Skipped as reason:
            console.print(f"[yellow]skipped {name}: {reason}[/yellow]")


def main() -> int:
    """Run from the command line; 1 when a bar was missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(BENCHES)}; default: all")
    parser.add_argument("--json", action="store_true", help="print the rows as JSON and nothing else on stdout")
    arguments = parser.parse_args()
    unknown = set(arguments.names) - set(BENCHES)
    if unknown:
        parser.error(f"{', '.join(sorted(unknown))}: not one of {', '.join(BENCHES)}")
    console = Console(stderr=arguments.json)
    rows = []
    for row in measure(arguments.names or list(BENCHES), console):
        rows.append(row)
        console.print(f"{row.name} = {row.value:,.4g} {row.unit}")
    documents = [row.document() for row in rows]
    if not arguments.names:
        RESULTS.parent.mkdir(exist_ok=True)
        RESULTS.write_text(json.dumps(documents, indent=1) + "\n")
    if arguments.json:
        json.dump(documents, sys.stdout)
    else:
        console.print(_table(rows))
    return 1 if any(row.met is False for row in rows) else 0


def _table(rows: list[Row]) -> Table:
    table = Table(title=f"Pandian on {platform.machine()}, Python {platform.python_version()}")
    for heading in ("name", "value", "unit", "bar", "met", "against"):
        table.add_column(heading, justify="right" if heading == "value" else "left", overflow="fold")
    for row in rows:
        bar = f"{row.bar[0]} {row.bar[1]:,g}" if row.bar else "printed"
        met = {True: "[green]yes[/green]", False: "[red]no[/red]", None: ""}[row.met]
        table.add_row(row.name, f"{row.value:,.4g}", row.unit, bar, met, row.against)
    return table


if __name__ == "__main__":
    sys.exit(main())
