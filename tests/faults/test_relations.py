"""References are found among topics whose profiles are on different workers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson

from tests.support.brokers import Broker
from tests.support.topics import create_topic, produce
from tests.support.worker import WorkerProcess


def products(prefix: str, count: int) -> list[bytes]:
    return [
        orjson.dumps(
            {
                "sku": f"{prefix}-{number * 37 % 9973:05d}",
                "title": f"thing {number}",
                "price": 1 + number % 90,
            }
        )
        for number in range(count)
    ]


def lines(prefix: str, count: int, known: int) -> list[bytes]:
    return [
        orjson.dumps(
            {
                "order_id": f"o{number // 3}",
                "sku": f"{prefix}-{number % (known + 10) * 37 % 9973:05d}",
                "quantity": 1 + number % 5,
                "created_at": f"2026-03-{1 + number % 28:02d}T10:00:00Z",
            }
        )
        for number in range(count)
    ]


def keys(worker: WorkerProcess, topic: str) -> list[list[str]]:
    """Return the fields of the keys that the document of a topic tells."""
    return [key["fields"] for key in (worker.asset(topic) or {}).get("keys") or ()]


def references(worker: WorkerProcess, topic: str) -> list[tuple[str, str]] | None:
    """Return what the fields of a topic refer to."""
    found: dict[str, Any] | None = worker.get(f"/v1/inventory/{topic}")
    if not found or found["relations"] is None:
        return None
    return [
        (one["from"]["field"], f"{one['to']['asset']}.{one['to']['field']}")
        for one in found["relations"]
        if one["from"]["asset"] == topic
    ]


def test_references_among_topics(broker: Broker, unique: Callable[[str], str]) -> None:
    prefix, group = unique("rel"), unique("group")
    orders, catalogue = f"{prefix}.orders", f"{prefix}.products"
    for topic in (orders, catalogue):
        create_topic(broker.address, topic, 2)
    produce(broker.address, catalogue, products(prefix, 600))
    produce(broker.address, orders, lines(prefix, 4_000, 600))
    with (
        WorkerProcess(broker.address, group, [f"{prefix}.*"]) as worker,
        WorkerProcess(broker.address, group, [f"{prefix}.*"]) as other,
    ):
        expected = [("sku", f"{catalogue}.sku")]
        for one in (worker, other):
            one.wait(lambda one=one: references(one, orders) == expected, "the reference", 60)
        share = worker.get(f"/v1/inventory/{orders}")["relations"][0]["share"]
        assert share["low"] <= 600 / 610 <= share["high"]
        worker.wait(lambda: keys(worker, catalogue)[:1] == [["sku"]], "the key of the catalogue", 30)
