"""Is a model that learns from all there is now better than the champion? Then it takes its place."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import numpy as np

from export.promotion import Promotion, current_user, promote
from export.registry import Entry, ModelRegistry, Pointer
from export.runtime import OnnxModel
from models.comparison import Comparison, compare
from models.config import TrainConfig
from models.data.log import InteractionLog
from models.entries import columns, rank_entry
from models.evaluation import Seen, ndcg
from models.totals import Totals
from models.training import TrainedModel, train
from pandian.settings import Settings

Said = Callable[[str], None]
Progress = Callable[[str, float], None]

#: Of the time that is given, what is kept for asking the champion.
_COMPARING = 0.1


@dataclass(frozen=True)
class Retraining:
    """What came of it."""

    champion: Entry | None
    """Which model answered before."""
    challenger: Entry | None
    """What was trained, where the registry has it; None when there was nothing new to learn, or in a dry run."""
    trained: TrainedModel | None
    """What was trained; its folder is gone."""
    comparison: Comparison | None
    """Of NDCG@10 on what neither had seen; None without a champion."""
    unknown: float
    """Share of the targets of the comparison that the champion's catalogue does not have: misses."""
    promotion: Promotion | None
    """None when the champion stays."""
    why: str
    """In a sentence."""
    totals: Totals
    """What was read and kept."""
    seconds: float


@dataclass(frozen=True)
class _Verdict:
    better: bool
    why: str
    comparison: Comparison | None = None
    unknown: float = 0.0


def retrain(
    log: InteractionLog,
    config: TrainConfig,
    registry: ModelRegistry,
    settings: Settings,
    *,
    by: str | None = None,
    dry_run: bool = False,
    said: Said = lambda _: None,
    progress: Progress = lambda *_: None,
    started: float | None = None,
    names: Mapping[str, str] | None = None,
) -> Retraining:
    """Train, compare with the champion on the newest period, and promote what is better.

    Both are asked for the same targets: those of the test period of the training, which the challenger had not seen
    when it was asked. The champion must not have seen them either: where it learned from some of that period, only
    what is later than all that it learned from is asked for. Better is what is surely so: the 95 % interval of the
    difference in NDCG@10, over users, is above 0. Without a champion, what is trained becomes it.

    Args:
        log: all interactions there are.
        config: how to train; ``max_seconds`` holds for all of this but reading.
        registry: has the champion, and gets what is trained, promoted or not.
        settings: the broker to announce a promotion at, if one is set.
        by: who does this; None: the user of this session.
        dry_run: compare only; the registry stays as it is.
        said: is told, in a line each, what a person should know.
        progress: is told what is under way, and the share of it that is done.
        started: of ``time.monotonic``, when ``config.max_seconds`` began to run; None: now.
        names: of items, as :func:`models.training.train` takes them.

    Raises:
        EntryError: when the champion is not what was added, or what was trained cannot be exported.
        DataError, TrainingError: as :func:`models.training.train`.
        RegistryError: when the registry cannot be read or written.
    """
    started = time.monotonic() if started is None else started
    pointer = registry.champion()
    champion = registry.entry(pointer.model, pointer.version) if pointer else None
    # A champion that cannot answer here is found before time is spent on training.
    model = OnnxModel(champion) if champion else None
    log = log.distinct()
    if champion and len(log) and _fresh(log, champion) == 0:
        return _nothing_new(log, champion, started)
    if config.max_seconds is not None and model:
        config = config.model_copy(update={"max_seconds": config.max_seconds * (1 - _COMPARING)})
    with tempfile.TemporaryDirectory(prefix="pandian-retrain-") as folder:
        trained = train(
            log,
            _unseen(log, config, champion),
            Path(folder, "entry"),
            said=said,
            progress=progress,
            started=started,
            names=names,
        )
        verdict = _verdict(trained, model, progress)
        challenger = None
        if not dry_run:
            challenger = registry.add(trained.entry.path, by=by or current_user(), why=verdict.why)
    verdict = _unless_replaced(verdict, pointer, registry)
    promotion = None
    if challenger and verdict.better:
        promotion = promote(registry, challenger, by=by, why=verdict.why, settings=settings)
    return Retraining(
        champion,
        challenger,
        trained,
        verdict.comparison,
        verdict.unknown,
        promotion,
        verdict.why,
        Totals.of(log),
        time.monotonic() - started,
    )


def _learned_until(champion: Entry) -> int | None:
    """Return the time of the newest interaction that the champion learned from; None when its card does not say."""
    data = champion.card.get("data")
    last = data.get("last") if isinstance(data, dict) else None
    return last if type(last) is int else None


def _fresh(log: InteractionLog, champion: Entry) -> int | None:
    """Return how many interactions are later than all that the champion learned from; None when nobody knows."""
    until = _learned_until(champion)
    return None if until is None else len(log) - len(log.before(until + 1))


def _unseen(log: InteractionLog, config: TrainConfig, champion: Entry | None) -> TrainConfig:
    """Let the test begin where the champion's knowledge ends, when it would begin before."""
    fresh = _fresh(log, champion) if champion else None
    share = config.train_share + config.validation_share
    if fresh is None or int(len(log) * share) >= len(log) - fresh:
        return config
    # Half a row more: whatever the rounding, the cut is at the first row that the champion has not seen.
    known = (len(log) - fresh + 0.5) / len(log)
    train_share = known * config.train_share / share
    return config.model_copy(update={"train_share": train_share, "validation_share": known - train_share})


def _nothing_new(log: InteractionLog, champion: Entry, started: float) -> Retraining:
    why = (
        f"nothing is newer than what {champion.reference} learned from: {len(log):,} interactions until"
        f" {_moment(int(log.times[-1]))}"
    )
    return Retraining(champion, None, None, None, 0.0, None, why, Totals.of(log), time.monotonic() - started)


def _verdict(trained: TrainedModel, champion: OnnxModel | None, progress: Progress) -> _Verdict:
    if champion is None:
        return _Verdict(better=True, why="there is no champion yet")
    reference = champion.entry.reference
    ranks = rank_entry(
        champion, trained.test, trained.catalogue, lambda share: progress(f"asking {reference}", share)
    ).of(cast("Seen", champion.entry.card["seen"]))
    known = columns(champion, trained.catalogue)[trained.test.items] >= 0
    found = compare(ndcg(ranks), ndcg(trained.ranks), trained.test.users, seed=trained.card["seed"])
    said = "better" if found.better else "worse" if found.worse else "not surely better"
    since = int(trained.card["data"]["split"]["test_from"])
    why = (
        f"{said} than {reference}: NDCG@10 {found.challenger:.4f} against {found.champion:.4f}, difference"
        f" {found.difference:+.4f} (95 %: {found.low:+.4f} to {found.high:+.4f}) on {found.targets:,} targets"
        f" since {_moment(since)}"
    )
    unknown = float(1 - known.mean())
    if unknown:
        why += f"; {unknown:.1%} of them are items that it does not know"
    if _learned_until(champion.entry) is None:
        why += "; its card does not say until when it learned, so it may have seen them"
    return _Verdict(found.better, why, found, unknown)


def _unless_replaced(verdict: _Verdict, before: Pointer | None, registry: ModelRegistry) -> _Verdict:
    """Leave a champion alone that was promoted while we trained: it is not the one that was compared."""
    now = registry.champion()
    if not verdict.better or (now and now.reference) == (before and before.reference):
        return verdict
    why = f"{now.reference if now else 'nothing'} became the champion meanwhile: run it again; {verdict.why}"
    return _Verdict(better=False, why=why, comparison=verdict.comparison, unknown=verdict.unknown)


def _moment(time_ms: int) -> str:
    try:
        return datetime.fromtimestamp(time_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M UTC")
    except (OverflowError, ValueError, OSError):
        return f"{np.datetime64(time_ms, 'ms')} UTC"
