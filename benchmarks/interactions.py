"""From source records to the sequences that recommendations are made of, by one worker; and extraction alone.

The worker starts on a topic that is full: it profiles it, finds out who is user and item, extracts from the first
record on, and follows what it has extracted. Everything runs on the embedded broker.
"""

from __future__ import annotations

import os
import re
import statistics
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count, islice
from typing import Any

from kafka import KafkaAdminClient

from benchmarks.base import Row, spread
from benchmarks.load import order_records, order_values, repeated
from benchmarks.machine import Usage, memory_mb
from benchmarks.workers import forget, pid_of, worker
from pandian import metrics
from pandian.settings import Settings
from streams.decode.registry import BatchDecoder
from streams.interactions.base import FieldMapping, Part
from streams.interactions.interactions import Places, interactions_of
from tests.support.brokers import embedded_broker
from tests.support.processes import wait_until
from tests.support.topics import admin, create_topic, produce
from tests.support.worker import WorkerProcess

TOPIC = "bench.orders"
ROLES = "profile,merge,interact,serve"

_LOOK_S = 0.1
_START_S = 60.0
_PASS_S = 300.0
_GROUPS = count(1)
_TAKEN = re.compile(rf"^{metrics.SEQUENCE_RECORDS.name}{{.*}} (\S+)$", re.MULTILINE)


@dataclass(frozen=True)
class Sizes:
    """How much is measured."""

    repeat: int = 3
    """Passes."""
    records: int = 641_410
    """Order lines of a pass: twice the file."""
    partitions: int = 4
    alone: int = 120_000
    """Order lines that are extracted without a broker."""
    chunk: int = 1_500
    """Records of a chunk there, as on a worker."""


def run(sizes: Sizes | None = None) -> Iterator[Row]:
    """Yield how many order lines a second become part of sequences."""
    sizes = sizes or Sizes()
    alone = [extracting_alone(sizes) for _ in range(sizes.repeat)]
    passes = []
    with embedded_broker() as broker, admin(broker.address) as client:
        create_topic(broker.address, TOPIC, sizes.partitions)
        produce(broker.address, TOPIC, repeated(sizes.records))
        for _ in range(sizes.repeat):
            passes.append(_pass(broker.address, client, sizes))
    rates = [one["records_per_s"] for one in passes]
    yield Row(
        "interactions_per_s",
        statistics.median(rates),
        "records/s",
        f"one worker with the roles {ROLES}, default settings, embedded broker on the same {os.cpu_count()} cores;"
        f" {sizes.records:,} order lines in {sizes.partitions} partitions, from the first one counted to the last"
        f" interaction in a sequence, profiling included; median of {sizes.repeat}",
        (">=", 30_000),
        {"each": spread(rates, 0), "passes": passes},
    )
    yield Row(
        "extraction_alone_per_s",
        statistics.median(alone),
        "records/s",
        f"order lines of JSON decoded, mapped and written as interactions, without a broker, {sizes.chunk:,} at a time,"
        f" in processor time; median of {sizes.repeat}",
        None,
        {"each": spread(alone, 0)},
    )


def _pass(address: str, client: KafkaAdminClient, sizes: Sizes) -> dict[str, Any]:
    """Let a new worker, which knows nothing, take everything in."""
    forget(client)
    lines = order_records()
    wanted = sum(bool(line["CustomerID"]) for line in lines)
    wanted = wanted * (sizes.records // len(lines)) + sum(
        bool(line["CustomerID"]) for line in lines[: sizes.records % len(lines)]
    )
    with worker(address, f"bench-{next(_GROUPS)}", [TOPIC], ROLES) as running:
        wait_until(lambda: _fact(running, "records_read") > 0, _START_S, "a record", 0.02, running.log)
        began, usage = time.monotonic(), Usage({"worker": pid_of(running)})
        wait_until(
            lambda: _fact(running, "records_read") >= sizes.records,
            _PASS_S,
            "the profile",
            _LOOK_S,
            running.log,
        )
        profiled = time.monotonic() - began
        wait_until(lambda: _taken(running) >= wanted, _PASS_S, "all interactions", _LOOK_S, running.log)
        seconds = time.monotonic() - began
        return {
            "records_per_s": round(sizes.records / seconds),
            "interactions": wanted,
            "profiled_after_s": round(profiled, 2),
            "seconds": round(seconds, 2),
            "rss_mb": round(memory_mb(pid_of(running))[0]),
            **usage.told(sizes.records),
        }


def _fact(running: WorkerProcess, name: str) -> int:
    return int((running.get("/v1/status") or {}).get(name) or 0)


def _taken(running: WorkerProcess) -> float:
    """Return how many interactions the sequences have heard of, whatever they made of them."""
    if _fact(running, "interactions_lag"):
        return 0
    return sum(map(float, _TAKEN.findall(running.text("/metrics"))))


def extracting_alone(sizes: Sizes) -> float:
    """Return order lines a second of processor time, decoded and written as interactions."""
    roles = {"user": "CustomerID", "item": "StockCode", "time": "InvoiceDate", "quantity": "Quantity"}
    parts: Any = {role: Part(field, "the bench says so") for role, field in roles.items()}
    mapping = FieldMapping("interactions", parts, "purchase", reader="iso")
    decoder = BatchDecoder(max_fields=int(Settings.model_fields["max_fields"].default))
    values = list(islice(order_values(), sizes.alone))
    now = time.time_ns() // 1_000_000
    outcomes: Counter[str] = Counter()
    began, made = time.thread_time(), 0
    for first in range(0, len(values), sizes.chunk):
        chunk = values[first : first + sizes.chunk]
        places = Places(TOPIC, "0" * 32, 0, range(first, first + len(chunk)), [now] * len(chunk))
        for group in decoder.decode(chunk).groups:
            made += sum(map(len, interactions_of(group, mapping, places, outcomes)))
    if made != outcomes["interaction"] or not made:
        raise RuntimeError(f"{made} interactions were made, {dict(outcomes)} were counted")
    return len(values) / (time.thread_time() - began)
