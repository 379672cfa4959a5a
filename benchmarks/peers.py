"""The inventory beside profilers of batches, whylogs and DataProfiler: the same rows, the same run, one core each.

    python -m benchmarks.peers [--rows N] [--repeat N]

Each peer is installed into an environment of its own in a temporary folder, as whylogs needs NumPy 1. All begin with
the same JSON lines and end with a profile; the time is the processor time of parsing and profiling. Peers get the
fastest way there is for them: ``orjson`` for all records at once, frames of 50,000 rows, and for DataProfiler neither
the labels nor several processes. The inventory does all that a worker does: it also classifies, masks, looks for
repeats, rules and drift, and takes the rows 960 at a time.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console

from benchmarks import costs
from benchmarks.base import Row, Skipped, spread
from benchmarks.load import repeated
from pandian.settings import Settings
from streams.inventory.policy import default_policy

_INSTALL_S, _RUN_S = 900, 900
#: What is installed for each.
_NEEDS: Mapping[str, tuple[str, ...]] = {
    "whylogs": ("whylogs", "numpy<2", "pandas", "orjson"),
    "dataprofiler": ("DataProfiler", "pandas", "orjson"),
}
#: What runs there: told the file, it prints rows a second of each way.
_SCRIPT = Path(__file__).with_name("peers_measured.py")


@dataclass(frozen=True)
class Sizes:
    """How much is measured."""

    repeat: int = 3
    """Rounds: in each the inventory and all peers have their turn."""
    rows: int = 320_705
    """Order lines."""
    slow_rows: int = 10_000
    """Of these, for the ways that take a hundred times as long."""


def run(sizes: Sizes | None = None) -> Iterator[Row]:
    """Yield the ratios.

    Raises:
        Skipped: a peer cannot be installed.
    """
    sizes = sizes or Sizes()
    with tempfile.TemporaryDirectory(prefix="bench-peers-") as name:
        folder = Path(name)
        interpreters = {peer: installed(peer, _NEEDS[peer], folder / peer) for peer in _NEEDS}
        file = folder / "rows.jsonl"
        file.write_bytes(b"\n".join(repeated(sizes.rows)))
        rounds = [_round(interpreters, file, sizes) for _ in range(sizes.repeat)]
    yield _row("inventory_vs_whylogs_batch", "whylogs_batch", rounds, 1.2, "whylogs, frames of 50,000 rows")
    yield _row(
        "inventory_vs_whylogs_rows", "whylogs_rows", rounds, 20, "whylogs, row by row, as in a consumer"
    )
    yield _row("inventory_vs_dataprofiler", "dataprofiler", rounds, 5, "DataProfiler without labels")


def installed(peer: str, needs: Sequence[str], folder: Path) -> Path:
    """Make an environment with a peer in it; return its interpreter.

    Raises:
        Skipped: it cannot be installed.
    """
    venv.create(folder, with_pip=True)
    python = folder / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    command = [str(python), "-m", "pip", "install", "--quiet", *needs]
    try:
        subprocess.run(command, check=True, capture_output=True, text=True, timeout=_INSTALL_S)
    except subprocess.CalledProcessError as error:
        lines = error.stderr.strip().splitlines() or ["pip did not say why"]
        raise Skipped(f"{peer} cannot be installed: {lines[-1]}") from error
    except subprocess.TimeoutExpired as error:
        raise Skipped(f"{peer} cannot be installed within {_INSTALL_S} s") from error
    return python


def _round(interpreters: Mapping[str, Path], file: Path, sizes: Sizes) -> dict[str, float]:
    values = list(repeated(sizes.rows))
    policy = default_policy(int(Settings.model_fields["max_fields"].default))
    found = {"inventory": len(values) / costs.count_all(values, policy, costs.Sizes())}
    for peer, python in interpreters.items():
        # Isolated: beside the script stand modules that are called like those of the standard library.
        command = [str(python), "-I", str(_SCRIPT), peer, str(file), str(sizes.slow_rows)]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, timeout=_RUN_S)
        told: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
        found |= told
    return found


def _row(name: str, peer: str, rounds: list[dict[str, float]], bar: float, what: str) -> Row:
    ratios = [one["inventory"] / one[peer] for one in rounds]
    medians = [statistics.median(one[each] for one in rounds) for each in ("inventory", peer)]
    return Row(
        name,
        statistics.median(ratios),
        "x",
        f"{what}: {medians[1]:,.0f} rows/s of processor time, parsing included, the whole inventory"
        f" {medians[0]:,.0f}; median of {len(rounds)} rounds",
        (">=", bar),
        {
            "rounds": spread(ratios),
            "rows_per_s": [{key: round(rate) for key, rate in one.items()} for one in rounds],
        },
    )


def main() -> int:
    """Run from the command line; 1 when a bar was missed, 0 when it was met or nothing could be measured."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=Sizes.rows)
    parser.add_argument("--repeat", type=int, default=Sizes.repeat)
    options = parser.parse_args()
    console = Console()
    try:
        rows = list(run(Sizes(options.repeat, options.rows, min(Sizes.slow_rows, options.rows))))
    except Skipped as reason:
        console.print(f"[yellow]skipped: {reason}[/yellow]", highlight=False)
        return 0
    for row in rows:
        console.print_json(data=row.document())
    return 1 if any(row.met is False for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
