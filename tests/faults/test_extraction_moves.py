"""Interactions equal the reference when partitions move, brokers go away and records expire."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import orjson
import pytest

from tests.faults.test_interactions import (
    PARTITIONS,
    clicks,
    expected_places,
    extracted,
    spread,
    wait_extracted,
)
from tests.support.brokers import Broker, RealKafka, real_kafka
from tests.support.extracted import interactions_of_topic, places_of
from tests.support.topics import create_topic, expire, produce
from tests.support.worker import WorkerProcess


def extracting(worker: WorkerProcess) -> int:
    """Return how many partitions a worker extracts."""
    return int((worker.get("/v1/status") or {}).get("extracting") or 0)


@pytest.mark.slow
def test_partitions_that_move_between_two_workers(broker: Broker, unique: Callable[[str], str]) -> None:
    topic, group = unique("moves"), unique("group")
    create_topic(broker.address, topic, PARTITIONS)
    rows = clicks(60_000, 3, topic)
    parts = spread(rows[:30_000], broker.address, topic)
    first, second = (WorkerProcess(broker.address, group, [topic]) for _ in range(2))
    with first:
        first.wait(lambda: extracting(first) == PARTITIONS, "extraction", 60)
        with second:
            second.wait(lambda: extracting(second) > 0, "a share", 60)
            for part, mine in spread(rows[30_000:], broker.address, topic).items():
                parts[part] += mine
            time.sleep(0.3)
            assert first.terminate() == 0
            found = wait_extracted(second, topic, len(rows))
            want = expected_places(parts)
            assert found["outcomes"]["interaction"] == len(want)
            second.wait(lambda: extracted(second, topic)["lag"] == 0, "no lag", 10)
            assert places_of(interactions_of_topic(broker.address, topic)) == want


@pytest.fixture
def own_kafka() -> Iterator[RealKafka]:
    """A Kafka that a test may kill."""
    with real_kafka() as kafka:
        yield kafka


@pytest.mark.kafka
@pytest.mark.slow
def test_a_broker_that_dies_and_comes_back(own_kafka: RealKafka, unique: Callable[[str], str]) -> None:
    topic, address = unique("outage"), own_kafka.address
    create_topic(address, topic, PARTITIONS)
    rows = clicks(120_000, 4, topic)
    parts = spread(rows, address, topic)
    with WorkerProcess(address, unique("group"), [topic]) as worker:
        worker.wait(lambda: (worker.get("/v1/status") or {}).get("extracted", 0) > 0, "extraction", 60)
        own_kafka.kill()
        time.sleep(2)
        own_kafka.start()
        found = wait_extracted(worker, topic, len(rows))
        want = expected_places(parts)
        assert found["outcomes"]["interaction"] == len(want)
        assert places_of(interactions_of_topic(address, topic)) == want


def test_records_that_expired_unread_are_counted_as_such(
    kafka_broker: RealKafka, unique: Callable[[str], str]
) -> None:
    topic, group, address = unique("expired"), unique("group"), kafka_broker.address
    create_topic(address, topic, 1)
    rows = clicks(4_000, 6, topic)
    produce(address, topic, [orjson.dumps(row) for row in rows[:1_500]])
    expire(address, topic, {0: 200})
    worker = WorkerProcess(address, group, [topic])
    with worker:
        assert wait_extracted(worker, topic, 1_500)["outcomes"]["expired"] == 200
        assert worker.terminate() == 0
        produce(address, topic, [orjson.dumps(row) for row in rows[1_500:]])
        expire(address, topic, {0: 2_500})
        worker.start()
        found = wait_extracted(worker, topic, 4_000)
        assert found["outcomes"]["expired"] == 200 + 1_000
        assert found["lag"] == 0
        made = places_of(interactions_of_topic(address, topic))
        assert made == [
            place for place in expected_places({0: rows}) if 200 <= place[1] < 1_500 or place[1] >= 2_500
        ]
        assert "1000 offsets expired before they were read" in worker.said()
