"""A retraining that is killed at any step goes on there: nothing is read, trained, decided or registered twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import orjson
import pytest

from export import known
from export.registry import Lease, LeaseLostError
from models.retraining import work
from models.retraining.base import ShadowWish, Task
from models.retraining.exceptions import WorkError
from models.retraining.kept import load_log, save_log
from models.retraining.steps import Steps, retrain
from models.retraining.work import Work
from pandian.settings import Settings
from pandian.topics import FEEDBACK
from tests.models.retraining.conftest import CONFIG, log_of, rows
from tests.support.labelled import shadowed
from tests.support.topics import create_topic, produce, topics

ALL = (
    work.READ,
    work.TRAINED,
    work.COMPARED,
    work.REGISTERED,
    work.SHADOW,
    work.TRIED,
    work.PROMOTED,
    work.DONE,
)


class Killed(BaseException):
    """As a kill, it is caught by nothing."""


def not_ours():
    raise LeaseLostError("the registry", "may be another one's", "run it again")


def audit(registry):
    lines = (registry.root / "audit.jsonl").read_bytes().splitlines()
    return [(line["what"], line["model"]) for line in map(orjson.loads, lines)]


@pytest.fixture
def settings(embedded_broker):
    if FEEDBACK not in topics(embedded_broker.address):
        create_topic(embedded_broker.address, FEEDBACK, 2)
    return Settings(broker=embedded_broker.address, promote_labels=1000)


def test_what_knows_nothing_of_the_stream_is_not_promoted(registry, settings, unique, monkeypatch):
    topic = unique("interactions")
    create_topic(settings.broker, topic)
    told = {"user_id": "u", "item_id": "of another shop", "action": "view", "time": 1}
    produce(settings.broker, topic, [told] * 100)
    monkeypatch.setattr(known, "INTERACTIONS", topic)
    before = registry.champion()
    outcome = retrain(log_of(rows()), CONFIG, registry, settings)
    assert outcome.promotion is None
    assert "knows the items of 0.0% of the newest 100 interactions" in outcome.why
    assert registry.champion() == before


def test_killed_after_each_step_it_goes_on(registry, settings, tmp_path):
    read, trained, looked = [], [], []

    def interactions():
        read.append(1)
        return log_of(rows())

    task = Task(interactions, CONFIG, source=("kafka",), shadow=ShadowWish(minutes=5), by="Ann")
    done = []
    for step in ALL:

        def stepped(now, step=step):
            done.append(now)
            if now == work.SHADOW:
                pair = (str(registry.champion().reference), str(registry.challenger().reference))
                produce(settings.broker, FEEDBACK, shadowed(*pair, 2_000, better=0.8))
            if now == step:
                raise Killed

        steps = Steps(
            task,
            Work(tmp_path / "work", stepped),
            registry,
            settings,
            progress=lambda what, _: trained.append(what) if what == "exporting" else looked.append(what),
        )
        with pytest.raises(Killed):
            steps.run()
        if step == work.COMPARED:
            before = audit(registry)
            lost = Steps(task, Work(tmp_path / "work"), registry, settings, check=not_ours)
            with pytest.raises(LeaseLostError):
                lost.run()
            assert audit(registry) == before
    assert done == list(ALL)  # each once
    assert (len(read), len(trained)) == (1, 1)
    assert sum(what.startswith("asking") for what in set(looked)) == 1
    name = registry.champion().model
    assert audit(registry)[2:] == [("add", name), ("shadow", name), ("promote", name)]
    assert registry.challenger() is None
    # It was done, and nobody was told: whoever listens tells it now.
    found = Steps(task, Work(tmp_path / "work"), registry, settings).run(again=True)
    assert (found.resumed, found.shadowed, found.comparison.better) == (work.DONE, True, True)
    assert found.promotion.pointer == registry.champion()
    assert found.why == registry.champion().why
    assert "on 2,000 labels that both scored" in found.why
    assert (found.champion.model, found.challenger.reference) == (
        "popularity",
        registry.champion().reference,
    )
    assert len(read) == 1
    Work(tmp_path / "work").end()
    assert sorted(path.name for path in (tmp_path / "work").iterdir()) == ["memory.json"]


KILLED = """
import os, signal, sys
from pathlib import Path
from export.registry import Lease, Registry
from models.retraining.base import Task
from models.retraining.steps import Steps
from models.retraining.work import Work
from pandian.settings import Settings
from tests.models.retraining.conftest import CONFIG, log_of, rows
folder = Path(sys.argv[1])
registry = Registry(folder / "registry")
place = Work(folder / "work", lambda step: step == "trained" and os.kill(os.getpid(), signal.SIGKILL))
with Lease(registry.leases(), "Ann").acquire(), place.held():
    Steps(Task(lambda: log_of(rows()), CONFIG), place, registry, Settings()).run()
"""


def test_after_a_real_kill_it_goes_on_at_once(registry, tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", KILLED, tmp_path],
        env={**os.environ, "PYTHONPATH": str(Path.cwd())},
        check=False,
    )
    assert done.returncode == -signal.SIGKILL
    assert registry.leases().holding().by == "Ann"
    said, seen = [], []

    def never():
        raise AssertionError

    place = Work(tmp_path / "work")
    # Neither the lease nor the folder of one that was killed keeps us waiting.
    with Lease(registry.leases()).acquire() as lease, place.held():
        steps = Steps(
            Task(never, CONFIG),
            place,
            registry,
            Settings(),
            said=said.append,
            progress=lambda what, _: seen.append(what),
            check=lease.check,
        )
        found = steps.run()
        place.end()
    assert found.resumed == "trained"
    assert said[0].startswith("going on after 'trained' with the retraining that began 20")
    assert {what.partition(" ")[0] for what in seen} == {"asking"}
    assert found.totals.interactions == len(rows())
    assert registry.champion().reference == found.challenger.reference
    assert [what for what, _ in audit(registry)] == ["add", "promote", "add", "promote"]


def test_a_training_that_checkpoints_goes_on_from_there(registry, tmp_path):
    sasrec = CONFIG.sasrec.model_copy(update={"size": 8, "layers": 1, "epochs": 4, "checkpoint_seconds": 0})
    config = CONFIG.model_copy(update={"model": "sasrec", "sasrec": sasrec})
    task = Task(lambda: log_of(rows()), config)
    place, shares = Work(tmp_path / "work"), []

    def progress(what, share):
        if what == "sasrec":
            shares.append(share)
            if share > 0.6:
                raise Killed

    with pytest.raises(Killed):
        Steps(task, place, registry, Settings(), progress=progress).run()
    assert list(place.checkpoints.iterdir())
    shares.clear()
    with pytest.raises(Killed):
        Steps(task, place, registry, Settings(), progress=progress).run()
    assert shares[0] > 0.5


def test_what_is_asked_otherwise_is_begun_anew(registry, tmp_path):
    place, said = Work(tmp_path), []
    task = Task(lambda: log_of(rows()), CONFIG)
    champion = str(registry.champion().reference)

    def pending(of, **more):
        return place.pending(registry.address, of, more.pop("by", champion), said.append, **more)

    assert pending(task) is None
    begun = place.begin(registry.address, task, champion)
    place.done(work.READ, interactions=3)
    assert pending(task) == begun
    with pytest.raises(WorkError, match="of the registry"):
        place.pending("elsewhere", task, champion, said.append)
    assert said == []
    other = replace(task, config=CONFIG.model_copy(update={"seed": 3}))
    assert pending(other) is None
    assert said == ["the retraining that was at 'read' is given up: it was asked for with other options"]
    assert pending(task) is None
    old = place.begin(registry.address, task, champion)
    old.began -= 25 * 3_600_000
    place.done(work.READ, interactions=3)
    assert pending(task) is None
    assert said[-1].endswith("what it has read is more than a day old")
    place.begin(registry.address, task, champion)
    assert pending(task, by="other@1") is None
    assert said[-1] == "the retraining that was at 'begun' is given up: other@1 became the champion meanwhile"
    place.begin(registry.address, task, champion)
    place.done(work.COMPARED)
    assert pending(task, by="other@1") is not None  # it was decided
    (tmp_path / "journal.json").write_bytes(b"{}")
    with pytest.raises(WorkError, match="remove it"):
        pending(task)


def test_one_at_a_time_in_a_folder(tmp_path):
    with (
        Work(tmp_path).held(),
        pytest.raises(WorkError, match="somebody else works in it"),
        Work(tmp_path).held(),
    ):
        pass
    with Work(tmp_path / "new").held():
        assert not (tmp_path / "new").stat().st_mode & 0o077


def test_what_was_read_is_kept_as_it_is(tmp_path):
    log = log_of(rows()).distinct()
    save_log(tmp_path, log)
    found = load_log(tmp_path)
    for name in ("users", "items", "times"):
        np.testing.assert_array_equal(getattr(found, name), getattr(log, name))
    assert (found.user_ids, found.item_ids, found.read) == (log.user_ids, log.item_ids, log.read)
    assert found.fingerprint == log.fingerprint
    (tmp_path / "interactions.arrow").write_bytes(b"ARROW1")
    with pytest.raises(WorkError, match="must be whole"):
        load_log(tmp_path)
