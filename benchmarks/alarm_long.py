"""The alarm on a fall of the AUC beside others, on many streams: keeps ``results/alarm.json``.

    python -m benchmarks.alarm_long [--repeat N] [--falls N] [--peers N]

Beside it stand ADWIN and Page-Hinkley of ``river``, as it comes, in an environment of its own in a temporary folder,
and a fixed threshold on the AUC of windows of 10,000 labels. ``river`` is fed what the e-detector bets on: of each
positive label, the share of fresh negative ones that it beats. Takes about ten minutes.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
from rich.console import Console

from benchmarks import alarm
from benchmarks.__main__ import write
from benchmarks.alarm_streams import THRESHOLD, WINDOW, Ranked, ranked, threshold_alarms
from benchmarks.base import Row, Skipped
from benchmarks.peers import installed

RESULT = Path(__file__).parent / "results" / "alarm.json"
_SCRIPT = Path(__file__).with_name("alarm_peers_measured.py")
_RUN_S = 3_600
_LABELS = 1_000_000
_RIVER = "river==0.26.1"
_PEERS = {
    "adwin": "ADWIN of river 0.26.1, as it comes",
    "page_hinkley": "Page-Hinkley of river 0.26.1 for a fall, as it comes",
    "threshold": f"AUC of windows of {WINDOW:,} labels lower than the reference by {THRESHOLD:g}",
}
#: After how many labels behind the reference a detector raised alarms, by stream.
Alarms = list[list[int]]


def peers(streams: int) -> Iterator[Row]:
    """Yield false alarms and delays of others.

    Raises:
        Skipped: river cannot be installed.
    """
    with tempfile.TemporaryDirectory(prefix="bench-alarm-") as name:
        folder = Path(name)
        python = installed("river", (_RIVER, "numpy"), folder / "river")
        for fall in (0.0, *alarm.FALLS):
            drawn = [ranked(alarm.WATCHED, seed, _LABELS, fall) for seed in range(streams)]
            found = _measured(python, folder / f"fall-{fall:g}", drawn)
            for peer, what in _PEERS.items():
                yield _row(peer, what, fall, drawn, found[peer])


def _measured(python: Path, folder: Path, drawn: list[Ranked]) -> Mapping[str, Alarms]:
    folder.mkdir()
    for number, one in enumerate(drawn):
        np.save(folder / f"{number:04}.npy", one.shares)
    # Isolated: beside the script stand modules that are called like those of the standard library.
    command = [str(python), "-I", str(_SCRIPT), str(folder)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, timeout=_RUN_S)
    told = [each for _, each in sorted(json.loads(done.stdout).items())]
    found = {
        peer: [
            [at for at in one.labels[each[peer]].tolist() if at > 0]
            for one, each in zip(drawn, told, strict=True)
        ]
        for peer in ("adwin", "page_hinkley")
    }
    return {**found, "threshold": [threshold_alarms(one).tolist() for one in drawn]}


def _row(peer: str, what: str, fall: float, drawn: list[Ranked], found: Alarms) -> Row:
    if not fall:
        positive = sum(int((one.labels > 0).sum()) for one in drawn)
        count = sum(map(len, found))
        return Row(
            f"alarm_false_per_1e5_positives_{peer}",
            1e5 * count / positive,
            "alarms",
            f"{what}: {count} in {positive:,} positive labels of {len(drawn)} streams, AUC .75, 5 % positive",
        )
    waits = [one[0] if one else _LABELS for one in found]
    missed = sum(not one for one in found)
    return Row(
        f"alarm_delay_{round(100 * fall):02}_{peer}",
        statistics.median(waits),
        "labels",
        f"{what}: a fall by {fall:g}, median of {len(waits)} streams, {missed} missed within {_LABELS:,} labels",
    )


def main() -> int:
    """Run from the command line; 1 when a bar was missed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--repeat", type=int, default=18, help="streams of each of 12 kinds without a change")
    parser.add_argument("--falls", type=int, default=201, help="streams of each fall")
    parser.add_argument("--peers", type=int, default=40, help="streams for the others, each way")
    options = parser.parse_args()
    console = Console()
    sizes = alarm.Sizes(options.repeat, (0.005, 0.02, 0.05, 0.2), _LABELS, options.falls)
    rows = []
    for row in alarm.run(sizes):
        rows.append(row)
        console.print_json(data=row.document())
    try:
        for row in peers(options.peers):
            rows.append(row)
            console.print_json(data=row.document())
    except Skipped as reason:
        console.print(f"[yellow]skipped others: {reason}[/yellow]", highlight=False)
    write(rows, RESULT)
    return 1 if any(row.met is False for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
