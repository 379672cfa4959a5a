"""From starting `pandian worker` to the first record counted: a new group, a topic that is full, default settings."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from benchmarks.base import Row, spread
from benchmarks.load import repeated
from benchmarks.workers import forget, records_read, worker
from tests.support.brokers import embedded_broker, kafka_missing, real_kafka
from tests.support.processes import wait_until
from tests.support.topics import admin, create_topic, produce

TOPIC = "bench.start"
_PARTITIONS = 4
_START_S = 60.0

HOW = (
    "process start to first record counted, new group, filled topic, default settings (sessions of 6 s); the worse of"
    " both brokers: the embedded one by its address (a worker's own cannot be filled before it starts)"
)


@dataclass(frozen=True)
class Sizes:
    """How much is measured."""

    repeat: int = 3
    records: int = 50_000
    """Records in the topic."""
    kafka: bool = True
    """Also measure on a real Kafka, where there is one."""


def run(sizes: Sizes | None = None) -> Iterator[Row]:
    """Yield how long a worker takes until it counts."""
    sizes = sizes or Sizes()
    with embedded_broker() as broker:
        detail = {"embedded": _starts(broker.address, sizes)}
    missing = kafka_missing() if sizes.kafka else "not asked for"
    if missing:
        real = f"not measured on a real Kafka ({missing})"
    else:
        real = (
            "and Apache Kafka with group.initial.rebalance.delay.ms=0 (the default delays a new group by 3 s)"
        )
        with real_kafka() as kafka:
            detail["kafka"] = _starts(kafka.address, sizes)
    medians = {name: found["median"] for name, found in detail.items()}
    said = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in medians.items())
    against = f"{HOW}, {real}; {said}; median of {sizes.repeat}"
    yield Row("worker_start_s", max(medians.values()), "s", against, ("<=", 5), detail)


def _starts(address: str, sizes: Sizes) -> dict[str, Any]:
    create_topic(address, TOPIC, _PARTITIONS)
    produce(address, TOPIC, repeated(sizes.records))
    seconds = []
    with admin(address) as client:
        for number in range(sizes.repeat):
            forget(client)
            began = time.monotonic()
            with worker(address, f"bench-start-{number}", [TOPIC]) as running:
                wait_until(partial(records_read, running), _START_S, "the first record", 0.02, running.log)
                seconds.append(time.monotonic() - began)
    return spread(seconds)
