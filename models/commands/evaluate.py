"""``pandian evaluate``: how well an exported model finds what users did next."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

import click

if TYPE_CHECKING:
    from models.evaluation import Seen


@click.command(
    "evaluate",
    short_help="Say how well a model finds what comes next.",
    epilog="Example: pandian evaluate model/ test.csv -k 10,20 --json",
)
@click.argument("model")
@click.argument("test", nargs=-1, required=True, metavar="TEST...")
@click.option("-k", "ks", default="10,20", metavar="K,...", show_default=True, help="Lengths of lists.")
@click.option(
    "--every-step", is_flag=True, help="Ask for each row from a user's second on, not only the last."
)
@click.option(
    "--seen",
    type=click.Choice(("auto", "keep", "drop")),
    default="auto",
    show_default=True,
    help="Whether items of the history stay candidates; auto: as the model's card says.",
)
@click.option("--json", "as_json", is_flag=True, help="Print it as one JSON document.")
def command(*, model: str, test: Sequence[str], ks: str, every_step: bool, seen: str, as_json: bool) -> None:
    """Ask MODEL for the last row of each user in TEST, given the rows before it.

    MODEL is a folder that `pandian train` wrote, or name[@version] of the registry. TEST has the columns of training.
    All items of the model's catalogue are ranked; what it does not know is a miss, and ties count against it. Users
    with one row have no history and are not asked for.
    """
    from pandian.output import print_json

    found = evaluate(model, test, _lengths(ks), every_step=every_step, seen=seen)
    if as_json:
        print_json(found)
        return
    from rich.console import Console
    from rich.table import Table

    click.echo(
        f"{found['model']}@{found['version']}: {found['targets']:,} targets; items of the history: {found['seen']}"
    )
    table = Table()
    table.add_column("metric")
    table.add_column("value", justify="right")
    for name, value in found["metrics"].items():
        table.add_row(name, f"{value:.4f}")
    Console().print(table)


def evaluate(
    model: str, test: Sequence[str], ks: Sequence[int], *, every_step: bool = False, seen: str = "auto"
) -> dict[str, Any]:
    """Return ``targets``, ``metrics``, ``seconds`` and what was evaluated.

    Raises:
        DataError: when there is no target.
        PandianError: when the model or the files cannot be read.
    """
    from export.registry import open_registry
    from export.runtime import OnnxModel
    from models.entries import find_entry, last_targets, rank_entry
    from models.evaluation import metrics
    from models.exceptions import DataError
    from models.progress import Reporter
    from models.source import read_source
    from pandian.output import say
    from pandian.settings import load_settings

    started = time.monotonic()
    entry = find_entry(model, open_registry(load_settings()))
    with Reporter(started=started) as progress:
        log = read_source(test, say, progress.rows)
        loaded = OnnxModel(entry)
        targets = last_targets(log, every_step=every_step)
        if not len(targets):
            raise DataError(
                f"{', '.join(test)}: {log.n_users:,} users with one row each",
                "there must be users with two rows or more: a history, and what came next",
                "give files with the whole histories of users",
            )
        ranks = rank_entry(loaded, targets, log.item_ids, lambda share: progress("evaluating", share))
    wanted = cast("Seen", entry.card["seen"] if seen == "auto" else seen)
    return {
        "model": entry.model,
        "version": entry.version,
        "seen": wanted,
        "targets": len(targets),
        "metrics": metrics(ranks.of(wanted), ks),
        "seconds": round(time.monotonic() - started, 3),
    }


def _lengths(text: str) -> tuple[int, ...]:
    from pandian.errors import UsageError

    parts = [part.strip() for part in text.split(",")]
    if not all(part.isdecimal() and 1 <= int(part) <= 100_000 for part in parts):
        raise UsageError(f"-k {text}", "must be whole numbers of 1 or more", "say for example -k 10,20")
    return tuple(sorted({int(part) for part in parts}))
