"""Extraction in trouble: one chunk a partition, the mapping pinned before the first send, no late states."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID

import orjson
import pytest
from aiokafka.errors import KafkaTimeoutError
from faust.types import TP
from prometheus_client import CollectorRegistry

from pandian.settings import Settings
from streams.counting.base import Source
from streams.interactions.base import FieldMapping, Part
from streams.interactions.items import ItemsReader
from streams.interactions.state import ExtractionState
from streams.inventory.policy import default_policy
from streams.stages import extraction
from streams.stages.extracting import Extracting
from streams.stages.extraction import ExtractionPart
from streams.transport.outbox import Outgoing
from tests.streams.stages.test_extracting import clicks

MAPPING = FieldMapping("interactions", {"user": Part("user", "-"), "item": Part("item", "-")})


class Log:
    """The log of states and the outbox: what was written and sent, in order, and what is to fail."""

    def __init__(self) -> None:
        self.events: list[tuple[str, str, int]] = []
        self.states: list[ExtractionState] = []
        self.failing: set[str] = set()
        self.flying: dict[str, int] = {}
        self.most_flying = 0

    async def send(self, outgoing: Iterable[Outgoing]) -> None:
        """Send as slowly as the topic's name is long; fail where that is asked for."""
        records = list(outgoing)
        topic = orjson.loads(records[0].value)["source"]["topic"]
        self.flying[topic] = self.flying.get(topic, 0) + 1
        self.most_flying = max(self.most_flying, self.flying[topic])
        await asyncio.sleep(0.01 * len(topic))
        self.flying[topic] -= 1
        if topic in self.failing:
            raise KafkaTimeoutError
        self.events.append(("sent", topic, len(records)))

    async def write(self, state: ExtractionState) -> None:
        """Write a state, unless the log is to fail."""
        if "log" in self.failing:
            raise KafkaTimeoutError
        self.events.append(("state", state.topic, state.end))
        self.states.append(ExtractionState.decode(state.encode()))


class Bench:
    """An extraction part with partitions of its own, and a log instead of a broker."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
        monkeypatch.setattr(extraction, "_RETRY_SECONDS", 0.0)
        self.log, self.sought = Log(), list[tuple[str, int]]()
        settings = Settings(broker="nowhere:1")
        policy = default_policy(100)
        metrics = SimpleNamespace(registry=CollectorRegistry())
        context: Any = SimpleNamespace(
            app=None, admin=None, settings=settings, policy=policy, metrics=metrics
        )
        self.profile = SimpleNamespace(sources={TP(name, 0): source(UUID(int=1)) for name in names})
        unasked: Any = None
        profile: Any = self.profile
        self.part: Any = cast("Any", ExtractionPart(context, profile, unasked))
        self.part._outbox = self.log
        self.part._beginnings = SimpleNamespace(write=self.log.write)
        self.part._consumer = SimpleNamespace(seek=lambda tp, offset: self.sought.append((tp.topic, offset)))
        for name in names:
            state = ExtractionState(name, Source(UUID(int=1), 0), MAPPING, 0)
            self.part._extracting[TP(name, 0)] = Extracting(TP(name, 0), state, ItemsReader(policy.masker))

    def one(self, name: str) -> Extracting:
        """Return a partition."""
        found: Extracting = self.part._extracting[TP(name, 0)]
        return found

    def advance(self, records: Sequence[Any]) -> None:
        """Hand the same records to every partition, as one fetch would."""
        works = {tp: (one, records) for tp, one in self.part._extracting.items()}
        asyncio.run(self.part._advance_all(works))


def source(topic_id: UUID, epoch: int | None = 1) -> Any:
    counter = SimpleNamespace(counting=epoch is not None, topic_id=topic_id)
    return SimpleNamespace(epoch=epoch, counter=counter, lag=0)


def test_a_partition_in_trouble_waits_for_the_others_and_is_read_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bench = Bench(monkeypatch, "a", "much-slower")
    bench.log.failing = {"a"}
    bench.advance(clicks(0, 3_000))
    # Otherwise the slower one, still under way, would be fetched and sent a second time beside itself.
    assert bench.one("much-slower").state.end == 3_000
    assert bench.one("a").state.end == 0
    assert bench.sought == [("a", 0)]
    bench.log.failing = set()
    bench.advance(clicks(0, 3_000))
    assert [bench.one(name).state.outcomes["interaction"] for name in ("a", "much-slower")] == [3_000, 3_000]
    assert bench.log.most_flying == 1


def test_an_error_of_our_own_making_stops_nothing_and_tells_no_values(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    bench = Bench(monkeypatch, "a", "b")

    def broken(*_: Any) -> Any:
        raise ValueError("jane.doe@example.org")

    bench.part._extracting[TP("a", 0)] = SimpleNamespace(
        tp=TP("a", 0), state=bench.one("a").state, chunks=broken
    )
    bench.advance(clicks(0, 100))
    assert bench.one("b").state.end == 100
    assert bench.sought == [("a", 0)]
    assert "ValueError" in caplog.text
    assert "jane" not in caplog.text


def test_the_mapping_is_pinned_before_anything_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench(monkeypatch, "a")
    bench.advance(clicks(0, 3_000))
    assert bench.log.events == [("state", "a", 0), ("sent", "a", 1_500), ("sent", "a", 1_500)]
    assert bench.log.states[0].pinned


def test_nothing_is_sent_by_a_mapping_that_could_not_be_pinned(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench(monkeypatch, "a")
    bench.log.failing = {"log"}
    bench.advance(clicks(0, 10))
    assert bench.log.events == []
    assert not bench.one("a").state.pinned
    bench.log.failing = set()
    bench.advance(clicks(0, 10))
    assert bench.log.events == [("state", "a", 0), ("sent", "a", 10)]


def test_records_of_which_nothing_comes_pin_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench(monkeypatch, "a")
    monkeypatch.setattr(bench.log, "send", lambda outgoing: asyncio.sleep(0))
    bench.advance([one._replace(value=b'{"user": null}') for one in clicks(0, 20)])
    assert bench.one("a").state.end == 20
    assert not bench.one("a").state.pinned


def test_a_checkpoint_writes_what_moved_and_is_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench(monkeypatch, "gone", "again", "begun", "still", "kept")
    bench.advance(clicks(0, 10))
    bench.one("still").written = 10
    sources = bench.profile.sources
    del sources[TP("gone", 0)]
    sources[TP("again", 0)] = source(UUID(int=2))
    sources[TP("begun", 0)] = source(UUID(int=2), epoch=None)
    bench.log.events.clear()
    asyncio.run(bench.part.checkpoint())
    assert sorted(bench.log.events) == [("state", "begun", 10), ("state", "kept", 10)]
    bench.log.events.clear()
    asyncio.run(bench.part.checkpoint())
    assert bench.log.events == []
