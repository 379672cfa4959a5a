"""A model in shadow: labels decide, or the time is over; what others do meanwhile is seen and left alone."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from models.retraining.base import ShadowWish
from models.retraining.trial import Shadowing
from pandian.settings import Settings
from pandian.topics import FEEDBACK
from tests.models.retraining.conftest import N_ITEMS
from tests.support import brokers, entries
from tests.support.labelled import shadowed
from tests.support.topics import create_topic, produce


@pytest.fixture(scope="module")
def good_entry(tmp_path_factory):
    folder = tmp_path_factory.mktemp("good") / "entry"
    items = [f"item-{number}" for number in range(N_ITEMS)]
    return entries.make_entry(folder, items=items, model="item-to-item")


@pytest.fixture(scope="module")
def broker():
    with brokers.embedded_broker() as found:
        yield found.address


@pytest.fixture
def challenger(registry, good_entry):
    return registry.add(good_entry.path)


@pytest.fixture
def trial(registry, broker):
    return Shadowing(
        registry, Settings(broker=broker, promote_labels=500), ShadowWish(minutes=60), "Ann", every=0.05
    )


def test_without_labels_the_time_is_over(trial, registry, challenger):
    said = []
    trial = replace(trial, wish=ShadowWish(minutes=0.02), said=said.append)
    assert trial.begin(challenger, "better offline") is None
    assert (registry.challenger().share, registry.challenger().why) == (0.0, "better offline")
    assert trial.begin(challenger, "again") is None
    assert registry.challenger().why == "better offline"  # one that is named already goes on
    found = trial.watch(challenger, str(registry.champion().reference))
    assert not found.better
    assert found.why.startswith("0.02 minutes in shadow decided nothing: ")
    assert len(said) == 1  # what stays as it was is said once
    trial.end(challenger, found.why)
    trial.end(challenger, found.why)
    assert registry.challenger() is None


def test_labels_decide(trial, registry, challenger, broker):
    create_topic(broker, FEEDBACK, 1)
    pair = (str(registry.champion().reference), str(challenger.reference))
    trial.begin(challenger, "")
    produce(broker, FEEDBACK, shadowed(*pair, 300))
    # 300 labels are fewer than the rule asks for; where so many are to do, they are enough to end it.
    found = replace(trial, wish=ShadowWish(labels=300)).watch(challenger, pair[0])
    assert not found.better
    assert found.why.startswith("300 labels decided nothing: ")
    produce(broker, FEEDBACK, shadowed(*pair, 3_000, better=-1.5, seed=3, first=300))
    found = trial.watch(challenger, pair[0])
    assert not found.better
    assert f"{pair[1]} is worse than {pair[0]}" in found.why


def test_another_trial_is_left_alone(trial, registry, challenger, tmp_path):
    other = registry.add(entries.make_entry(tmp_path / "other", model="other").path)
    named = registry.shadow(other.model, other.version, share=0.3, by="Ben", why="")
    refused = trial.begin(challenger, "")
    assert refused.startswith(f"{other.reference} is being tried out already")
    trial.end(challenger, refused)
    assert registry.challenger() == named
    found = trial.watch(challenger, str(registry.champion().reference))
    assert found.why.endswith(f"came to no end: {other.reference} is tried out instead")


def test_what_a_person_decides_meanwhile_counts(trial, registry, challenger):
    champion = str(registry.champion().reference)
    trial.begin(challenger, "")
    timer = threading.Timer(0.2, lambda: registry.end_shadow(by="Ben", why=""))
    timer.start()
    found = trial.watch(challenger, champion)
    timer.join()
    assert (found.better, found.why.endswith("came to no end: it was ended")) == (False, True)
    trial.begin(challenger, "")
    registry.promote(challenger.model, challenger.version, by="Ben", why="enough")
    found = trial.watch(challenger, champion)
    assert (found.better, found.why) == (True, "enough")


def test_one_whose_lease_is_lost_looks_no_more(trial, registry, challenger):
    class LostError(Exception):
        pass

    def check():
        raise LostError

    trial.begin(challenger, "")
    with pytest.raises(LostError):
        replace(trial, check=check).watch(challenger, str(registry.champion().reference))
    assert registry.challenger().reference == challenger.reference
