"""``pandian train``: from interactions to a model entry."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from models.commands.options import check_torch, items_option, training_options

if TYPE_CHECKING:
    from models.training import TrainedModel


@click.command(
    "train",
    short_help="Train a model on interactions.",
    epilog="Example: pandian train clicks.csv.gz --out model/ --max-seconds 300",
)
@click.argument("source", nargs=-1, required=True, metavar="SOURCE...")
@click.option(
    "--out", required=True, type=click.Path(path_type=Path), metavar="DIR", help="Folder of the model."
)
@training_options
@items_option
@click.option("--json", "as_json", is_flag=True, help="Print what came of it as one JSON document.")
def command(
    *,
    source: Sequence[str],
    out: Path,
    model: str | None,
    epochs: int | None,
    max_seconds: float | None,
    config: Path | None,
    precision: str | None,
    seed: int | None,
    threads: int | None,
    items: str | None,
    as_json: bool,
) -> None:
    """Train on SOURCE, and write a model that can be served to DIR.

    SOURCE is files (csv, tsv, jsonl or parquet, plain, gzip or zstd) with the columns user_id, item_id and timestamp,
    or the word kafka: what is on pandian.interactions of the broker that PANDIAN_BROKER names, and before that in the
    archive that PANDIAN_ARCHIVE names; or the word archive: the archive alone.

    All kinds of models that the time is enough for, and a blend of them, learn from the older interactions and are
    compared on newer ones; the best is tested on the newest, learns on from all, and is exported.
    """
    started = time.monotonic()
    from export.registry.folders import check_free
    from models.config import load_config
    from models.progress import Reporter
    from models.source import is_files, read_labels, read_names, read_source
    from pandian.errors import UsageError
    from pandian.files import check_readable
    from pandian.output import print_json, say

    chosen = load_config(
        config,
        model=model,
        epochs=epochs,
        max_seconds=max_seconds,
        precision=precision,
        seed=seed,
        threads=threads,
    )
    check_free(out)
    for path in source if is_files(source) else ():
        check_readable(path)
    check_torch()
    from models.sasrec.peers import joined
    from models.training import train

    with joined() as peers:
        if peers.count > 1 and chosen.max_seconds is not None:
            raise UsageError(
                f"--max-seconds {chosen.max_seconds:g}",
                "cannot hold for several processes, which must decide alike",
                "leave it out under torchrun",
            )
        if peers.rank:
            # It learns along with the first, which alone says what came of it and writes it.
            with tempfile.TemporaryDirectory(prefix="pandian-train-") as folder:
                train(read_source(source), chosen, Path(folder, "model"), started=started)
            return
        with Reporter(chosen.max_seconds, started) as progress:
            log = read_source(source, say, progress.rows)
            names = read_names(source, items, say)
            trained = train(
                log,
                chosen,
                out,
                said=say,
                progress=progress,
                started=started,
                names=names,
                labels=read_labels(source),
            )
    if as_json:
        print_json(document(trained))
        return
    _show(trained)


def document(trained: TrainedModel) -> dict[str, Any]:
    """Return what came of a training as JSON."""
    card = trained.card
    names = (
        "metrics",
        "baselines",
        "validation",
        "seen",
        "data",
        "reference_auc",
        "parity",
        "settings",
        "text",
    )
    return {
        "model": trained.entry.model,
        "version": trained.entry.version,
        "path": str(trained.entry.path),
        **{name: card[name] for name in names},
        "targets": len(trained.test),
        "totals": trained.totals.document(trained.seconds),
        "seconds": round(trained.seconds, 3),
    }


def _show(trained: TrainedModel) -> None:
    from rich.console import Console
    from rich.table import Table

    card, entry = trained.card, trained.entry
    table = Table()
    rows = {entry.model: card["metrics"], **card["baselines"]}
    table.add_column("metric")
    for kind in rows:
        table.add_column(kind, justify="right", style="bold" if kind == entry.model else "")
    for name in card["metrics"]:
        table.add_row(name, *(f"{found[name]:.4f}" for found in rows.values()))
    console = Console()
    click.echo(
        f"Test: {len(trained.test):,} targets, the whole catalogue of {len(trained.catalogue):,} items"
    )
    console.print(table)
    auc = card["reference_auc"]
    console.print(
        f"{entry.model}@{entry.version}, trained in {trained.seconds:,.0f} s, in {entry.path}\n"
        f"items of the history: {card['seen']}; AUC in validation {auc['value']:.3f}"
        f" ({auc['low']:.3f} to {auc['high']:.3f})\n"
        f"{trained.totals.line(trained.seconds)}\n"
        f"Next: pandian models add {entry.path} --promote",
        highlight=False,
        markup=False,
        soft_wrap=True,
    )
