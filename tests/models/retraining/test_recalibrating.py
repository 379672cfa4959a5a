"""An alarm of the calibration is answered with other probabilities, by the labels of what the champion showed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from export.known import Known
from export.registry import Entry
from export.runtime import OnnxModel, calibrated
from models.data.shown import ShownItems
from models.retraining import work
from models.retraining.base import ALERT, HAND, Reason, Task
from models.retraining.recalibrating import recalibrate, write_recalibrated
from models.retraining.steps import Steps
from models.retraining.work import Work
from pandian.settings import Settings
from tests.models.retraining.conftest import BEGAN, CONFIG, log_of, rows


def labels(model, odds=0.25, n=4_000, seed=0, began=BEGAN):
    """Labels of a model: the odds of an action are so many times those that it says."""
    random = np.random.default_rng(seed)
    scores = random.uniform(0.05, 0.6, n)
    truth = odds * scores / (1 - scores + odds * scores)
    return ShownItems(
        pa.array([f"user-{number % 100}" for number in range(n)]),
        pa.array(["item-1"] * n),
        pa.array([str(model)] * n),
        began + np.arange(n),
        scores,
        random.random(n) < truth,
    )


def joined(*parts):
    names = (
        pa.concat_arrays([getattr(part, name) for part in parts]) for name in ("users", "items", "models")
    )
    numbers = (
        np.concatenate([getattr(part, name) for part in parts]) for name in ("times", "scores", "acted")
    )
    return ShownItems(*names, *numbers)


def test_the_odds_are_found_and_the_order_stays(poor_entry, tmp_path):
    shown = joined(labels(poor_entry.reference), labels("another@1", odds=4.0, seed=1))
    found = recalibrate(poor_entry, shown)
    assert found.labels == 4_000
    assert found.slope == pytest.approx(1, abs=0.15)
    assert found.offset == pytest.approx(np.log(0.25), abs=0.15)
    assert found.likelihood.better
    mine = shown.of(str(poor_entry.reference))
    assert found.promised == pytest.approx(mine.acted.sum() / mine.scores.sum())
    written = write_recalibrated(poor_entry, found, tmp_path / "entry")
    one, other = OnnxModel(poor_entry), OnnxModel(Entry.open(tmp_path / "entry"))
    logits = one.logits(one.encode([["item-1", "item-2"]]))
    before, after = one.scores(logits), other.scores(logits)
    assert after == pytest.approx(
        calibrated(np.log(before / (1 - before)), found.slope, found.offset), abs=1e-6
    )
    assert (np.argsort(before) == np.argsort(after)).all()
    assert written.version != poor_entry.version
    assert written.card["recalibrated"]["from"] == poor_entry.version
    # Where a score was in a bucket, it still is.
    edges, old = np.array(written.card["score_edges"]), np.array(poor_entry.card["score_edges"])
    assert np.searchsorted(edges, after[0]).tolist() == pytest.approx(np.searchsorted(old, before[0]), abs=1)


def test_labels_since_the_alarm_count_alone_where_they_are_enough(poor_entry):
    early = labels(poor_entry.reference, odds=1.0)
    late = labels(poor_entry.reference, odds=0.25, seed=1, began=BEGAN + 10_000)
    since = recalibrate(poor_entry, joined(early, late), BEGAN + 10_000)
    assert (since.labels, since.offset) == (4_000, pytest.approx(np.log(0.25), abs=0.15))
    few = recalibrate(poor_entry, joined(early, late), BEGAN + 13_900)
    assert few.labels == 8_000


@pytest.mark.parametrize("acted", [True, False])
def test_labels_of_one_kind_say_nothing(poor_entry, acted):
    shown = labels(poor_entry.reference)
    assert recalibrate(poor_entry, replace(shown, acted=np.full(len(shown), acted))) is None
    assert recalibrate(poor_entry, labels("another@1")) is None


@pytest.fixture
def step(registry, tmp_path):
    """Answer an alarm of the calibration, or what was asked for by hand."""

    def run(shown, what=ALERT, said=lambda _: None):
        reason = Reason(what, ("alert-1",), "calibration", BEGAN)
        task = Task(lambda: log_of(rows()), CONFIG, labels=lambda: shown, reason=reason)
        place = Work(tmp_path / "work")
        return Steps(task, place, registry, Settings(), said=said).run(), place

    return run


def test_an_alarm_is_answered_without_a_training(registry, step):
    champion = registry.champion().reference
    found, place = step(labels(champion))
    now = registry.champion()
    assert (now.model, found.trained, found.champion.reference) == (champion.model, None, champion)
    assert now.reference == found.challenger.reference == found.promotion.pointer.reference != champion
    assert "surely better: log loss" in now.why
    assert registry.entry(now.model, now.version).card["calibration"]["shown"] == 4_000
    assert place.pending(registry.address, Task(list, CONFIG), str(now.reference), lambda _: None) is None


def test_a_champion_that_knows_little_is_calibrated_all_the_same(registry, step, monkeypatch):
    monkeypatch.setattr("export.promotion.known_share", lambda *_: Known(0.0, 500))
    champion = registry.champion().reference
    found, _ = step(labels(champion))
    assert registry.champion().reference == found.challenger.reference != champion
    assert found.promotion.warning


def test_where_it_does_not_help_a_model_is_trained(registry, step):
    said = []
    found, _ = step(labels(registry.champion().reference, odds=1.0), said=said.append)
    assert found.trained is not None
    assert [line for line in said if "not surely better: log loss" in line]


@pytest.mark.parametrize(
    ("odds", "n", "why"), [(1.0, 4_000, "not surely better"), (0.25, 300, "fewer than 200")]
)
def test_by_hand_nothing_is_trained_whatever_comes_of_it(registry, step, odds, n, why):
    before = registry.champion()
    found, place = step(labels(before.reference, odds, n), HAND)
    assert (found.trained, found.promotion, registry.champion()) == (None, None, before)
    assert why in found.why
    assert (
        work.DONE
        in place.pending(
            registry.address, Task(list, CONFIG), str(before.reference), lambda _: None, again=True
        ).steps
    )


def test_another_ones_turn_leaves_the_registry_as_it_is(registry, tmp_path):
    champion = registry.champion()

    def not_ours():
        raise KeyboardInterrupt

    reason = Reason(ALERT, ("alert-1",), "calibration", BEGAN)
    task = Task(list, CONFIG, labels=lambda: labels(champion.reference), reason=reason)
    with pytest.raises(KeyboardInterrupt):
        Steps(task, Work(tmp_path / "work"), registry, Settings(), check=not_ours).run()
    assert registry.champion() == champion
