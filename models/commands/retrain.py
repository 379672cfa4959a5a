"""``pandian retrain``: learn from all there is now, and let the better model answer."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import click

from models.commands.options import check_torch, items_option, training_options
from pandian.options import Number

if TYPE_CHECKING:
    from export.registry import ModelRegistry
    from models.retraining.base import Retraining
    from models.retraining.running import Runner


@click.command(
    "retrain",
    short_help="Train again, and promote the model if it is better than the champion.",
    epilog="Examples: pandian retrain --max-seconds 300;  pandian retrain --listen --every 24 --json",
)
@click.argument("source", nargs=-1, metavar="[SOURCE...]")
@training_options
@items_option
@click.option("--dry-run", is_flag=True, help="Train and compare; leave the registry as it is.")
@click.option(
    "--calibration", is_flag=True, help="Train nothing; correct the champion's probabilities by its labels."
)
@click.option("--listen", is_flag=True, help="Stay, and retrain when an alert of the champion begins.")
@click.option(
    "--every",
    type=Number(min=0, min_open=True),
    metavar="HOURS",
    help="Stay, and retrain so often.",
)
@click.option(
    "--shadow",
    type=Number(min=0, min_open=True),
    metavar="MINUTES",
    help="Try the better model out in shadow, so long at most; promote it when labels say so.",
)
@click.option(
    "--shadow-labels",
    type=click.IntRange(min=100),
    metavar="N",
    help="As --shadow, until N labels decide.",
)
@click.option("--wait", is_flag=True, help="Wait while somebody else retrains.")
@click.option(
    "--work",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Where it goes on after a kill.  [below PANDIAN_DATADIR]",
)
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
    calibration: bool,
    listen: bool,
    every: float | None,
    shadow: float | None,
    shadow_labels: int | None,
    wait: bool,
    work: Path | None,
    by: str | None,
    as_json: bool,
) -> None:
    """Train on all interactions there are, and let the model answer if it is better than the champion.

    SOURCE is as for `pandian train`; by default kafka: what is on pandian.interactions of the broker that
    PANDIAN_BROKER names. The registry is the folder that PANDIAN_MODELS names.

    Both models are asked for the newest interactions, which neither has seen. The new one is kept in the registry
    either way; it becomes the champion when its NDCG@10 is surely higher, or when there is no champion yet.

    On an alert `calibration`, or with --calibration, the champion's probabilities are corrected by the labels of what
    it showed, and its order stays; that is promoted where the log loss is surely lower.

    One retraining of a registry at a time. One that was killed goes on when the same is asked for again. With --listen
    or --every it stays until Ctrl-C, and prints what came of each.
    """
    started = time.monotonic()
    from export.registry import open_registry
    from models.config import load_config
    from models.source import KAFKA, is_files
    from pandian.events import CALIBRATION
    from pandian.files import check_readable
    from pandian.kafka_client import client_options
    from pandian.output import say
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
    stays = listen or every is not None
    source = tuple(source) or (KAFKA,)
    _check_together(source, dry_run=dry_run, stays=stays, shadowed=shadow or shadow_labels)
    if calibration:
        _check_calibration(source, alone=not (dry_run or stays or shadow or shadow_labels))
    for path in source if is_files(source) else ():
        check_readable(path)
    settings = load_settings()
    check_torch()
    from models.retraining.base import Reason, ShadowWish
    from models.retraining.running import Runner, work_folder
    from models.retraining.work import Work

    registry = open_registry(settings)
    if stays and source == (KAFKA,):
        client_options(settings)  # a service would try in vain for ever
    if calibration:
        _check_champion(registry)
    wish = None
    if shadow or shadow_labels:
        client_options(settings)  # labels are on a broker
        wish = ShadowWish(shadow, shadow_labels)
    runner = Runner(
        settings,
        registry,
        Work(work or work_folder(settings, registry)),
        source,
        items,
        chosen,
        wish,
        by,
        say,
        lambda found: _tell(found, runner, as_json=as_json),
    )
    if stays:
        _stay(runner, listen=listen, every=every)
    elif dry_run:
        runner.try_out(started=started)
    else:
        runner.once(Reason(kind=CALIBRATION if calibration else None), wait=wait, started=started)


def _check_together(source: Sequence[str], *, dry_run: bool, stays: bool, shadowed: float | None) -> None:
    from pandian.errors import UsageError

    if dry_run and (stays or shadowed):
        raise UsageError(
            "--dry-run", "leaves the registry as it is", "leave out --listen, --every and --shadow, or this"
        )
    if stays and "-" in source:
        raise UsageError("-", "is standard input, which can be read once", "name a file, or kafka")


def _check_calibration(source: Sequence[str], *, alone: bool) -> None:
    from models.source import KAFKA
    from pandian.errors import UsageError

    if tuple(source) != (KAFKA,):
        raise UsageError(
            "--calibration", "is by the labels on pandian.feedback", "leave out the source, or this"
        )
    if not alone:
        raise UsageError(
            "--calibration", "is done at once", "leave out --dry-run, --listen, --every and --shadow, or this"
        )


def _check_champion(registry: ModelRegistry) -> None:
    from pandian.errors import UsageError

    if registry.champion() is None:
        raise UsageError(
            "--calibration", "corrects a champion, and there is none", "leave it out, to train one"
        )


def waits_for(*, listen: bool, every: float | None) -> str:
    """Return what is said of what it waits for."""
    from pandian.durations import duration

    reasons = (
        *(["for an alert of the champion on pandian.alerts"] if listen else []),
        *([f"until {duration(3_600 * every)} after the last one began"] if every is not None else []),
    )
    return f"waiting {', or '.join(reasons)}; Ctrl-C ends it"


def _stay(runner: Runner, *, listen: bool, every: float | None) -> None:
    """Retrain whenever there is a reason; Ctrl-C and SIGTERM end it, and what was not done goes on the next time."""
    from models.retraining.alerts import AlertFollower
    from models.retraining.failing import Failing
    from models.retraining.service import Service
    from pandian.output import say

    failing = Failing(runner.place.folder, runner.registry.address, runner.settings, say)
    alerts = AlertFollower(runner.settings) if listen else None
    say(waits_for(listen=listen, every=every))
    with _terminated():
        try:
            Service(runner.place, runner.registry, runner.when, alerts, every, say, failing).serve()
        except KeyboardInterrupt:
            on = "; what was begun goes on the next time" if runner.place.is_begun else ""
            say(f"ended{on}")
        finally:
            if alerts is not None:
                alerts.close()


@contextmanager
def _terminated() -> Iterator[None]:
    """Let SIGTERM do what Ctrl-C does: a container is stopped so."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _tell(found: Retraining, runner: Runner, *, as_json: bool) -> None:
    from models.commands.retrain_view import document, show
    from pandian.output import print_json, say

    if found.promotion and found.promotion.trouble:
        say(f"the pointer is set, but could not be announced on pandian.models: {found.promotion.trouble}")
    if as_json:
        print_json(document(found, runner.registry))
    else:
        show(found, runner.registry)
