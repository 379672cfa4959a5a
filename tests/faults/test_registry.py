"""Records whose schema cannot be learnt wait, and are counted once when it can, whatever happens meanwhile."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Callable
from typing import Any

import fastavro
import orjson
import pytest

from pandian import topics
from tests.streams.decode.schemas.server import Registry, framed, serving
from tests.support.brokers import Broker
from tests.support.extracted import interactions_of_topic
from tests.support.topics import create_topic, produce, read_all
from tests.support.worker import WorkerProcess

FIELDS = [
    ("order_id", "string"),
    ("user_id", "string"),
    ("item_id", "string"),
    ("quantity", "int"),
    ("time", "long"),
]
SCHEMA = {
    "type": "record",
    "name": "shop.Order",
    "fields": [{"name": name, "type": kind} for name, kind in FIELDS],
}
START = 1_700_000_000_000


def order(number: int) -> dict[str, Any]:
    return {
        "order_id": f"o{number // 3}",
        "user_id": f"u{number % 40}",
        "item_id": f"i{number % 11}",
        "quantity": 1 + number % 4,
        "time": START + number * 60_000,
    }


def avro(number: int) -> bytes:
    written = io.BytesIO()
    fastavro.schemaless_writer(written, fastavro.parse_schema(SCHEMA), order(number))
    return framed(7, written.getvalue())


def counted(worker: WorkerProcess, topic: str) -> tuple[int, int]:
    """Return how many records of a topic are counted and how many are not."""
    document = worker.get("/v1/inventory") or {"assets": []}
    of_topic = [one for one in document["assets"] if one["source"]["topic"] == topic]
    return sum(one["records"] for one in of_topic), sum(one["quarantined"] for one in of_topic)


def know(registry: Registry) -> None:
    registry.schemas[7] = {"schemaType": "AVRO", "schema": json.dumps(SCHEMA)}
    registry.status = None


@pytest.mark.slow
def test_a_registry_that_is_down_and_back(broker: Broker, unique: Callable[[str], str]) -> None:
    topic, first, later = unique("avro"), 900, 300
    create_topic(broker.address, topic, 2)
    produce(broker.address, topic, [avro(number) for number in range(first)])
    with serving() as registry:
        registry.status = 503
        with WorkerProcess(
            broker.address, unique("group"), [topic], settings={"PANDIAN_SCHEMA_REGISTRY": registry.url}
        ) as worker:
            worker.wait(lambda: counted(worker, topic) == (0, first), "all records to wait", 40)
            worker.kill()
            worker.start()
            worker.wait(lambda: counted(worker, topic) == (0, first), "all records to wait still", 40)
            know(registry)
            # Killed while they are read again: those that a checkpoint has are not counted another time.
            time.sleep(3.5)
            worker.kill()
            worker.start()
            produce(broker.address, topic, [avro(number) for number in range(first, first + later)])
            worker.wait(lambda: counted(worker, topic) == (first + later, 0), "all records to be counted", 60)
            fields = {one["field"]: one for one in worker.get(f"/v1/inventory/{topic}")["fields"]}
            assert fields["quantity"]["sum"] == sum(
                order(number)["quantity"] for number in range(first + later)
            )
            worker.wait(
                lambda: len(interactions_of_topic(broker.address, topic)) == first + later,
                "all interactions",
                60,
            )
    assert {
        (one["user_id"], one["item_id"], one["time"]) for one in interactions_of_topic(broker.address, topic)
    } == {
        (order(number)["user_id"], order(number)["item_id"], order(number)["time"])
        for number in range(first + later)
    }
    told = [orjson.loads(record.value or b"") for record in read_all(broker.address, topics.QUARANTINE)]
    assert {one["reason"] for one in told if one["topic"] == topic} == {"schema-registry-down"}
