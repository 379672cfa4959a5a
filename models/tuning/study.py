"""The trials of a search, in a folder: a search that was killed goes on as if it had not been.

Each trial is drawn by a seed of its own, from the search's seed and the number of trials before it, and by what these
found. What was under way when a search ended is begun again; so the trials are those of a search that never ended.
"""

from __future__ import annotations

import fcntl
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import optuna
from optuna.importance import PedAnovaImportanceEvaluator, get_param_importances
from optuna.trial import TrialState
from pydantic import ValidationError
from sqlalchemy.exc import DBAPIError

from models.config import TrainConfig
from models.exceptions import TrainingError
from models.tuning.objective import Objective
from models.tuning.space import Space, Values, changed, given, space_of, suggest
from models.tuning.toml import config_toml
from pandian.errors import UsageError
from pandian.output import write_whole

#: Files of a search, in its folder.
DATABASE, LOCK, BEST = "study.db", "lock", "best.toml"
_NAME, _ASKED, _SECONDS = "pandian", "asked", "seconds"
#: What does not change how good a model is found to be.
_FREE = frozenset(
    {"tune", "max_seconds", "threads", "precision", "licence", "test_targets", "untouched_days", "k"}
)
#: Trials that are over; one that found no number counts too, so that it is not drawn again.
_OVER = (TrialState.COMPLETE, TrialState.PRUNED)
#: With fewer trials nothing is said of which settings matter.
_FEWEST = 8


@dataclass(frozen=True, slots=True)
class Tried:
    """One trial that is over."""

    number: int
    """From 0, in the order in which they were begun."""
    values: Values
    """By setting."""
    value: float | None
    """NDCG@10; None: its loss was no number, or its settings do not go together."""
    seconds: float


@dataclass(frozen=True)
class Search:
    """What a search has found up to now."""

    config: TrainConfig
    """As it was given."""
    space: Space
    trials: tuple[Tried, ...]
    """Those that are over; at least one has a value."""
    importance: Mapping[str, float]
    """Share of each setting in how good trials are, of 1 together, the most first (PED-ANOVA; Watanabe et al., IJCAI
    2023); empty with few trials."""
    targets: int
    """How many the values are of."""
    folder: Path

    @property
    def best(self) -> Tried:
        """Return the best trial; of equals, the first."""
        return max((one for one in self.trials if one.value is not None), key=lambda one: one.value or 0.0)

    @property
    def given(self) -> Tried | None:
        """Return the trial of the settings as they were given; None: they are not in the space."""
        values = given(self.config, self.space)
        return next((one for one in self.trials if one.values == values), None)

    @property
    def best_config(self) -> TrainConfig:
        """Return the best settings, for training."""
        return changed(self.config, self.best.values)


class _TimeIsUp(Exception):  # noqa: N818 - no error: it ends a trial that cannot be finished
    """The search has no time left."""


def tune(
    objective: Objective,
    config: TrainConfig,
    folder: Path,
    *,
    said: Callable[[str], None] = lambda _: None,
    progress: Callable[[str, float], None] = lambda *_: None,
    ends: float = float("inf"),
) -> Search:
    """Try settings until there are as many trials as ``config.tune.trials`` says, or the time is up.

    After each trial that is better than all before, its settings are written to ``best.toml``.

    Args:
        objective: says how good settings are.
        config: what is not searched; names the kind.
        folder: of the search; one that is there goes on.
        said: is told, in a line each, what a person should know.
        progress: is told what is under way, and the share of it that is done.
        ends: time of ``time.monotonic`` after which nothing is begun; a trial under way is given up.

    Raises:
        UsageError: the space breaks a rule, or the folder is of another search, in use, or cannot be written.
        TrainingError: no trial has found anything, or the trials cannot be kept.
    """
    space = space_of(config)
    with _own(folder), _stored(folder):
        study = _open(folder, _asked(objective, config, space))
        for left in study.get_trials(deepcopy=False, states=(TrialState.RUNNING,)):
            study.tell(left.number, state=TrialState.FAIL)
        while (number := len(_tried(study))) < config.tune.trials and time.monotonic() < ends:
            step = f"trial {number + 1} of {config.tune.trials}"

            def told(_: str, share: float, step: str = step) -> None:
                if time.monotonic() > ends:
                    raise _TimeIsUp
                progress(step, share)

            try:
                _try(study, objective, config, space, number, told, said)
            except _TimeIsUp:
                break
            trials = _tried(study)
            if trials[-1].value is not None:
                _keep_best(Search(config, space, trials, {}, objective.targets, folder))
        trials = _tried(study)
        if all(one.value is None for one in trials):
            raise TrainingError(
                f"{len(trials)} trials",
                "found nothing: no time was left, or no loss was a number",
                "give more --max-seconds, or another [tune.space]",
            )
        return Search(config, space, trials, _importance(study), objective.targets, folder)


def _try(
    study: optuna.Study,
    objective: Objective,
    config: TrainConfig,
    space: Space,
    number: int,
    progress: Callable[[str, float], None],
    said: Callable[[str], None],
) -> None:
    seed = int(np.random.SeedSequence([config.seed, number]).generate_state(1)[0])
    study.sampler = optuna.samplers.TPESampler(seed=seed)
    first = given(config, space)
    if not number and first is not None and not study.get_trials(False, (TrialState.WAITING,)):
        study.enqueue_trial(dict(first))
    trial = study.ask()
    values = suggest(trial, space)
    began = time.monotonic()
    progress("", 0.0)
    try:
        value = objective(changed(config, values), progress, said)
    except (ValidationError, TrainingError) as error:
        why = str(error) if isinstance(error, TrainingError) else error.errors()[0]["msg"]
        said(f"trial {number + 1} found nothing: {why}")
        value = None
    trial.set_user_attr(_SECONDS, time.monotonic() - began)
    if value is None or not np.isfinite(value):
        study.tell(trial, state=TrialState.PRUNED)
    else:
        study.tell(trial, value)


def _tried(study: optuna.Study) -> tuple[Tried, ...]:
    return tuple(
        Tried(number, one.params, one.value, float(one.user_attrs[_SECONDS]))
        for number, one in enumerate(study.get_trials(deepcopy=False, states=_OVER))
    )


def _keep_best(search: Search) -> None:
    if search.trials[-1] is search.best:
        text = config_toml(search.best_config, leave=("tune", "max_seconds"))
        write_whole(search.folder / BEST, text)


def _importance(study: optuna.Study) -> dict[str, float]:
    values = [one.value for one in study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))]
    if len(values) < _FEWEST or len(set(values)) == 1:
        return {}
    return dict(get_param_importances(study, evaluator=PedAnovaImportanceEvaluator()))


def _asked(objective: Objective, config: TrainConfig, space: Space) -> dict[str, Any]:
    return {
        "data": objective.fingerprint,
        "settings": config.model_dump(mode="json", exclude=set(_FREE)),
        "space": {name: one.model_dump(mode="json") for name, one in space.items()},
        "trial_seconds": config.tune.trial_seconds,
    }


def _open(folder: Path, asked: Mapping[str, Any]) -> optuna.Study:
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    path = folder / DATABASE
    # By a connection of our own, any name of a folder is one.
    storage = optuna.storages.RDBStorage(
        "sqlite://", engine_kwargs={"creator": lambda: sqlite3.connect(path, check_same_thread=False)}
    )
    study = optuna.create_study(storage=storage, study_name=_NAME, direction="maximize", load_if_exists=True)
    known = study.user_attrs.get(_ASKED)
    if known is None:
        study.set_user_attr(_ASKED, dict(asked))
    elif known != asked:
        other = [name for name, value in asked.items() if known.get(name) != value]
        raise UsageError(
            str(folder),
            f"has a search with other {' and '.join(other)}",
            "name a new folder, or search as before",
        )
    return study


@contextmanager
def _stored(folder: Path) -> Iterator[None]:
    """Turn what the database says inside the block, as of a full disk, into one error that names it."""
    try:
        yield
    except (DBAPIError, optuna.exceptions.StorageInternalError) as error:
        found = error if isinstance(error, DBAPIError) else error.__cause__
        raise TrainingError(
            str(folder / DATABASE),
            f"must be a database that can be read and written ({getattr(found, 'orig', found)})",
            "make room or give permission, or name another folder",
        ) from error


@contextmanager
def _own(folder: Path) -> Iterator[None]:
    """Make the folder, and keep other searches out of it inside the block; the lock ends with the process."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / LOCK).open("w")
    except OSError as error:
        raise UsageError(
            str(folder), f"cannot be written ({error.strerror})", "name another folder"
        ) from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UsageError(
                str(folder), "is of a search that is under way", "wait for it, or name another folder"
            ) from None
        yield
