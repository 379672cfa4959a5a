"""The champion is swapped again and again while people ask: how many requests fail, and how soon a worker follows."""

from __future__ import annotations

import json
import random
import shutil
import signal
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from prometheus_client.parser import text_string_to_metric_families

from benchmarks.base import Row, spread
from benchmarks.recommend import find_vegeta
from benchmarks.workers import DEFAULTS
from export.registry import Entry, Registry
from export.registry.base import CARD
from export.registry.manifest import MANIFEST, FileSum, Manifest
from pandian import topics
from pandian.events import Interaction, encode
from tests.support import entries
from tests.support.brokers import embedded_broker
from tests.support.processes import wait_until
from tests.support.topics import create_topic, produce
from tests.support.worker import WorkerProcess

_START_S = 120.0
_FOLLOW_S = 30.0
#: How often the worker is asked who answers now.
_LOOK_S = 0.02


@dataclass(frozen=True)
class Sizes:
    """How much is measured."""

    repeat: int = 10
    """Swaps."""
    items: int = 20_000
    users: int = 2_000
    history: int = 10
    width: int = 64
    length: int = 50
    requests_per_s: int = 200
    between_s: float = 1.0
    """From when the worker has followed to the next swap."""


def run(sizes: Sizes | None = None) -> Iterator[Row]:
    """Yield how many requests failed, and the longest time from a promotion to an answer by the new champion."""
    sizes = sizes or Sizes()
    vegeta = find_vegeta()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        broker = stack.enter_context(embedded_broker())
        create_topic(broker.address, topics.INTERACTIONS, topics.USER_PARTITIONS)
        produce(broker.address, topics.INTERACTIONS, *_histories(sizes))
        registry, models = Registry(folder / "models"), _models(folder, sizes)
        for model in models:
            registry.add(model.path)
        _promote(registry, models[0])
        worker = WorkerProcess(
            broker.address,
            "bench",
            [],
            options=["--roles", "serve"],
            settings={**DEFAULTS, "PANDIAN_MODELS": str(registry.root)},
        )
        stack.callback(shutil.rmtree, worker.folder, ignore_errors=True)
        stack.enter_context(worker)
        wait_until(lambda: worker.get("/readyz"), _START_S, "readiness", 0.1, worker.log)
        wait_until(lambda: _answering(worker, models[0]), _FOLLOW_S, "the champion", 0.1, worker.log)
        before = _answers(worker)
        with _Attack(vegeta, worker, folder, sizes) as attack:
            time.sleep(sizes.between_s)
            followed = [
                _swap(registry, worker, models[number % len(models)], sizes)
                for number in range(1, sizes.repeat + 1)
            ]
        yield _failed(attack.report(), _answers(worker) - before, worker, sizes)
        yield _followed(followed, sizes)


def _models(folder: Path, sizes: Sizes) -> list[Entry]:
    """Return three versions of a model: the one before stays in memory, so with two every other swap loads nothing."""
    network = entries.Blend(
        entries.ItemToItem(sizes.items, neighbours=50),
        entries.Sequential(sizes.items, sizes.width, sizes.length),
    )
    first = entries.make_entry(
        folder / "entry-0", network, entries.catalogue(sizes.items), model="sasrec", max_length=sizes.length
    )
    return [first, *(_again(first, folder / f"entry-{number}", f"version-{number}") for number in (1, 2))]


def _again(entry: Entry, folder: Path, version: str) -> Entry:
    """Copy an entry under another version."""
    shutil.copytree(entry.path, folder)
    card = orjson.dumps({**entry.card, "version": version})
    (folder / CARD).write_bytes(card)
    sums = {**entry.files, CARD: FileSum.of(folder / CARD)}
    (folder / MANIFEST).write_bytes(Manifest(entry.model, version, sums).encode())
    return Entry.open(folder)


def _histories(sizes: Sizes) -> tuple[list[bytes], None, list[bytes]]:
    draw, now = random.Random(1), time.time_ns() // 1_000_000
    users = [f"user-{number % sizes.users}" for number in range(sizes.users * sizes.history)]
    start = now - 1_000 * len(users)
    values = [
        encode(Interaction(user, f"item-{draw.randrange(sizes.items)}", "purchase", start + 1_000 * number))
        for number, user in enumerate(users)
    ]
    return values, None, [user.encode() for user in users]


def _promote(registry: Registry, entry: Entry) -> None:
    registry.promote(entry.model, entry.version, by="bench", why="swap")


def _swap(registry: Registry, worker: WorkerProcess, entry: Entry, sizes: Sizes) -> float:
    """Promote a model; return the seconds until the worker answers by it."""
    began = time.monotonic()
    _promote(registry, entry)
    wait_until(lambda: _answering(worker, entry), _FOLLOW_S, "the swap", _LOOK_S, worker.log)
    followed = time.monotonic() - began
    time.sleep(sizes.between_s)
    return followed


def _answering(worker: WorkerProcess, entry: Entry) -> bool:
    found = worker.get("/v1/models") or {}
    return (found.get("answers") or {}).get("version") == entry.version


def _answers(worker: WorkerProcess) -> Counter[str]:
    """Return how many answers the worker has counted, by who gave them."""
    counted: Counter[str] = Counter()
    for family in text_string_to_metric_families(worker.text("/metrics")):
        for sample in family.samples:
            if sample.name == "pandian_recommendations_total":
                labels = sample.labels
                fell = "" if labels["fallback"] == "none" else f", {labels['fallback']}"
                counted[f"{labels['model']}@{labels['version']}{fell}"] += int(sample.value)
    return counted


class _Attack:
    """Asks in an open loop until the block ends."""

    def __init__(self, vegeta: str, worker: WorkerProcess, folder: Path, sizes: Sizes) -> None:
        self._vegeta = vegeta
        targets, self._results = folder / "targets", folder / "results"
        url = f"http://127.0.0.1:{worker.port}/v1/recommend"
        targets.write_text("".join(f"GET {url}/user-{number}\n" for number in range(sizes.users)))
        self._command = [vegeta, "attack", "-targets", str(targets), "-rate", f"{sizes.requests_per_s}/s"]
        self._command += ["-duration", "0", "-timeout", "10s", "-output", str(self._results)]

    def __enter__(self) -> _Attack:
        self._process = subprocess.Popen(self._command)
        return self

    def __exit__(self, *_: object) -> None:
        self._process.send_signal(signal.SIGINT)
        self._process.wait(30)

    def report(self) -> dict[str, Any]:
        """Return what the client saw."""
        told = [self._vegeta, "report", "-type", "json", str(self._results)]
        found: dict[str, Any] = json.loads(subprocess.run(told, stdout=subprocess.PIPE, check=True).stdout)
        return found


def _failed(report: dict[str, Any], answers: Counter[str], worker: WorkerProcess, sizes: Sizes) -> Row:
    codes = {code: count for code, count in report["status_codes"].items() if code != "200"}
    against = (
        f"answers other than 200 of GET /v1/recommend/{{user}}, {sizes.requests_per_s} requests/s open loop, while the"
        f" champion was swapped {sizes.repeat} times, between three versions of a SASRec of {sizes.items:,} items"
        " blended with item-to-item, each loaded anew"
    )
    detail = {
        "requests": report["requests"],
        "codes": codes,
        "errors": report["errors"][:5],
        "client_ms": {name: round(report["latencies"][name] / 1e6, 3) for name in ("50th", "99th", "max")},
        "answers": {name: count for name, count in sorted(answers.items()) if count},
    }
    if not report["requests"]:
        raise RuntimeError(f"nothing was asked\n{worker.said()}")
    return Row("swap_failed_requests", sum(codes.values()), "requests", against, ("<=", 0), detail)


def _followed(seconds: list[float], sizes: Sizes) -> Row:
    against = (
        f"longest of {sizes.repeat} times from a promotion until a worker under {sizes.requests_per_s} requests/s"
        " answers by the new champion, which it looks for every second (PANDIAN_MODELS_SECONDS)"
    )
    return Row("swap_follow_s", round(max(seconds), 3), "s", against, ("<=", 5), {"s": spread(seconds)})
