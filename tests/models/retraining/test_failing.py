"""A retraining service that fails for long tells people so, once, and when it works again."""

from __future__ import annotations

from types import SimpleNamespace

import orjson
import pytest

from export.registry import RegistryError
from models.retraining.base import Reason
from models.retraining.failing import Failing
from models.retraining.service import Service
from models.retraining.work import Work
from pandian.errors import BrokerError
from pandian.settings import Settings
from pandian.topics import ALERTS
from tests.models.retraining.conftest import BEGAN, HOUR
from tests.support import brokers
from tests.support.processes import free_port
from tests.support.topics import create_topic, read_all

MINUTE = 60_000


@pytest.fixture(scope="module")
def broker():
    with brokers.embedded_broker() as found:
        create_topic(found.address, ALERTS, 1)
        yield found.address


@pytest.fixture
def told(broker):
    """Return what was told since the test began."""
    before = len(read_all(broker, ALERTS))
    return lambda: [orjson.loads(one.value) for one in read_all(broker, ALERTS)[before:]]


class Clock:
    def __init__(self):
        self.now = BEGAN

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def started(tmp_path, broker, clock):
    """Start the service anew, as after a kill: what it knows is what stands in its folder."""

    def start(address=broker, said=lambda _: None):
        return Failing(tmp_path / "work", "/models", Settings(broker=address), said, clock)

    return start


def fail(failing, clock, times, minutes):
    for _ in range(times):
        failing.begun()
        failing.failed("the archive: cannot be read; mount it")
        clock.now += minutes * MINUTE


def test_an_hour_of_failures_is_told_once_and_so_is_their_end(started, clock, told):
    failing = started()
    fail(failing, clock, 4, 20)
    (found,) = told()
    assert (found["kind"], found["state"], found["subject"]) == ("retraining-fails", "firing", "/models")
    assert (found["since"], found["size"]) == (BEGAN, 4)
    assert found["text"] == (
        "Retraining for /models fails: 4 attempts since 2023-11-14 22:13 UTC, and none came to its end; the last: the"
        " archive: cannot be read; mount it."
    )
    assert found["runbook"] == "docs/runbooks/retraining-fails.md"
    fail(failing, clock, 5, 60)
    fail(started(), clock, 2, 60)  # also when it is started again
    assert len(told()) == 1
    failing = started()
    failing.over()
    failing.over()
    started().over()
    _, last = told()
    assert (last["alert_id"], last["state"]) == (found["alert_id"], "resolved")
    fail(started(), clock, 2, 20)
    assert len(told()) == 2  # it is counted anew


@pytest.mark.parametrize(("times", "minutes"), [(20, 2), (2, 600)])
def test_what_fails_for_a_short_time_or_seldom_is_none_of_it(started, clock, told, times, minutes):
    fail(started(), clock, times, minutes)
    started().over()
    assert told() == []


def test_a_service_that_is_killed_in_each_attempt_is_told_of(started, clock, told):
    for _ in range(4):
        started().begun()
        clock.now += 30 * MINUTE
    (found,) = told()
    assert found["evidence"].endswith(
        "its process ended without a word, as when it is killed for want of memory"
    )


def test_one_that_people_start_anew_has_not_failed(started, clock, told):
    for _ in range(9):
        failing = started()
        failing.begun()
        failing.interrupted()
        clock.now += HOUR
    assert told() == []
    # It was never in trouble, so an hour begins with the next failure.
    fail(started(), clock, 3, 1)
    assert told() == []


def test_an_alert_that_cannot_be_written_is_written_with_the_next_failure(started, clock, told, monkeypatch):
    monkeypatch.setattr("pandian.kafka_client.CONNECT_MS", 300)
    said = []
    away = started(f"127.0.0.1:{free_port()}", said.append)
    fail(away, clock, 3, 20)
    assert said == []
    clock.now += HOUR
    fail(away, clock, 1, 1)
    assert said[0].startswith("nobody can be told that retraining fails: PANDIAN_BROKER=")
    fail(started(), clock, 1, 1)
    (found,) = told()
    assert found["size"] == 5
    # So is its end.
    with pytest.raises(BrokerError):
        started(f"127.0.0.1:{free_port()}").over()
    started().over()
    assert [one["state"] for one in told()] == ["firing", "resolved"]


def test_without_a_broker_nobody_is_told(started, clock):
    failing = started(None)
    fail(failing, clock, 9, 60)
    failing.over()


@pytest.mark.parametrize("full", [False, True])
def test_a_folder_that_cannot_be_written_hinders_nobody_from_being_told(broker, tmp_path, clock, told, full):
    if full:
        (tmp_path / "work" / ".failing.json.new").mkdir(parents=True)
    else:
        (tmp_path / "work").write_text("no folder")
    failing = Failing(tmp_path / "work", "/models", Settings(broker=broker), lambda _: None, clock)
    fail(failing, clock, 4, 20)
    failing.over()
    assert [one["state"] for one in told()] == ["firing", "resolved"]


def test_the_service_tells_what_it_meets(broker, registry, tmp_path, monkeypatch, told):
    """Hours of a registry that is away, and then it is there again: as it runs, with a clock of its own."""
    now = [0.0]

    def sleep(seconds):
        now[0] += seconds

    monotonic = SimpleNamespace(
        monotonic=lambda: now[0], sleep=sleep, time_ns=lambda: int((BEGAN / 1000 + now[0]) * 1e9)
    )
    monkeypatch.setattr("models.retraining.service.time", monotonic)
    place = Work(tmp_path / "work")
    place.folder.mkdir()

    def run(why):
        assert why() == Reason("schedule")
        if now[0] < 3 * 3600:
            raise RegistryError("the registry s3://models", "must answer", "look for it")
        now[0] += 3600

    failing = Failing(
        place.folder,
        registry.address,
        Settings(broker=broker),
        lambda _: None,
        lambda: BEGAN + int(now[0] * 1000),
    )
    service = Service(place, registry, run, None, 1.0, lambda _: None, failing)
    service.serve(lambda: now[0] > 5 * 3600)
    first, last = told()
    assert (first["state"], last["state"]) == ("firing", "resolved")
    assert first["evidence"].endswith("the last: the registry s3://models: must answer; look for it")
    assert BEGAN + HOUR <= first["time"] <= BEGAN + 2.2 * HOUR
    assert BEGAN + 3 * HOUR <= last["time"] <= BEGAN + 4.5 * HOUR
