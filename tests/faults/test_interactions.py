"""Interactions and sequences equal the reference, whatever happens to workers."""

from __future__ import annotations

import random
import time
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import orjson
import pytest

from tests.support.brokers import Broker
from tests.support.extracted import interactions_of_topic, places_of
from tests.support.topics import create_topic, delete_topic, produce
from tests.support.worker import WorkerProcess

#: The protocol is the same on both brokers, and a worker takes seconds to start: fewer on the embedded one.
KILLS, CLICKS = {"kafka": 4, "embedded": 2}, {"kafka": 90_000, "embedded": 45_000}
PARTITIONS = 3
START_MS = 1_700_000_000_000


def clicks(count: int, seed: int, who: str) -> list[dict[str, Any]]:
    """Return clicks with dirt: nobody, nothing, fractions for ids, odd spellings."""
    draw = random.Random(seed)
    found = []
    for number in range(count):
        user: Any = f"{who}-{draw.randrange(400)}"
        item: Any = draw.choice([f"sku-{draw.randrange(900)}", draw.randrange(5000)])
        if draw.random() < 0.05:
            user = draw.choice([None, "", "N/A"])
        if draw.random() < 0.05:
            item = draw.choice([None, "-", True])
        event = draw.choice(["view", "add_to_cart", "purchase", "退款"])
        found.append(
            {"user_id": user, "item_id": item, "event_type": event, "timestamp": START_MS + number * 1000}
        )
    return found


def is_interaction(click: dict[str, Any]) -> bool:
    item = click["item_id"]
    return click["user_id"] not in (None, "", "N/A") and item not in (None, "-") and item is not True


def spread(clicks: list[dict[str, Any]], address: str, topic: str) -> dict[int, list[dict[str, Any]]]:
    """Produce the clicks, in turn to each partition; return them by partition, in order of offset."""
    parts = {part: clicks[part::PARTITIONS] for part in range(PARTITIONS)}
    for part, mine in parts.items():
        produce(address, topic, [orjson.dumps(one) for one in mine], partition=part)
    return parts


def expected_places(parts: dict[int, list[dict[str, Any]]]) -> list[tuple[int, int, int]]:
    return sorted(
        (part, offset, 0)
        for part, mine in parts.items()
        for offset, one in enumerate(mine)
        if is_interaction(one)
    )


def extracted(worker: WorkerProcess, topic: str) -> dict[str, Any]:
    """Return what the worker says of a topic."""
    document = worker.get("/v1/interactions") or {"topics": []}
    return next((one for one in document["topics"] if one["topic"] == topic), {"outcomes": {}, "lag": 1})


def wait_extracted(worker: WorkerProcess, topic: str, records: int) -> dict[str, Any]:
    def done() -> bool:
        found = extracted(worker, topic)["outcomes"]
        return sum(found.values()) - found.get("broker-time", 0) >= records

    worker.wait(done, f"{records} records of {topic} to be extracted", 90)
    return extracted(worker, topic)


@pytest.mark.slow
@pytest.mark.timeout(200)
def test_killed_again_and_again_while_extracting(broker: Broker, unique: Callable[[str], str]) -> None:
    topic, draw = unique("clicks"), random.Random(5)
    create_topic(broker.address, topic, PARTITIONS)
    parts = spread(clicks(CLICKS[broker.kind], 7, topic), broker.address, topic)
    settings = {"PANDIAN_SEQUENCE_LENGTH": "50"}
    with WorkerProcess(broker.address, unique("group"), [topic], settings=settings) as worker:
        for _ in range(KILLS[broker.kind]):
            worker.wait(lambda: (worker.get("/v1/status") or {}).get("extracted", 0) > 0, "extraction", 60)
            time.sleep(draw.uniform(0.0, 0.8))
            worker.kill()
            worker.start()
        found = wait_extracted(worker, topic, CLICKS[broker.kind])
        want = expected_places(parts)
        assert found["outcomes"]["interaction"] == len(want)
        assert places_of(interactions_of_topic(broker.address, topic)) == want
        worker.wait(
            lambda: (worker.get("/v1/status") or {}).get("interactions_lag") == 0, "the sequences", 30
        )
        time.sleep(0.5)
        check_sequences(worker, parts)


def check_sequences(worker: WorkerProcess, parts: dict[int, list[dict[str, Any]]]) -> None:
    """Compare the sequences of some users with what the clicks say."""
    per_user: defaultdict[str, list[tuple[int, str]]] = defaultdict(list)
    for mine in parts.values():
        for one in filter(is_interaction, mine):
            if one["event_type"] != "退款":
                per_user[one["user_id"]].append((one["timestamp"], str(one["item_id"])))
    for user in sorted(per_user)[::20]:
        answer = worker.get(f"/v1/users/{user}")
        known = [(one["time"], one["item_id"]) for one in answer["interactions"]]
        assert known == sorted(per_user[user])[-50:], user


def test_a_topic_made_again_is_another_source(broker: Broker, unique: Callable[[str], str]) -> None:
    topic = unique("again")
    create_topic(broker.address, topic, PARTITIONS)
    first = spread(clicks(3_000, 1, topic), broker.address, topic)
    with WorkerProcess(broker.address, unique("group"), [topic]) as worker:
        wait_extracted(worker, topic, 3_000)
        delete_topic(broker.address, topic)
        create_topic(broker.address, topic, PARTITIONS)
        second = spread(clicks(4_500, 2, topic), broker.address, topic)
        wait_extracted(worker, topic, 4_500)
        found = interactions_of_topic(broker.address, topic)
        ids = sorted({one["source"]["topic_id"] for one in found})
        assert len(ids) == 2
        by_id = [places_of(one for one in found if one["source"]["topic_id"] == topic_id) for topic_id in ids]
        assert sorted(by_id, key=len) == sorted([expected_places(first), expected_places(second)], key=len)


def test_arrays_and_a_mapping_of_ones_own(
    embedded_broker: Broker, unique: Callable[[str], str], tmp_path: Any
) -> None:
    topic = unique("baskets")
    create_topic(embedded_broker.address, topic, 1)
    rows: list[dict[str, Any]] = [
        {
            "wer": f"{topic}-{number % 7}",
            "was": "T7",
            "korb": [{"ding": f"d{number}"}, {"ding": None}, {"ding": 5.0}],
        }
        for number in range(50)
    ]
    produce(embedded_broker.address, topic, [orjson.dumps(row) for row in rows])
    rules = tmp_path / "mapping.toml"
    rules.write_text(
        f'["{topic}"]\nuser = "wer"\nitem = "korb[].ding"\naction = "was"\nwords = {{ "T7" = "cart" }}\n',
        encoding="utf-8",
    )
    settings = {"PANDIAN_MAPPING": str(rules)}
    with WorkerProcess(embedded_broker.address, unique("group"), [topic], settings=settings) as worker:
        found = wait_extracted(worker, topic, 150)
        assert found["outcomes"] == {"interaction": 100, "no-item": 50, "broker-time": 100}
        assert found["mapping"]["item"] == {"field": "korb[].ding", "why": "the mapping file says so"}
        made = interactions_of_topic(embedded_broker.address, topic)
        assert {one["action"] for one in made} == {"cart"}
        assert sorted({one["source"]["index"] for one in made}) == [0, 2]
        assert sum(one["item_id"] == "5" for one in made) == 50


def test_a_mapping_file_that_is_wrong_is_said_at_the_start(
    embedded_broker: Broker, unique: Callable[[str], str], tmp_path: Any
) -> None:
    rules = tmp_path / "mapping.toml"
    rules.write_text('["shop.*"]\nuser = "a"\nitme = "b"\n', encoding="utf-8")
    worker = WorkerProcess(
        embedded_broker.address, unique("group"), [unique("t")], settings={"PANDIAN_MAPPING": str(rules)}
    )
    with worker:
        assert worker.process
        assert worker.process.wait(30) == 2
        assert "itme" in worker.said()
        assert "the keys are user, item" in worker.said()
