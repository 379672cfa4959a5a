"""A search: the best is kept, and one that was killed goes on as if it had not been."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys

import pytest

from models.config import TrainConfig, load_config
from models.exceptions import DataError, TrainingError
from models.tuning import study
from models.tuning.objective import Objective
from models.tuning.report import search_page
from models.tuning.settings import Searched, TuneSettings
from models.tuning.study import tune
from pandian.errors import UsageError
from tests.support.interactions import chains, log_of

SPACE = {"transitions.neighbours": Searched(low=1, high=40), "transitions.hops": Searched(choices=(1, 2, 4))}
CONFIG = TrainConfig(
    model="transitions",
    max_length=12,
    threads=1,
    max_seconds=99,
    tune=TuneSettings(trials=12, space=SPACE, trial_seconds=60),
)


def with_trials(trials, **changes):
    return CONFIG.model_copy(update={"tune": CONFIG.tune.model_copy(update={"trials": trials, **changes})})


def facts(search):
    return [(one.values, one.value) for one in search.trials]


@pytest.fixture(scope="module")
def objective():
    return Objective(log_of(chains()), CONFIG)


@pytest.fixture(scope="module")
def whole(objective, tmp_path_factory):
    return tune(objective, with_trials(14), tmp_path_factory.mktemp("whole"))


def test_the_best_is_kept_for_training(objective, whole):
    values = [one.value for one in whole.trials]
    assert len(values) == 14
    assert len(set(values)) > 3
    assert whole.best.value == max(values)
    kept = load_config(whole.folder / "best.toml")
    assert objective(kept) == whole.best.value
    assert kept.max_seconds is None
    assert kept.tune == TuneSettings()
    assert kept == whole.best_config.model_copy(update={"max_seconds": None, "tune": TuneSettings()})
    assert sum(whole.importance.values()) == pytest.approx(1)
    assert set(whole.importance) == set(SPACE)


def test_settings_as_given_come_first(tmp_path, objective):
    neighbours = {"transitions.neighbours": Searched(low=50, high=120)}
    search = tune(objective, with_trials(2, space=neighbours), tmp_path)
    assert search.given is search.trials[0]
    assert search.given.values == {"transitions.neighbours": 100}
    away = {"transitions.neighbours": Searched(low=1, high=2)}
    assert tune(objective, with_trials(1, space=away), tmp_path / "away").given is None


def test_one_that_ended_goes_on_as_if_it_had_not(tmp_path, objective, whole):
    tune(objective, with_trials(3), tmp_path)

    def broken(step, _):
        if step.startswith("trial 12"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        tune(objective, with_trials(14), tmp_path, progress=broken)
    went_on = tune(objective, with_trials(14), tmp_path)
    assert facts(went_on) == facts(whole)
    assert went_on.importance == pytest.approx(whole.importance)
    again = tune(objective, with_trials(14), tmp_path, progress=lambda *_: pytest.fail("all are there"))
    assert facts(again) == facts(whole)


def test_it_goes_on_after_a_kill(tmp_path, objective, whole):
    code = (
        "import os, signal, sys; from pathlib import Path; from tests.models.tuning import test_study as t\n"
        "def killed(step, _):\n"
        "    if step.startswith('trial 3'): os.kill(os.getpid(), signal.SIGKILL)\n"
        "t.tune(t.Objective(t.log_of(t.chains()), t.CONFIG), t.with_trials(14), Path(sys.argv[1]), progress=killed)"
    )
    done = subprocess.run([sys.executable, "-c", code, tmp_path], env=os.environ, check=False, timeout=120)
    assert done.returncode == -signal.SIGKILL
    assert facts(tune(objective, with_trials(14), tmp_path)) == facts(whole)


def test_a_search_of_something_else_is_refused(tmp_path, objective):
    tune(objective, with_trials(1), tmp_path)
    others = Objective(log_of(chains(seed=1)), CONFIG)
    with pytest.raises(UsageError, match="other data;"):
        tune(others, with_trials(2), tmp_path)
    with pytest.raises(UsageError, match="other settings;"):
        tune(objective, with_trials(2).model_copy(update={"seed": 5}), tmp_path)
    with pytest.raises(UsageError, match="other space and trial_seconds;"):
        tune(objective, with_trials(2, space={}, trial_seconds=None), tmp_path)
    with study._own(tmp_path), pytest.raises(UsageError, match="under way"):
        tune(objective, with_trials(2), tmp_path)


def test_a_search_that_cannot_be_kept_says_so(tmp_path, objective):
    (tmp_path / "study.db").write_bytes(b"no database" * 1000)
    with pytest.raises(TrainingError, match=r"study\.db: must be a database .*file is not a database"):
        tune(objective, with_trials(1), tmp_path)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, before[1]))
    try:
        with pytest.raises(TrainingError, match=r"study\.db: must be a database .*(full|I/O)"):
            tune(objective, with_trials(1), tmp_path / "full")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_time_that_is_up_gives_up_a_trial(tmp_path, objective, monkeypatch):
    with pytest.raises(TrainingError, match="no time was left"):
        tune(objective, CONFIG, tmp_path, ends=0.0)
    now = [0.0]
    monkeypatch.setattr(study.time, "monotonic", lambda: now[0])
    found = []

    def slow(config, progress, said):
        found.append(config)
        now[0] += 10
        progress("learning", 0.5)
        return 0.5

    slow.fingerprint, slow.targets = objective.fingerprint, 10
    search = tune(slow, CONFIG, tmp_path, ends=25.0)
    assert (len(search.trials), len(found)) == (2, 3)


def test_trials_that_find_nothing_count_and_are_not_drawn_again(tmp_path, objective):
    lines = []

    def diverges(config, progress, said):
        if config.transitions.hops > 1:
            raise TrainingError("loss", "is no number", "wait")
        return float("nan") if config.transitions.neighbours > 30 else 0.25

    diverges.fingerprint, diverges.targets = objective.fingerprint, 10
    search = tune(diverges, with_trials(12), tmp_path, said=lines.append)
    nothing = [one for one in search.trials if one.value is None]
    assert 0 < len(nothing) < 12
    assert len({str(one.values) for one in search.trials}) > 6
    assert search.best.value == 0.25
    assert any("found nothing: loss: is no number" in line for line in lines)
    assert "nothing" in search_page(search)


def test_settings_that_do_not_go_together_find_nothing(tmp_path, objective):
    lines = []
    heads = {"sasrec.heads": Searched(choices=(3, 5))}
    config = with_trials(2, space=heads).model_copy(update={"model": "sasrec"})
    with pytest.raises(TrainingError, match="found nothing"):
        tune(objective, config, tmp_path, said=lines.append)
    assert len(lines) == 2
    assert "heads must divide size" in lines[0]


def test_the_page(whole):
    page = search_page(whole)
    assert page == search_page(whole)
    assert f"{whole.best.value:.4f}" in page
    assert page.count('role="img"') == 4
    assert "http" not in page.replace("http-equiv", "")


def test_too_little_to_split():
    with pytest.raises(DataError):
        Objective(log_of([("u", "i", 1)]), CONFIG)


def test_learning_by_steps_ends_in_time(tmp_path):
    tiny = CONFIG.model_copy(update={"model": "sasrec"})
    tiny = tiny.model_copy(
        update={
            "tune": TuneSettings(trials=1, trial_seconds=0.3, space={"sasrec.size": Searched(choices=(4, 8))})
        }
    )
    search = tune(Objective(log_of(chains(users=60)), tiny), tiny, tmp_path)
    assert all(one.value > 0 for one in search.trials)
