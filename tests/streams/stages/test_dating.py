"""How old records were is read from the broker when it is asked, of each source by itself."""

from __future__ import annotations

import time
from types import SimpleNamespace
from typing import Any

import numpy as np
import orjson
import pytest

from pandian import topics
from pandian.errors import BrokerError
from pandian.settings import load_settings
from streams.stages.dating import _Dated, _delays, _origin, _spans, ages
from streams.transport.admin import ClusterAdmin
from tests.support.brokers import Broker
from tests.support.topics import create_topic, produce

MINUTE_MS, HOUR_MS = 60_000, 3_600_000
FIELDS = {"shop.clicks": "at", "shop.orders": "when"}
#: How old records are, and how much that changes, seconds.
USUAL = {"shop.clicks": (2.0, 28_800.0), "shop.orders": (5.0, -28_800.0), topics.IMPRESSIONS: (0.0, 0.0)}


def acted(source: Any, time_ms: Any) -> bytes:
    return orjson.dumps(
        {"user_id": "u", "item_id": "i", "action": "view", "time": time_ms, "source": {"topic": source}}
    )


async def test_each_source_has_its_own_clock(own_broker: Broker) -> None:
    address = own_broker.address
    settings = load_settings(broker=address)
    for topic in (topics.INTERACTIONS, topics.IMPRESSIONS):
        create_topic(address, topic, 8)
    now = time.time_ns() // 1_000_000
    settled = now - 8 * MINUTE_MS
    wrong = 0
    for minute in range(40, 0, -1):
        came = now - minute * MINUTE_MS
        if came > settled:
            wrong = 8 * HOUR_MS
        records = [acted("shop.clicks", came - 2_000 - wrong) for _ in range(10)]
        records += [acted("shop.orders", came - 5_000 + wrong) for _ in range(10)]
        records += [
            b"no JSON",
            b"7",
            acted("shop.clicks", "noon"),
            acted(["no", "name"], came),
            acted("else", came),
        ]
        produce(address, topics.INTERACTIONS, records, partition=1, timestamp_ms=came)
        produce(
            address, topics.IMPRESSIONS, [orjson.dumps({"time": came})] * 5, partition=0, timestamp_ms=came
        )
    admin = ClusterAdmin(settings)
    context: Any = SimpleNamespace(settings=settings, admin=admin)
    found = {(one.asset, one.field): one for one in await ages(context, settled, FIELDS)}
    await admin.close()
    assert found.keys() == {("shop.clicks", "at"), ("shop.orders", "when"), (topics.IMPRESSIONS, "time")}
    for (asset, _), one in found.items():
        assert np.all(np.diff(one.times) > 0)
        usual, wrong_s = USUAL[asset]
        assert sum(when < settled for when in one.times) >= 2
        for when, some in zip(one.times, one.seconds, strict=True):
            # Records of a look came within some minutes of each other.
            assert set(some) <= ({usual} if when < settled - 2 * MINUTE_MS else {usual, usual + wrong_s})
            if when > settled + 2 * MINUTE_MS:
                assert set(some) == {usual + wrong_s}


async def test_how_long_records_waited_for_a_worker_is_no_fault_of_a_clock(own_broker: Broker) -> None:
    address = own_broker.address
    create_topic(address, "shop.clicks", 2)
    for topic in (topics.INTERACTIONS, topics.IMPRESSIONS):
        create_topic(address, topic)
    admin = ClusterAdmin(settings := load_settings(broker=address))
    there = (await admin.topics(["shop.clicks"]))["shop.clicks"]
    start = time.time_ns() // 1_000_000 - 400 * MINUTE_MS
    written = [start + minute * MINUTE_MS for minute in range(400)]
    made = []
    for partition in (0, 1):
        produce(address, "shop.clicks", [b"{}"] * 400, partition=partition, timestamp_ms=written)
        for minute, one in enumerate(written):
            # From the 200th on the worker of one of the partitions is behind; the clock is, from the 300th on.
            came = one + (400 - minute) * 10_000 * (minute >= 200) * (partition == 0) + 10
            origin = {
                "topic": "shop.clicks",
                "topic_id": there.id.hex,
                "partition": partition,
                "offset": minute,
            }
            made.append((came, {"time": one - 2_000 - 2 * HOUR_MS * (minute >= 300), "source": origin}))
    made.sort(key=lambda one: one[0])
    times = [came for came, _ in made]
    produce(
        address,
        topics.INTERACTIONS,
        [orjson.dumps(record) for _, record in made],
        partition=0,
        timestamp_ms=times,
    )
    context: Any = SimpleNamespace(settings=settings, admin=admin)
    (found,) = await ages(context, written[200], FIELDS)
    await admin.close()
    for when, some in zip(found.times, found.seconds, strict=True):
        if when < written[270]:
            assert -600 < min(some) <= max(some) < 600
        if when > written[360]:
            assert 7_202 - 600 < min(some) <= max(some) < 7_202 + 600
    assert found.times[-1] > written[360]


@pytest.mark.parametrize(
    "origin",
    [
        {"topic": "shop.clicks"},
        {"topic": "shop.clicks", "topic_id": "0" * 32, "partition": 0, "offset": 0},
        {"topic": "shop.clicks", "topic_id": None, "partition": "0", "offset": 1.5},
        {"topic": "shop.clicks", "topic_id": "there", "partition": 7, "offset": 0},
        {"topic": "shop.clicks", "topic_id": "there", "partition": 0, "offset": -1},
        {"topic": "shop.clicks", "topic_id": "there", "partition": 0, "offset": 99},
    ],
    ids=("none", "another topic", "no places", "no partition", "no offset", "not there"),
)
async def test_what_a_record_was_made_from_may_be_there_no_more(
    broker: Broker, unique: Any, origin: dict[str, Any]
) -> None:
    name = unique("clicks")
    create_topic(broker.address, name)
    admin = ClusterAdmin(settings := load_settings(broker=broker.address))
    there = (await admin.topics([name]))[name]
    produce(broker.address, name, [b"{}"], partition=0)
    said = origin | ({"topic_id": there.id.hex} if origin.get("topic_id") == "there" else {})
    context: Any = SimpleNamespace(settings=settings, admin=admin)
    assert await _delays(context, name, [_Dated(1_000, 5.0, _origin(said))]) == [0.0]
    await admin.close()


@pytest.mark.parametrize(("start", "end"), [(0, 0), (7, 8), (0, 25), (0, 26), (3, 5_000), (0, 1_000_000)])
def test_no_record_is_read_twice_and_the_oldest_are_reached_where_there_are_few(start: int, end: int) -> None:
    spans = _spans(start, end)
    assert len(spans) <= 48
    read = [offset for span in spans for offset in range(*span)]
    assert len(read) == len(set(read))
    assert set(read) <= set(range(start, end))
    if start < end:
        assert end - 1 in read
    if end < 1_000_000:
        assert start in read or start == end


async def test_where_the_broker_does_not_answer_the_cause_is_told_without_clocks() -> None:
    async def unreachable(_names: object) -> None:
        raise BrokerError("127.0.0.1:9092", "must be reachable", "start it")

    context: Any = SimpleNamespace(settings=load_settings(), admin=SimpleNamespace(topics=unreachable))
    assert await ages(context, 1_000_000, FIELDS) == []
