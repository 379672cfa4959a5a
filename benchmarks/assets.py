"""Many assets at once: what a worker takes of memory, time and bandwidth when 500 topics of 30 fields come evenly.

The records are sent while they are read, by a process of its own. How long the worker's loop is held is seen from
outside, as every user sees it: by the longest time that an answer waits which takes no time itself.
"""

from __future__ import annotations

import os
import re
import statistics
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread
from typing import Any

from kafka import KafkaAdminClient

from benchmarks.base import Row
from benchmarks.machine import Usage, memory_mb
from benchmarks.workers import pid_of, records_read, worker
from pandian import metrics
from pandian.settings import Settings
from tests.support.brokers import embedded_broker
from tests.support.processes import kill_process, start_process, wait_until
from tests.support.topics import admin
from tests.support.worker import WorkerProcess

TOPIC = "bench.wide"
ROLES = "profile,merge,serve,watch"

_START_S = 120.0
#: How often an answer is asked for.
_LOOK_S = 0.02
_ANSWER_S = 60.0
_COUNTERS = {
    "checkpoints": f"{metrics.CHECKPOINT.name}_count",
    "checkpoint_seconds": f"{metrics.CHECKPOINT.name}_sum",
    "profile_bytes": metrics.PROFILE_BYTES.name,
}


@dataclass(frozen=True)
class Sizes:
    """How much is measured."""

    repeat: int = 1
    """Not used: a pass takes minutes, and its figures are those of many checkpoints."""
    assets: int = 500
    fields: int = 30
    rate: int = 5_000
    """Records a second, of all assets together."""
    warm_up: float = 30.0
    """Seconds before anything is measured: every field is new then, and looked at."""
    seconds: float = 60.0
    """Seconds that are measured."""


@dataclass(slots=True)
class Answers:
    """How long answers to ``GET /healthz`` took, seconds, asked one after the other while this is open."""

    address: str
    took: list[float] = field(default_factory=list)
    _end: Event = field(default_factory=Event)
    _thread: Thread | None = None

    def __enter__(self) -> Answers:
        self._thread = Thread(target=self._ask, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        if self._thread is not None:
            self._thread.join()

    def _ask(self) -> None:
        while not self._end.is_set():
            began = time.monotonic()
            with urllib.request.urlopen(self.address, timeout=_ANSWER_S) as answer:
                answer.read()
            self.took.append(time.monotonic() - began)
            self._end.wait(_LOOK_S)


def run(sizes: Sizes | None = None) -> Iterator[Row]:
    """Yield memory, checkpoints and pauses of a worker of many assets."""
    sizes = sizes or Sizes()
    with embedded_broker() as broker, admin(broker.address) as client, TemporaryDirectory() as folder:
        _create(client, sizes.assets)
        with worker(broker.address, "bench-assets", [f"{TOPIC}.*"], ROLES) as running:
            wait_until(running.ready, _START_S, "the worker", 0.1, running.log)
            log = Path(folder) / "feed.log"
            feed = start_process(_feed(broker.address, sizes), log)
            try:
                found = _measure(running, {"feed": feed.pid, "broker": broker.process.pid}, log, sizes)
            finally:
                kill_process(feed)
    yield from _rows(found, sizes)


def _create(client: KafkaAdminClient, assets: int) -> None:
    options = {"num_partitions": 1, "replication_factor": 1}
    client.create_topics({topic(asset): options for asset in range(assets)}, timeout_ms=60_000)


def topic(asset: int) -> str:
    """Return the name of an asset's topic."""
    return f"{TOPIC}.{asset:03}"


def _feed(address: str, sizes: Sizes) -> list[str]:
    numbers = (sizes.assets, sizes.fields, sizes.rate)
    return [sys.executable, "-m", "benchmarks.assets_feed", address, *map(str, numbers)]


def _measure(
    running: WorkerProcess, others: Mapping[str, int], feed_log: Path, sizes: Sizes
) -> dict[str, Any]:
    wait_until(lambda: records_read(running) > 0, _START_S, "the first record", 0.1, running.log)
    time.sleep(sizes.warm_up)
    before, read, sent = _counters(running), records_read(running), _sent(feed_log)
    usage, began = Usage({"worker": pid_of(running), **others}), time.monotonic()
    with Answers(f"http://127.0.0.1:{running.port}/healthz") as answers:
        time.sleep(sizes.seconds)
    seconds, read = time.monotonic() - began, records_read(running) - read
    sent = _sent(feed_log) - sent
    grown = {name: value - before[name] for name, value in _counters(running).items()}
    now, peak = memory_mb(pid_of(running))
    waits = sorted(answers.took)
    return {
        "rss_mb": {"now": round(now), "peak": round(peak)},
        "checkpoint_s": grown["checkpoint_seconds"] / max(grown["checkpoints"], 1),
        "checkpoints": grown["checkpoints"],
        "seconds": round(seconds, 1),
        "pause_ms": max(waits) * 1000,
        "answers": len(waits),
        "answer_ms": {
            "median": round(statistics.median(waits) * 1000, 1),
            "p99": round(waits[int(len(waits) * 0.99)] * 1000, 1),
            "five longest": [round(wait * 1000) for wait in waits[-5:]],
        },
        "profile_mb_s": grown["profile_bytes"] / seconds / 1e6,
        "records_per_s": round(read / seconds),
        "sent_per_s": round(sent / seconds),
        "usage": usage.told(max(read, 1)),
    }


def _sent(feed_log: Path) -> int:
    """Return how many records the sender had acknowledged by its last whole line."""
    lines = feed_log.read_text().split("\n")[:-1]
    return int(lines[-1]) if lines else 0


def _counters(running: WorkerProcess) -> Mapping[str, float]:
    text = running.text("/metrics")
    found = {name: re.search(rf"^{metric} (\S+)$", text, re.MULTILINE) for name, metric in _COUNTERS.items()}
    return {name: float(match[1]) if match else 0.0 for name, match in found.items()}


def _rows(found: dict[str, Any], sizes: Sizes) -> Iterator[Row]:
    name = f"assets_{sizes.assets}x{sizes.fields}"
    how = (
        f"one worker with the roles {ROLES}, default settings, embedded broker and sender on the same"
        f" {os.cpu_count()} cores; {sizes.assets} topics, records of {sizes.fields} fields (order lines side by side),"
        f" {sizes.rate:,} a second evenly; {sizes.seconds:.0f} s after {sizes.warm_up:.0f} s"
    )
    kept_up = f"{found['sent_per_s']:,} records/s were sent, {found['records_per_s']:,} counted"
    interval = found["seconds"] / max(found["checkpoints"], 1)
    limit = int(Settings.model_fields["profile_bytes_per_second"].default) / 1e6
    yield Row(f"{name}_rss_mb", found["rss_mb"]["peak"], "MB", f"{how}; {kept_up}", ("<=", 1_500), found)
    yield Row(
        f"{name}_checkpoint_s",
        found["checkpoint_s"],
        "s",
        f"the same; mean of {found['checkpoints']:.0f}, one every {interval:.1f} s, from the first profile frozen to"
        " the last one acknowledged",
        ("<=", 1),
    )
    yield Row(
        f"{name}_pause_ms",
        found["pause_ms"],
        "ms",
        f"the same; longest wait for an answer of {found['answers']:,} to GET /healthz, one at a time",
        ("<=", 200),
        found["answer_ms"],
    )
    yield Row(
        f"{name}_profile_mb_s",
        found["profile_mb_s"],
        "MB/s",
        f"the same; what is written to pandian.profiles; the setting allows {limit:g}",
        ("<=", limit),
    )
