"""``pandian tune``: search the settings of one kind of model."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from models.commands.options import SECONDS, check_torch

if TYPE_CHECKING:
    from models.tuning.study import Search

REPORT = "report.html"


@click.command(
    "tune",
    short_help="Search the settings of a kind of model.",
    epilog="Example: pandian tune clicks.csv.gz --model sasrec --out search/ --trials 30",
)
@click.argument("source", nargs=-1, required=True, metavar="SOURCE...")
@click.option(
    "--out", required=True, type=click.Path(path_type=Path), metavar="DIR", help="Folder of the search."
)
@click.option("--model", metavar="KIND", help="Kind of model, such as sasrec; needed here or in the file.")
@click.option("--trials", type=int, metavar="N", help="Settings that are tried in all.  [30]")
@click.option("--max-seconds", type=SECONDS, metavar="S", help="Stop after this time.")
@click.option(
    "--config", type=click.Path(path_type=Path), metavar="FILE", help="TOML file of training, with [tune]."
)
@click.option("--seed", type=int, help="Of all that is drawn.  [0]")
@click.option("--threads", type=int, metavar="N", help="Threads that it computes on.  [one a core]")
@click.option("--json", "as_json", is_flag=True, help="Print what came of it as one JSON document.")
def command(
    *,
    source: Sequence[str],
    out: Path,
    model: str | None,
    trials: int | None,
    max_seconds: float | None,
    config: Path | None,
    seed: int | None,
    threads: int | None,
    as_json: bool,
) -> None:
    """Search settings on SOURCE, by NDCG@10 in validation, and keep the trials in DIR.

    SOURCE is what `pandian train` takes. Settings as they are given come first, then what Optuna proposes. The same
    command goes on where it ended, also after a kill. DIR gets best.toml, for pandian train --config, and report.html.
    """
    started = time.monotonic()
    from models.config import load_config
    from models.progress import Reporter
    from models.source import is_files, read_source
    from pandian.files import check_readable
    from pandian.output import print_json, say, write_whole

    chosen = load_config(
        config, model=model, max_seconds=max_seconds, seed=seed, threads=threads, trials=trials
    )
    for path in source if is_files(source) else ():
        check_readable(path)
    check_torch()
    _check_optuna()
    import torch

    from models.tuning.objective import Objective
    from models.tuning.report import search_page
    from models.tuning.space import space_of
    from models.tuning.study import tune

    space_of(chosen)
    if chosen.threads:
        torch.set_num_threads(chosen.threads)
    ends = float("inf") if chosen.max_seconds is None else started + chosen.max_seconds
    with Reporter(chosen.max_seconds, started) as progress:
        objective = Objective(read_source(source, say, progress.rows), chosen)
        search = tune(objective, chosen, out, said=say, progress=progress, ends=ends)
    write_whole(out / REPORT, search_page(search))
    if as_json:
        print_json({**document(search), "seconds": round(time.monotonic() - started, 3)})
    else:
        _show(search)


def document(search: Search) -> dict[str, Any]:
    """Return what came of a search as JSON."""
    from models.tuning.study import BEST

    given = search.given
    return {
        "model": search.config.model,
        "trials": len(search.trials),
        "asked": search.config.tune.trials,
        "targets": search.targets,
        "best": {
            "trial": search.best.number + 1,
            "ndcg@10": search.best.value,
            "settings": search.best.values,
        },
        "given": None if given is None else {"trial": given.number + 1, "ndcg@10": given.value},
        "importance": search.importance,
        "config": str(search.folder / BEST),
        "report": str(search.folder / REPORT),
    }


def _show(search: Search) -> None:
    from models.tuning.report import shown
    from models.tuning.study import BEST

    best, given = search.best, search.given
    as_given = "" if given is None or given.value is None else f", as given {given.value:.4f}"
    click.echo(
        f"{search.config.model}: NDCG@10 {best.value:.4f} in trial {best.number + 1} of {len(search.trials)}{as_given}"
        f" ({search.targets:,} targets of the validation)"
    )
    for name, value in best.values.items():
        click.echo(f"  {name} = {shown(value)}")
    if len(search.trials) < search.config.tune.trials:
        click.echo("The same command goes on.")
    click.echo(f"Trials: {search.folder / REPORT}")
    click.echo(f"Next: pandian train SOURCE --config {search.folder / BEST} --out DIR")


def _check_optuna() -> None:
    from models.exceptions import TrainingError

    try:
        import optuna  # noqa: F401
    except ImportError as error:
        raise TrainingError(
            f"{error.name}", "must be installed to search", "run: make setup, or pip install 'pandian[train]'"
        ) from error
