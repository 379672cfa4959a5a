"""Recommendations of a catalogue of 20,000: the client's p99 while events flow, and the memory of many users."""

from __future__ import annotations

import asyncio
import json
import random
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiokafka
import numpy as np
import orjson
from torch import nn

from benchmarks.base import Row, Skipped, spread
from benchmarks.machine import Usage, memory_mb
from benchmarks.workers import DEFAULTS, pid_of
from export.registry import Registry
from pandian import topics
from pandian.events import Interaction, encode
from tests.support import entries
from tests.support.brokers import embedded_broker
from tests.support.processes import wait_until
from tests.support.topics import create_topic, produce
from tests.support.worker import WorkerProcess

TOPIC = "bench.clicks"
_START_S = 120.0
_DAY_MS = 86_400_000
#: Of a thousand questions so many are about somebody whom nobody knows.
_UNKNOWN = 20


@dataclass(frozen=True)
class Sizes:
    """How much is measured."""

    repeat: int = 1
    """Attacks."""
    items: int = 20_000
    users: int = 100_000
    history: int = 20
    """Interactions of each user before it begins."""
    width: int = 64
    length: int = 100
    """Of the model: how wide, and how many items of a history it looks at."""
    blended: bool = True
    """With item-to-item."""
    requests_per_s: int = 200
    events_per_s: int = 2_000
    seconds: int = 20


def run(sizes: Sizes | None = None) -> Iterator[Row]:
    """Yield the memory and the latency of one serving worker beside one that profiles."""
    sizes = sizes or Sizes()
    vegeta = find_vegeta()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        broker = stack.enter_context(embedded_broker())
        for topic, partitions in ((TOPIC, 4), (topics.INTERACTIONS, topics.USER_PARTITIONS)):
            create_topic(broker.address, topic, partitions)
        produce(broker.address, topics.INTERACTIONS, *histories(sizes))
        settings = {**DEFAULTS, "PANDIAN_MODELS": str(champion(folder, sizes))}
        counting = WorkerProcess(
            broker.address, "bench", [TOPIC], options=["--roles", "profile,interact,merge"], settings=settings
        )
        serving = WorkerProcess(
            broker.address, "bench", [TOPIC], options=["--roles", "serve"], settings=settings
        )
        for worker in (counting, serving):
            stack.callback(shutil.rmtree, worker.folder, ignore_errors=True)
            stack.enter_context(worker)
        began = time.monotonic()
        known = sizes.users * sizes.history
        wait_until(lambda: facts(serving)["interactions"] >= known, _START_S, "all users", 0.05, serving.log)
        read_s = time.monotonic() - began
        wait_until(
            lambda: serving.get("/readyz") and counting.get("/readyz"),
            _START_S,
            "readiness",
            0.1,
            serving.log,
        )
        attacks = []
        with events(broker.address, sizes):
            time.sleep(3.0)
            for number in range(sizes.repeat):
                attacks.append(_attack(vegeta, serving, counting, folder, sizes, number))
        yield _memory(serving, sizes, read_s)
        yield _latency(serving, attacks, sizes)


def find_vegeta() -> str:
    """Return the program that asks in an open loop.

    Raises:
        Skipped: when it is not here.
    """
    beside = Path(__file__).resolve().parents[2] / "shared" / "tools" / "vegeta"
    found = shutil.which("vegeta") or (str(beside) if beside.is_file() else None)
    if found is None:
        raise Skipped("no vegeta on the PATH or in shared/tools beside the repository")
    return found


def champion(folder: Path, sizes: Sizes) -> Path:
    """Make a registry whose champion is a self-attentive model with drawn weights, or its blend with item-to-item."""
    network: nn.Module = entries.Sequential(sizes.items, sizes.width, sizes.length)
    if sizes.blended:
        network = entries.Blend(entries.ItemToItem(sizes.items, neighbours=100), network)
    entry = entries.make_entry(
        folder / "entry", network, entries.catalogue(sizes.items), model="sasrec", max_length=sizes.length
    )
    registry = Registry(folder / "models")
    registry.add(folder / "entry")
    registry.promote(entry.model, entry.version, by="bench", why="bench")
    return registry.root


def histories(sizes: Sizes) -> tuple[Iterator[bytes], None, list[bytes]]:
    """Return interactions of all users, in order of time, and their keys."""
    now, total = time.time_ns() // 1_000_000, sizes.users * sizes.history
    users = np.random.default_rng(1).permutation(np.repeat(np.arange(sizes.users), sizes.history))
    items = drawn(total, sizes.items)
    start = now - 30 * _DAY_MS
    values = (
        encode(Interaction(f"user-{user}", f"item-{item}", "purchase", start + number * 1000 // 800))
        for number, (user, item) in enumerate(zip(users.tolist(), items.tolist(), strict=True))
    )
    return values, None, [f"user-{user}".encode() for user in users.tolist()]


def drawn(count: int, items: int) -> Any:
    """Draw items, the popular ones more often: the frequency falls with the rank."""
    weights = 1 / (np.arange(items) + 10.0)
    return np.random.default_rng(2).choice(items, count, p=weights / weights.sum())


@contextmanager
def events(address: str, sizes: Sizes) -> Iterator[None]:
    """Let events flow inside the block, in a thread of its own."""
    stop = threading.Event()
    thread = threading.Thread(target=lambda: asyncio.run(_flow(address, sizes, stop)))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


async def _flow(address: str, sizes: Sizes, stop: threading.Event) -> None:
    producer = aiokafka.AIOKafkaProducer(bootstrap_servers=address, linger_ms=5)
    draw, items = random.Random(3), drawn(1 << 16, sizes.items).tolist()
    async with producer:
        began, sent = time.monotonic(), 0
        while not stop.is_set():
            due = int((time.monotonic() - began) * sizes.events_per_s)
            for number in range(sent, due):
                user, item = f"user-{draw.randrange(sizes.users)}", f"item-{items[number % len(items)]}"
                event = {
                    "user_id": user,
                    "item_id": item,
                    "event_type": "view",
                    "timestamp": time.time_ns() // 1_000_000,
                }
                await producer.send(TOPIC, orjson.dumps(event), key=user.encode())
            sent = due
            await asyncio.sleep(0.01)


def _attack(
    vegeta: str, serving: WorkerProcess, counting: WorkerProcess, folder: Path, sizes: Sizes, number: int
) -> dict[str, Any]:
    """Ask in an open loop; return what the client saw, and what the processes used meanwhile."""
    draw = random.Random(number)
    targets = folder / "targets"
    asked = [
        f"user-{draw.randrange(sizes.users)}" if draw.randrange(1000) >= _UNKNOWN else f"nobody-{one}"
        for one in range(sizes.requests_per_s * sizes.seconds)
    ]
    url = f"http://127.0.0.1:{serving.port}/v1/recommend"
    targets.write_text("".join(f"GET {url}/{user}\n" for user in asked))
    usage = Usage({"serve": pid_of(serving), "profile": pid_of(counting)})
    attack = [vegeta, "attack", "-targets", str(targets), "-rate", f"{sizes.requests_per_s}/s"]
    attack += ["-duration", f"{sizes.seconds}s", "-timeout", "10s"]
    done = subprocess.run(attack, stdout=subprocess.PIPE, check=True)
    report = subprocess.run(
        [vegeta, "report", "-type", "json"], input=done.stdout, stdout=subprocess.PIPE, check=True
    )
    found: dict[str, Any] = json.loads(report.stdout)
    found["usage"] = usage.told(len(asked))
    return found


def _latency(serving: WorkerProcess, attacks: list[dict[str, Any]], sizes: Sizes) -> Row:
    failed = {code: count for one in attacks for code, count in one["status_codes"].items() if code != "200"}
    if failed:
        raise RuntimeError(f"some requests failed: {failed}\n{serving.said()}")
    client = {
        name: spread([one["latencies"][key] / 1e6 for one in attacks])
        for name, key in (("p50", "50th"), ("p95", "95th"), ("p99", "99th"), ("max", "max"))
    }
    against = (
        f"vegeta's p99 of GET /v1/recommend/{{user}}, {sizes.requests_per_s} requests/s open loop for"
        f" {sizes.seconds} s, SASRec of {sizes.items:,} items (width {sizes.width}, {sizes.length} places)"
        f" blended with item-to-item,"
        f" {sizes.users:,} users, {sizes.events_per_s:,} events/s flowing, profile and serve as two processes,"
        f" broker and load on the same machine"
    )
    detail = {
        "client_ms": client,
        "server": histogram(serving),
        "usage": [one["usage"] for one in attacks],
        "facts": facts(serving),
    }
    return Row("recommend_20k_p99_ms", client["p99"]["median"], "ms", against, ("<=", 15), detail)


def _memory(serving: WorkerProcess, sizes: Sizes, read_s: float) -> Row:
    now, peak = memory_mb(pid_of(serving))
    against = (
        f"peak resident memory of a serving worker with a model of {sizes.items:,} items and {sizes.users:,} users"
        f" of {sizes.history} interactions or more, after the attack"
    )
    detail = {"now_mb": round(now, 1), "read_s": round(read_s, 1), "facts": facts(serving)}
    return Row("serve_rss_mb", peak, "MB", against, ("<=", 600), detail)


def facts(worker: WorkerProcess) -> dict[str, Any]:
    found = worker.get("/v1/status") or {}
    return {name: found.get(name) or 0 for name in ("users", "items", "interactions", "interactions_lag")}


def histogram(worker: WorkerProcess) -> dict[str, float]:
    """Return the share of answers within each of the server's buckets, by its upper bound in seconds."""
    lines = [
        line
        for line in worker.text("/metrics").splitlines()
        if line.startswith("pandian_recommend_seconds_bucket")
    ]
    counts = {line.split('"')[1]: float(line.rsplit(" ", 1)[1]) for line in lines}
    return {bound: round(count / max(1.0, counts["+Inf"]), 4) for bound, count in counts.items()}
