"""What ``pandian retrain`` says of what came of it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import click

from export.registry import Entry, ModelRegistry
from models.retraining.base import Retraining


def document(found: Retraining, registry: ModelRegistry) -> dict[str, Any]:
    """Return what came of it as JSON."""
    trained, champion = found.trained, found.champion
    new = found.challenger or (trained.entry if trained else None)
    comparison = None
    if found.comparison and trained:
        comparison = {
            "metric": "ndcg@10",
            **asdict(found.comparison),
            "unknown": found.unknown,
            "from": trained.card["data"]["split"]["test_from"],
        }
    return {
        "reason": asdict(found.reason),
        "model": new.model if new else None,
        "version": new.version if new else None,
        "path": registry.place(found.challenger.reference) if found.challenger else None,
        "metrics": trained.card["metrics"] if trained else None,
        "baselines": trained.card["baselines"] if trained else None,
        "champion_before": {"model": champion.model, "version": champion.version} if champion else None,
        "comparison": comparison,
        "shadowed": found.shadowed,
        "promoted": found.promotion is not None,
        "announced": found.promotion.announced if found.promotion else None,
        "why": found.why,
        "resumed": found.resumed,
        "totals": found.totals.document(found.seconds),
        "seconds": round(found.seconds, 3),
    }


def show(found: Retraining, registry: ModelRegistry) -> None:
    """Print it for people."""
    new = found.challenger or (found.trained.entry if found.trained else None)
    if new is None:
        click.echo(f"Not {'trained' if found.totals.interactions else 'calibrated'}: {found.why}.")
    else:
        _show_new(found, new, registry)
    if found.totals.interactions:
        click.echo(f"{found.totals.line(found.seconds)}.")


def _show_new(found: Retraining, new: Entry, registry: ModelRegistry) -> None:
    name = new.reference
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
