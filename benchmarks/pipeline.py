"""The whole way, from Kafka to an acknowledged checkpoint, against a stock Faust agent and against raw aiokafka.

Everything runs on the embedded broker. In each round raw aiokafka, a worker and stock Faust read the same records one
after the other, so that each ratio is of figures that met the same machine.
"""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import aiokafka
import psutil
from kafka import KafkaAdminClient

from benchmarks import costs
from benchmarks.base import Row, spread
from benchmarks.load import repeated
from benchmarks.machine import Usage
from benchmarks.workers import committed, forget, pid_of, records_read, worker
from tests.support.brokers import EmbeddedBroker, embedded_broker
from tests.support.processes import wait_until
from tests.support.topics import admin, create_topic, produce

TOPIC = "bench.orders"
#: What a worker does that keeps the inventory and nothing else.
INVENTORY_ROLES = "profile,merge,serve,watch"
STOCK_TOPIC = "bench.stock"

_LOOK_S = 0.05
_START_S = 60.0
_PASS_S = 300.0
_GROUPS = count(1)


@dataclass(frozen=True)
class Sizes:
    """How much is measured."""

    repeat: int = 3
    """Rounds."""
    records: int = 1_282_820
    """Records of a pass: four times the file."""
    shared_records: int = 641_410
    """Records of a pass with the role profile only, by one worker and by two."""
    stock_records: int = 40_000
    """Records that stock Faust reads."""
    partitions: int = 4
    parts: costs.Sizes = field(default_factory=costs.Sizes)
    """What the cost of each part is measured with."""


@dataclass(frozen=True, slots=True)
class Pass:
    """Workers of a new group have read a topic from its beginning to its end."""

    under_load: float
    """Records a second, from the first record read to the last checkpoint that was acknowledged while more waited."""
    in_all: float
    """The same to the checkpoint with the last record, which waits for its tick after everything is counted."""
    usage: dict[str, Any]
    """Processor time a record."""
    read: tuple[int, ...]
    """Records by worker."""


@dataclass(slots=True)
class Rounds:
    """What was measured, round by round."""

    raw: list[float] = field(default_factory=list)
    ours: list[Pass] = field(default_factory=list)
    everything: list[Pass] = field(default_factory=list)
    stock: list[dict[str, float]] = field(default_factory=list)
    one: list[Pass] = field(default_factory=list)
    two: list[Pass] = field(default_factory=list)

    @property
    def rates(self) -> list[float]:
        """Records a second of the one worker that keeps the inventory."""
        return [one.under_load for one in self.ours]


def run(sizes: Sizes | None = None) -> Iterator[Row]:
    """Yield the rows of the pipeline."""
    sizes = sizes or Sizes()
    rounds = Rounds()
    with embedded_broker() as broker, admin(broker.address) as client:
        bench = PipelineBench(broker, client, sizes)
        for _ in range(sizes.repeat):
            rounds.raw.append(bench.raw())
            rounds.ours.append(bench.read(TOPIC, sizes.records, INVENTORY_ROLES))
            rounds.everything.append(bench.read(TOPIC, sizes.records))
            rounds.stock.append(bench.stock_faust())
        yield from _single(rounds, sizes)
        split = bench.split_cores()
        for _ in range(sizes.repeat):
            rounds.one.append(bench.read(bench.shared, sizes.shared_records, roles="profile"))
            rounds.two.append(bench.read(bench.shared, sizes.shared_records, roles="profile", workers=2))
    yield _speedup(rounds, sizes, split)


class PipelineBench:
    """Passes over the topics of one broker."""

    shared = "bench.shared"

    def __init__(self, broker: EmbeddedBroker, client: KafkaAdminClient, sizes: Sizes) -> None:
        self._broker = broker
        self._client = client
        self._sizes = sizes
        fills = {TOPIC: sizes.records, self.shared: sizes.shared_records, STOCK_TOPIC: sizes.stock_records}
        for topic, records in fills.items():
            create_topic(broker.address, topic, sizes.partitions)
            produce(broker.address, topic, repeated(records))

    def read(self, topic: str, records: int, roles: str = "", workers: int = 1) -> Pass:
        """Let workers of a new group, with nothing counted before, read a topic."""
        forget(self._client)
        group = f"bench-{next(_GROUPS)}"
        with ExitStack() as stack:
            running = [
                stack.enter_context(worker(self._broker.address, group, [topic], roles))
                for _ in range(workers)
            ]
            began, usage = self._first_record([pid_of(one) for one in running], running)
            seen: list[tuple[float, int]] = []

            def done() -> bool:
                held = committed(self._client, group, topic)
                if held and (not seen or held > seen[-1][1]):
                    seen.append((time.monotonic() - began, held))
                return held >= records

            wait_until(done, _PASS_S, f"the checkpoint with {records:,} records", _LOOK_S, running[0].log)
            told = usage.told(records)
            read = tuple(records_read(one) for one in running)
        in_all, under_load = seen[-1], seen[-2] if len(seen) > 1 else seen[-1]
        return Pass(under_load[1] / under_load[0], in_all[1] / in_all[0], told, read)

    def _first_record(self, pids: Sequence[int], running: Sequence[Any]) -> tuple[float, Usage]:
        """Return when the first record was read, or up to a look before, and the usage from then on."""
        names = {f"worker_{number}": pid for number, pid in enumerate(pids, 1)}
        names["broker"] = self._broker.process.pid
        looks: list[tuple[float, Usage]] = []

        def read() -> bool:
            looks[:] = [*looks[-1:], (time.monotonic(), Usage(names))]
            return any(records_read(one) for one in running)

        wait_until(read, _START_S, "the first record", 0.02, running[0].log)
        return looks[0]

    def raw(self) -> float:
        """Return the records a second that aiokafka hands out, nothing done with them."""

        async def read() -> float:
            consumer = aiokafka.AIOKafkaConsumer(
                TOPIC,
                bootstrap_servers=self._broker.address,
                auto_offset_reset="earliest",
                enable_auto_commit=False,
            )
            async with consumer:
                found, began = 0, time.monotonic()
                while found < self._sizes.records:
                    found += sum(map(len, (await consumer.getmany(timeout_ms=1000)).values()))
                return found / (time.monotonic() - began)

        return asyncio.run(read())

    def stock_faust(self) -> dict[str, float]:
        """Return the rate of a stock Faust agent, in a process of its own."""
        group = f"stock-{next(_GROUPS)}"
        told = (self._broker.address, STOCK_TOPIC, str(self._sizes.stock_records), group)
        with tempfile.TemporaryDirectory(prefix="bench-faust-") as folder:
            done = subprocess.run(
                [sys.executable, "-m", "benchmarks.stock_faust", *told, folder],
                stdout=subprocess.PIPE,
                text=True,
                timeout=_PASS_S,
                check=True,
            )
        found: dict[str, float] = json.loads(done.stdout.strip().splitlines()[-1])
        return found

    def split_cores(self) -> str:
        """Give the broker a core of its own where there are three or more; say how they are shared."""
        cores = len(os.sched_getaffinity(0))
        if cores < 3:
            return f"the broker shares the {cores} cores with them"
        mine = sorted(os.sched_getaffinity(0))
        psutil.Process(self._broker.process.pid).cpu_affinity(mine[:1])
        os.sched_setaffinity(0, mine[1:])  # workers inherit it
        return f"the broker on one core of its own, the workers on the other {cores - 1}"


def _single(rounds: Rounds, sizes: Sizes) -> Iterator[Row]:
    rate = statistics.median(rounds.rates)
    yield Row(
        "inventory_records_per_s",
        rate,
        "records/s",
        f"one worker with the roles of the inventory ({INVENTORY_ROLES}), default settings, embedded"
        f" broker on the same {os.cpu_count()} cores;"
        f" {sizes.records:,} order lines of 8 fields in {sizes.partitions} partitions, from the first record read to"
        f" the last checkpoint acknowledged while more waited; median of {sizes.repeat}",
        (">=", 120_000),
        {
            "each": spread(rounds.rates, 0),
            "to_the_checkpoint_with_the_last_record": spread([one.in_all for one in rounds.ours], 0),
            "rounds": [one.usage for one in rounds.ours],
        },
    )
    parts = costs.costs(sizes.parts)
    yield Row(
        "inventory_full_records_per_s",
        rate,
        "records/s",
        "the same figure: a worker has everything switched on, nothing of it can be switched off; what each part adds"
        f" to the processor time of decoding and counting fields, {sizes.parts.records:,} records of one partition,"
        f" median of {sizes.parts.repeat} pairs: {costs.told(parts)}",
        (">=", 120_000),
        {"parts": parts},
    )
    everything = [one.under_load for one in rounds.everything]
    yield Row(
        "inventory_records_per_s_all_roles",
        statistics.median(everything),
        "records/s",
        "the same by a worker that does everything: extraction begins meanwhile, and makes room for the inventory while"
        f" that is behind; median of {sizes.repeat}",
        None,
        {"each": spread(everything, 0), "rounds": [one.usage for one in rounds.everything]},
    )
    stock = [one["records_per_s"] for one in rounds.stock]
    against_stock = [ours / theirs for ours, theirs in zip(rounds.rates, stock, strict=True)]
    yield Row(
        "inventory_vs_faust",
        statistics.median(against_stock),
        "x",
        f"a stock Faust agent that decodes the same JSON and counts one field into a table:"
        f" {statistics.median(stock):,.0f} records/s on the same broker; median of {sizes.repeat} rounds",
        (">=", 30),
        {"rounds": spread(against_stock, 1), "stock_faust": rounds.stock},
    )
    against_raw = [ours / raw for ours, raw in zip(rounds.rates, rounds.raw, strict=True)]
    yield Row(
        "inventory_vs_raw",
        statistics.median(against_raw),
        "x",
        f"aiokafka getmany, the same records thrown away: {statistics.median(rounds.raw):,.0f} records/s;"
        f" median of {sizes.repeat} rounds",
        None,
        {"rounds": spread(against_raw), "raw_records_per_s": spread(rounds.raw, 0)},
    )


def _speedup(rounds: Rounds, sizes: Sizes, split: str) -> Row:
    speedups = [two.under_load / one.under_load for one, two in zip(rounds.one, rounds.two, strict=True)]
    return Row(
        "two_workers_speedup",
        statistics.median(speedups),
        "x",
        f"two workers with the role profile over one, {split}; {sizes.shared_records:,} order lines in"
        f" {sizes.partitions} partitions; median of {sizes.repeat} rounds",
        None,
        {
            "rounds": spread(speedups),
            "one": spread([one.under_load for one in rounds.one], 0),
            "two": spread([two.under_load for two in rounds.two], 0),
            "records_by_worker": [two.read for two in rounds.two],
            "usage_of_two": [two.usage for two in rounds.two],
        },
    )
