"""Retraining as a service: on alerts of the champion, each once, on a schedule, and gone on with after a restart."""

from __future__ import annotations

import os
import signal
import threading
import time
from dataclasses import replace
from itertools import pairwise
from types import SimpleNamespace

import orjson
import pytest

from models.commands import retrain as retrain_command
from models.retraining import work
from models.retraining.alerts import AlertFollower
from models.retraining.base import Reason, Task
from models.retraining.failing import Failing
from models.retraining.running import Runner
from models.retraining.service import Service
from models.retraining.work import Work
from pandian.errors import BrokerError
from pandian.events import Alert, encode
from pandian.settings import Settings
from pandian.topics import ALERTS, INTERACTIONS, MODELS
from streams import cli
from tests.models.retraining.conftest import BEGAN, CONFIG, log_of, rows
from tests.support import brokers
from tests.support.processes import wait_until
from tests.support.topics import create_topic, produce, read_all

TASK = Task(lambda: log_of(rows()), CONFIG)


@pytest.fixture
def shop():
    """A broker of its own."""
    with brokers.embedded_broker() as broker:
        create_topic(broker.address, ALERTS, 1)
        yield broker.address


def alert(address, subject, number=1, kind="auc-drop", state="firing", since=BEGAN):
    found = Alert(f"alert-{number}", kind, state, str(subject), "", 0.1, since, since, "")
    produce(address, ALERTS, [encode(found)], keys=[str(subject).encode()])


def quiet(place, registry):
    """Return what counts failures, and has no broker to tell of them at."""
    return Failing(place.folder, registry.address, Settings(), lambda _: None)


class Recorder:
    """Stands where retraining is: remembers for what reason, and ends it as one that is done."""

    def __init__(self, place, registry):
        self.place, self.registry = place, registry
        self.reasons = []
        self.trouble = None

    def __call__(self, why):
        if self.trouble:
            raise self.trouble
        reason = why()
        if reason is not None:
            self.reasons.append(reason)
            self.place.begin(self.registry.address, replace(TASK, reason=reason), None)
            self.place.done(work.DONE, why="")
            self.place.end()


@pytest.fixture
def serve(registry, tmp_path):
    """Let a service look some times; return the reasons for which it retrained."""

    def run(looks, *, address=None, every=None, said=lambda _: None, trouble=None):
        place = Work(tmp_path / "work")
        place.folder.mkdir(exist_ok=True)
        recorder = Recorder(place, registry)
        recorder.trouble = trouble
        alerts = AlertFollower(Settings(broker=address)) if address else None
        left = iter(range(looks))
        service = Service(place, registry, recorder, alerts, every, said, quiet(place, registry), look=0.05)
        service.serve(lambda: next(left, None) is None)
        if alerts:
            alerts.close()
        return recorder.reasons

    return run


def test_alerts_of_the_champion_are_answered_once(shop, registry, serve):
    champion = registry.champion().reference
    alert(shop, champion, 1)
    alert(shop, champion, 1, state="resolved")  # over before it listened
    alert(shop, champion, 2, kind="auc-drop-segment")
    alert(shop, "other@1", 3)
    produce(shop, ALERTS, [b"{", b"7", None], keys=[b"a", b"b", b"c"])
    assert serve(3, address=shop) == []
    alert(shop, champion, 4, kind="calibration", since=BEGAN + 5)
    alert(shop, champion, 5, since=BEGAN + 7)
    # Both are answered by one, and the fall of the AUC says since when.
    assert serve(4, address=shop) == [
        Reason("alert", ("alert-5", "alert-4"), "auc-drop", BEGAN + 7),
    ]
    assert serve(3, address=shop) == []  # also when it is started again
    alert(shop, champion, 6, kind="calibration")
    assert [one.alerts for one in serve(4, address=shop)] == [("alert-6",)]


def test_a_topic_that_is_not_there_yet_is_waited_for(registry, serve, embedded_broker, monkeypatch, unique):
    topic = unique("alerts")
    monkeypatch.setattr("models.retraining.alerts.ALERTS", topic)
    follower = AlertFollower(Settings(broker=embedded_broker.address))
    assert not follower.poll(0.05)
    create_topic(embedded_broker.address, topic, 1)
    found = Alert("one", "auc-drop", "firing", "a@1", "", 0.1, BEGAN, BEGAN, "")
    produce(embedded_broker.address, topic, [encode(found)])
    assert follower.poll(0.05)
    assert [one.alert_id for one in follower.of("a@1")] == ["one"]
    produce(embedded_broker.address, topic, [encode(replace(found, state="resolved"))])
    wait_until(lambda: follower.poll(0.05) and not follower.of("a@1"), 5, "the alert is over")
    follower.close()


def test_the_hour_comes_again_also_after_a_restart(serve, tmp_path):
    assert serve(3, every=1.0) == [Reason("schedule")]
    assert serve(3, every=1.0) == []
    memory = orjson.loads((tmp_path / "work" / "memory.json").read_bytes())
    memory["last"] -= 3_600_000
    (tmp_path / "work" / "memory.json").write_bytes(orjson.dumps(memory))
    assert serve(3, every=2.0) == []
    assert serve(3, every=1.0) == [Reason("schedule")]


def test_what_was_begun_for_an_alert_goes_on_after_a_restart(registry, tmp_path):
    """Nothing is trained here: the champion knows all that there is, which is also an answer."""
    told, said = [], []
    champion = str(registry.champion().reference)
    path = tmp_path / "in.csv"
    old = "".join(f"{user},{item},{when - 10**9}\n" for user, item, when in rows(3))
    path.write_text(f"user_id,item_id,timestamp\n{old}")
    place = Work(tmp_path / "work")
    runner = Runner(
        Settings(), registry, place, (str(path),), None, CONFIG, None, "Ann", said.append, told.append
    )
    reason = Reason("alert", ("alert-9",), "auc-drop", BEGAN)
    place.begin(registry.address, runner._task(reason), champion)
    left = iter(range(3))
    service = Service(
        place, registry, runner.when, None, None, said.append, quiet(place, registry), look=0.01
    )
    service.serve(lambda: next(left, None) is None)
    (found,) = told
    assert (found.reason, found.trained, found.promotion) == (reason, None, None)
    assert found.why.startswith(f"nothing is newer than what {champion} learned from: 300 interactions")
    assert place.answered("alert-9")
    assert not place.is_begun
    assert said == []
    # A file that was written again is another source: what was begun with the old one is given up.
    place.begin(registry.address, runner._task(reason), champion)
    path.write_text(path.read_text() + "u,i,1\n")
    runner.when(lambda: None)
    assert said == ["the retraining that was at 'begun' is given up: it was asked for with other options"]
    assert len(told) == 1


def test_what_goes_wrong_is_said_once_and_tried_again_later(serve):
    said = []
    trouble = BrokerError("PANDIAN_BROKER=x", "must answer", "start it")
    assert serve(4, every=1.0, said=said.append, trouble=trouble) == []
    assert said == [f"{trouble}; it is tried again in 15 s"]
    assert serve(2, every=1.0) == [Reason("schedule")]


def test_each_pause_after_what_went_wrong_is_twice_as_long(registry, tmp_path, monkeypatch):
    now, tried = [0.0], []

    def run(_):
        tried.append(now[0])
        raise BrokerError("PANDIAN_BROKER=x", "must answer", "start it")

    def sleep(seconds):
        now[0] += seconds

    clock = SimpleNamespace(monotonic=lambda: now[0], time_ns=time.time_ns, sleep=sleep)
    monkeypatch.setattr("models.retraining.service.time", clock)
    place, said = Work(tmp_path / "work"), []
    place.folder.mkdir()
    Service(place, registry, run, None, 1.0, said.append, quiet(place, registry)).serve(
        lambda: now[0] > 3 * 3600
    )
    assert tried[:5] == pytest.approx([1, 16, 46, 106, 226], abs=9)
    assert max(later - before for before, later in pairwise(tried)) == pytest.approx(3600, abs=9)
    assert len(said) == 1


def test_from_an_alert_to_the_champion(shop, registry, tmp_path, monkeypatch, capfd):
    """The command as it is run: it listens, retrains, says so in one document, and ends in order."""
    monkeypatch.setenv("PANDIAN_MODELS", str(registry.root))
    monkeypatch.setenv("PANDIAN_DATADIR", str(tmp_path / "state"))
    monkeypatch.setenv("PANDIAN_BROKER", shop)
    create_topic(shop, INTERACTIONS, 2)
    told = [
        {"user_id": user, "item_id": item, "action": "view", "time": when, "weight": 1.0}
        for user, item, when in rows()
    ]
    produce(shop, INTERACTIONS, told, keys=[one["user_id"].encode() for one in told])
    before = registry.champion()
    arguments = ["retrain", "--listen", "--model", "item-to-item", "--threads", "1", "--by", "Ann", "--json"]

    def listen(until, act=lambda: None):
        """Run it until something is so, then stop it as a container is stopped."""

        usual = signal.getsignal(signal.SIGTERM)

        def watch():
            wait_until(lambda: signal.getsignal(signal.SIGTERM) is not usual, 60, "it listens", interval=0.02)
            act()
            try:
                wait_until(until, 60, "it is done", interval=0.05)
            finally:
                os.kill(os.getpid(), signal.SIGTERM)

        watcher = threading.Thread(target=watch)
        watcher.start()
        code = cli.run(arguments)
        watcher.join()
        out, err = capfd.readouterr()
        assert code == 0, err
        assert err.splitlines()[-1] == "pandian: ended"
        return out.splitlines(), err

    def promoted():
        return registry.champion() != before and not registry.leases().holding().is_held

    lines, err = listen(promoted, lambda: alert(shop, before.reference))
    assert err.startswith("pandian: waiting for an alert of the champion on pandian.alerts; Ctrl-C ends it")
    assert f"retraining: an alert auc-drop of {before.reference} fires, since 2023-11-14 22:13 UTC" in err
    (found,) = map(orjson.loads, lines)
    assert found["reason"] == {"what": "alert", "alerts": ["alert-1"], "kind": "auc-drop", "since": BEGAN}
    assert (found["promoted"], found["announced"], found["resumed"]) == (True, True, None)
    assert registry.champion().version == found["version"]
    said = [orjson.loads(record.value) for record in read_all(shop, MODELS)]
    assert (said[-1]["champion"], said[-1]["by"]) == (found["version"], "Ann")
    # An alert that was answered is none any more, whoever is the champion.
    alert(shop, registry.champion().reference, 1)
    assert listen(lambda: True, lambda: time.sleep(1.5))[0] == []


def test_a_second_one_says_who_is_at_it(registry, tmp_path, monkeypatch, capfd):
    from export.registry import Lease

    monkeypatch.setenv("PANDIAN_MODELS", str(registry.root))
    monkeypatch.setenv("PANDIAN_DATADIR", str(tmp_path / "state"))
    path = tmp_path / "in.csv"
    path.write_text("user_id,item_id,timestamp\n")
    with Lease(registry.leases(), "Ben").acquire():
        assert cli.run(["retrain", str(path)]) == 1
        out, err = capfd.readouterr()
        assert out == ""
        assert f"Ben (process {os.getpid()} on " in err
        assert "is at it since" in err
        assert "--wait" in err
        # With --wait it waits, and goes on when its turn has come.
        said = []

        def say(text):
            said.append(text)
            registry.leases().change(lambda now: replace(now, until=0))

        monkeypatch.setattr("pandian.output.say", say)
        assert cli.run(["retrain", str(path), "--wait"]) == 1
    assert said[0].startswith("waiting: Ben")
    assert str(path) in capfd.readouterr().err  # which has no interactions


@pytest.mark.parametrize(
    ("listen", "every", "said"),
    [
        (True, None, "for an alert of the champion on pandian.alerts"),
        (False, 1.0, "until 60 min after the last one began"),
        (
            True,
            24.0,
            "for an alert of the champion on pandian.alerts, or until 24 h after the last one began",
        ),
    ],
)
def test_what_it_waits_for_is_said(listen, every, said):
    assert retrain_command.waits_for(listen=listen, every=every) == f"waiting {said}; Ctrl-C ends it"


@pytest.mark.parametrize(
    "arguments",
    [
        ("--dry-run", "--listen"),
        ("--dry-run", "--shadow", "3"),
        ("--every", "0"),
        ("--every", "nan"),
        ("--every", "inf"),
        ("--every", "3"),  # without a broker
        ("-", "--every", "3"),
        ("--listen",),  # without a broker
        ("--shadow", "3"),
    ],
)
def test_wrong_calls(arguments, registry, tmp_path, monkeypatch, capfd):
    monkeypatch.setenv("PANDIAN_MODELS", str(registry.root))
    monkeypatch.setenv("PANDIAN_DATADIR", str(tmp_path / "state"))
    assert cli.run(["retrain", *arguments]) == 2
    assert capfd.readouterr().err.count("\n") == 1
