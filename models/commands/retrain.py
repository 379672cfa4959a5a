"""``pandian retrain``: learn from all there is now, and let the better model answer."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from models.commands.options import check_torch, items_option, training_options

if TYPE_CHECKING:
    from export.registry import ModelRegistry
    from models.retraining import Retraining
    from models.training import TrainedModel


@click.command(
    "retrain",
    short_help="Train again, and promote the model if it is better than the champion.",
    epilog="Example: pandian retrain --max-seconds 300",
)
@click.argument("source", nargs=-1, metavar="[SOURCE...]")
@training_options
@items_option
@click.option("--dry-run", is_flag=True, help="Train and compare; leave the registry as it is.")
@click.option("--by", default=None, help="Who does this.  [the user of this session]")
@click.option("--json", "as_json", is_flag=True, help="Print what came of it as one JSON document.")
def command(
    *,
    source: Sequence[str],
    model: str | None,
    epochs: int | None,
    max_seconds: float | None,
    config: Path | None,
    precision: str | None,
    seed: int | None,
    threads: int | None,
    items: str | None,
    dry_run: bool,
    by: str | None,
    as_json: bool,
) -> None:
    """Train on all interactions there are, and let the model answer if it is better than the champion.

    SOURCE is as for `pandian train`; by default kafka: what is on pandian.interactions of the broker that
    PANDIAN_BROKER names. The registry is the folder that PANDIAN_MODELS names.

    Both models are asked for the newest interactions, which neither has seen. The new one is kept in the registry
    either way; it becomes the champion when its NDCG@10 is surely higher, or when there is no champion yet.
    """
    started = time.monotonic()
    from export.registry import open_registry
    from models.config import load_config
    from models.progress import Reporter
    from models.source import KAFKA, is_files, read_names, read_source
    from pandian.files import check_readable
    from pandian.output import print_json, say
    from pandian.settings import load_settings

    chosen = load_config(
        config,
        model=model,
        epochs=epochs,
        max_seconds=max_seconds,
        precision=precision,
        seed=seed,
        threads=threads,
    )
    source = tuple(source) or (KAFKA,)
    for path in source if is_files(source) else ():
        check_readable(path)
    check_torch()
    from models.retraining import retrain

    settings = load_settings()
    registry = open_registry(settings)
    with Reporter(chosen.max_seconds, started) as progress:
        log = read_source(source, say, progress.rows)
        names = read_names(source, items, say)
        found = retrain(
            log,
            chosen,
            registry,
            settings,
            by=by,
            dry_run=dry_run,
            said=say,
            progress=progress,
            started=started,
            names=names,
        )
    if found.promotion and found.promotion.trouble:
        say(f"the pointer is set, but could not be announced on pandian.models: {found.promotion.trouble}")
    if as_json:
        print_json(document(found, registry))
    else:
        _show(found, registry)


def document(found: Retraining, registry: ModelRegistry) -> dict[str, Any]:
    """Return what came of it as JSON."""
    trained, champion = found.trained, found.champion
    comparison = None
    if found.comparison and trained:
        comparison = {
            "metric": "ndcg@10",
            **asdict(found.comparison),
            "unknown": found.unknown,
            "from": trained.card["data"]["split"]["test_from"],
        }
    return {
        "model": trained.entry.model if trained else None,
        "version": trained.entry.version if trained else None,
        "path": registry.place(found.challenger.reference) if found.challenger else None,
        "metrics": trained.card["metrics"] if trained else None,
        "baselines": trained.card["baselines"] if trained else None,
        "champion_before": {"model": champion.model, "version": champion.version} if champion else None,
        "comparison": comparison,
        "promoted": found.promotion is not None,
        "announced": found.promotion.announced if found.promotion else None,
        "why": found.why,
        "totals": found.totals.document(found.seconds),
        "seconds": round(found.seconds, 3),
    }


def _show(found: Retraining, registry: ModelRegistry) -> None:
    if found.trained is None:
        click.echo(f"Not trained: {found.why}.")
    else:
        _show_trained(found, found.trained, registry)
    click.echo(f"{found.totals.line(found.seconds)}.")


def _show_trained(found: Retraining, trained: TrainedModel, registry: ModelRegistry) -> None:
    name = trained.entry.reference
    click.echo(f"{name}: {found.why}.")
    if found.promotion:
        click.echo(
            f"It is the champion of {registry.address} now: workers whose PANDIAN_MODELS that is answer with it"
            " within PANDIAN_MODELS_SECONDS."
        )
    elif found.challenger:
        click.echo(f"It is in the registry: `pandian models promote {name}` lets it answer all the same.")
    else:
        click.echo("It was not kept: this was a dry run.")
