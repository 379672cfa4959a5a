"""From interactions to a model entry: learn, choose, test, learn on, export."""

from __future__ import annotations

import platform
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import torch

import pandian
from export.entry import write_entry
from export.registry import Entry
from models import calibration
from models.base import Recommender, Run, scorer
from models.beginning import chosen_before
from models.budget import Budget
from models.choosing import Candidate, Ranker, choose, fit_candidates, together
from models.cold import cold_items
from models.config import TrainConfig
from models.data.histories import Targets
from models.data.log import Codes, InteractionLog
from models.data.shown import ShownItems
from models.data.split import TimeSplit, split_by_time
from models.dead import living
from models.evaluation import metrics
from models.kinds import BASELINES
from models.resampling import metric_intervals
from models.shrinking import written
from models.totals import Totals

Said = Callable[[str], None]
Progress = Callable[[str, float], None]

#: Real histories that parity is checked with, beside drawn ones.
_PROBES = 16


@dataclass(frozen=True)
class TrainedModel:
    """What came of a training, and what another model has to be compared on."""

    entry: Entry
    """The folder that was written."""
    validation: dict[str, dict[str, float]]
    """Metrics of each kind in the validation."""
    test: Targets
    """The targets of the test, in columns of ``catalogue``, each with what was known before it."""
    ranks: Codes
    """Place that the model gave each of them, from 0, before it had seen any of the test period [targets]."""
    catalogue: tuple[str, ...]
    totals: Totals
    """What was read and kept."""
    seconds: float

    @property
    def card(self) -> Mapping[str, Any]:
        """Return the card of the entry."""
        return self.entry.card


def train(
    log: InteractionLog,
    config: TrainConfig,
    out: Path,
    *,
    said: Said = lambda _: None,
    progress: Progress = lambda *_: None,
    started: float | None = None,
    names: Mapping[str, str] | None = None,
    labels: ShownItems | None = None,
    before: Mapping[str, Any] | None = None,
) -> TrainedModel:
    """Train a model and write its entry.

    Kinds and settings are chosen in the validation period by what was learned from before it; the chosen one learns on
    from both and is tested on the period after; then it learns on from all there is, and that is what is exported. So
    the test says how well this recipe does on a time that it has not seen, and what is served has seen the newest
    interactions too.

    Args:
        log: interactions; repeats of the same user, item and time count once.
        config: how.
        out: folder of the entry; must not be there, or be empty.
        said: is told, in a line each, what a person should know.
        progress: is told what is under way, and the share of it that is done.
        started: of ``time.monotonic``, when ``config.max_seconds`` began to run; None: now.
        names: of items: by them items that the model has not seen are placed, where that is good enough.
        labels: what was shown of late and acted on or not: probabilities are calibrated by it where it is enough.
        before: card of a model; searches of settings begin with what it chose, where it was told the same.

    Raises:
        DataError: when there is too little to split by time.
        TrainingError: when a loss is no number whatever is tried.
        ExportError, ParityError: when the model cannot be exported, or gives something else then.
        RegistryError: when the folder is not empty, or cannot be written.
    """
    started = time.monotonic() if started is None else started
    torch.manual_seed(config.seed)
    if config.threads:
        torch.set_num_threads(config.threads)
    log = log.distinct()
    split = split_by_time(log, config.train_share, config.validation_share)
    if log.n_users == 1:
        said("all interactions are of one user: there is nothing to learn from others")
    budget = Budget(config, started, log.n_items)
    ranker = Ranker(log.n_items, config.max_length)
    validation = split.validation(config.order)
    candidates = fit_candidates(
        split.train,
        validation,
        config,
        budget,
        ranker,
        said=said,
        progress=progress,
        before=chosen_before(before or {}, config),
    )
    chosen = choose(candidates, config)
    progress("calibrating", 0.0)
    shown = _shown(chosen, split, validation, budget.calibrating(chosen.speed), config, labels)
    if shown.really:
        said(f"probabilities are calibrated by {len(shown.labels):,} items that were shown")
    speed = together(candidates[kind].speed for kind in {chosen.model.kind, *BASELINES})
    test = split.test(config.order).sample(budget.testing(speed), config.seed)
    tested = _test(candidates, chosen, split, test, Run(config, None, budget.second(), progress), ranker)
    progress("placing new items", 0.0)
    cold = cold_items(
        names, chosen.model.vectors(), split.past, test, seed=config.seed, max_seconds=config.max_seconds
    )
    if names:
        said(cold.line)
    progress("learning from all", 0.0)
    chosen.model.refit(log, Run(config, None, budget.last(), progress))
    progress("exporting", 0.0)
    own = tested[chosen.model.kind]
    card = {
        "model": chosen.model.kind,
        "seen": chosen.seen,
        "max_length": config.max_length,
        "metrics": metrics(own, config.ks),
        "intervals": metric_intervals(own, test.users, config.ks),
        "baselines": {kind: metrics(tested[kind], config.ks) for kind in BASELINES},
        "validation": {kind: candidate.metrics for kind, candidate in candidates.items()},
        "settings": chosen.model.settings(),
        "data": _data(log, split, chosen.targets, len(test)),
        "config": config.model_dump(),
        "seed": config.seed,
        "licence": config.licence,
        "text": cold.card,
        "versions": _versions(),
        **calibration.document(shown),
    }
    probes = [test.inputs(np.arange(min(_PROBES, len(test))), config.max_length)]
    model = chosen.model
    network, vectors, explained = model.network(), model.vectors(), model.explained()
    text = cold.fit(vectors, log)
    entry = written(
        lambda folder: write_entry(
            folder,
            network,
            log.item_ids,
            card,
            probes=probes,
            vectors=vectors,
            explained=explained,
            text=text,
        ),
        Path(out),
        config.precision,
        validation.sample(budget.validation_targets, config.seed),
        said,
        living(log.item_ids, log, config.untouched_days),
    )
    for candidate in candidates.values():
        candidate.model.done()
    return TrainedModel(
        entry,
        {kind: candidate.metrics for kind, candidate in candidates.items()},
        test,
        own,
        log.item_ids,
        Totals.of(log),
        time.monotonic() - started,
    )


def _shown(
    chosen: Candidate,
    split: TimeSplit,
    validation: Targets,
    most: int,
    config: TrainConfig,
    labels: ShownItems | None,
) -> calibration.Shown:
    """Return what was shown since the validation began; where that is too little, what might have been."""
    score = scorer(chosen.model.network())
    if labels is not None:
        pages = labels.pages(split.log, split.validation_from, most, config.seed)
        found = calibration.show_again(score, pages, config.max_length, split.log.n_items)
        if found is not None:
            return found
    return calibration.show(score, validation, split.train, config.max_length, config.seed, most)


def _test(
    candidates: dict[str, Candidate],
    chosen: Candidate,
    split: TimeSplit,
    test: Targets,
    run: Run,
    ranker: Ranker,
) -> dict[str, Codes]:
    """Let the chosen and the baselines learn on from all before the test; return the places they give, by kind."""
    wanted = {chosen.model.kind: chosen, **{kind: candidates[kind] for kind in BASELINES}}
    learned: list[Recommender] = []
    found = {}
    for kind, candidate in wanted.items():
        if candidate.model not in learned:
            candidate.model.refit(split.past, run)
            learned += [candidate.model, *candidate.model.parts()]
        run.progress(f"testing {kind}", 0.0)
        found[kind] = ranker.rank(candidate.model.network(), test).of(candidate.seen)
    return found


def _data(log: InteractionLog, split: TimeSplit, validation: int, test: int) -> dict[str, Any]:
    return {
        "fingerprint": log.fingerprint,
        "interactions": len(log),
        "users": log.n_users,
        "items": log.n_items,
        "first": int(log.times[0]),
        "last": int(log.times[-1]),
        "split": {
            **split.document(),
            "validation_targets": validation,
            "test_targets": test,
            "served": "what was tested, having learned on from all interactions",
        },
    }


def _versions() -> dict[str, str]:
    return {
        "pandian": pandian.__version__,
        "python": platform.python_version(),
        "torch": torch.__version__,
        "onnxruntime": onnxruntime.__version__,
        "numpy": np.__version__,
    }
