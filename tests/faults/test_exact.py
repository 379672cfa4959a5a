"""Counts stay exact whatever happens to workers: killed, added, taken away, or told to stop."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from typing import Any

import orjson
import pytest

from tests.support.brokers import Broker
from tests.support.reference import assert_same
from tests.support.topics import create_topic, produce
from tests.support.worker import WorkerProcess

#: The protocol is the same on both brokers, and a worker takes seconds to start: fewer on the embedded one.
KILLS, LINES = {"kafka": 6, "embedded": 4}, {"kafka": 40_000, "embedded": 30_000}
PARTITIONS = 3


def order_lines(count: int, seed: int) -> list[dict[str, Any]]:
    """Return order lines with dirt: nulls, absent fields, blanks, negative quantities."""
    draw = random.Random(seed)
    lines = []
    for number in range(count):
        line: dict[str, Any] = {
            "invoice": f"{536000 + number // 7}",
            "sku": f"SKU-{draw.randrange(3000)}",
            "quantity": draw.randrange(-20, 200),
            "price": round(draw.lognormvariate(1, 1), 2),
            "customer": draw.choice([None, "", draw.randrange(12000, 18000)]),
        }
        if draw.random() < 0.3:
            line["coupon"] = draw.choice(["SPRING", "N/A", "VIP"])
        lines.append(line)
    return lines


def produce_slowly(address: str, topic: str, lines: list[dict[str, Any]], seconds: float) -> threading.Thread:
    """Produce over some time, in the background."""
    chunks = [lines[start::60] for start in range(60)]

    def run() -> None:
        for chunk in chunks:
            produce(address, topic, [orjson.dumps(line) for line in chunk])
            time.sleep(seconds / len(chunks))

    thread = threading.Thread(target=run)
    thread.start()
    return thread


@pytest.mark.slow
@pytest.mark.timeout(280)
def test_killed_again_and_again_while_counting(broker: Broker, unique: Callable[[str], str]) -> None:
    topic, draw = unique("killed"), random.Random(11)
    lines = order_lines(LINES[broker.kind], seed=1)
    create_topic(broker.address, topic, PARTITIONS)
    produce(broker.address, topic, [orjson.dumps(line) for line in lines])
    worker = WorkerProcess(broker.address, unique("group"), [topic], options=["--max-rate", "3000"])
    with worker:
        for _ in range(KILLS[broker.kind]):
            worker.wait(lambda: (worker.get("/v1/status") or {}).get("records_read", 0) > 0, "reading", 60)
            time.sleep(draw.uniform(0.0, 1.2))
            worker.kill()
            worker.start()
        asset = worker.wait_counted(topic, len(lines), 120)
        assert_same(asset, lines)
        assert worker.terminate() == 0


@pytest.mark.slow
def test_one_worker_joins_and_one_leaves(broker: Broker, unique: Callable[[str], str]) -> None:
    topic, group = unique("shared"), unique("group")
    lines = order_lines(30_000, seed=2)
    create_topic(broker.address, topic, 4)
    feeding = produce_slowly(broker.address, topic, lines, seconds=15)
    first = WorkerProcess(broker.address, group, [topic], options=["--max-rate", "4000"])
    second = WorkerProcess(broker.address, group, [topic], options=["--max-rate", "4000"])
    with first:
        first.wait_counted(topic, 1000)
        with second:
            second.wait(lambda: (second.get("/v1/status") or {}).get("partitions", 0) > 0, "its share", 60)
            time.sleep(2)
            assert first.terminate() == 0
            feeding.join()
            asset = second.wait_counted(topic, len(lines), 120)
            assert_same(asset, lines)


def test_a_stop_in_order_takes_less_than_five_seconds_and_loses_nothing(
    broker: Broker, unique: Callable[[str], str]
) -> None:
    topic, group = unique("stopped"), unique("group")
    lines = order_lines(9_000, seed=3)
    create_topic(broker.address, topic, PARTITIONS)
    produce(broker.address, topic, [orjson.dumps(line) for line in lines])
    with WorkerProcess(broker.address, group, [topic], options=["--max-rate", "3000"]) as worker:
        worker.wait_counted(topic, 1)
        began = time.monotonic()
        assert worker.terminate() == 0
        assert time.monotonic() - began < 5.0
        worker.start()
        assert_same(worker.wait_counted(topic, len(lines)), lines)
