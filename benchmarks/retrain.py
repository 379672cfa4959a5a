"""From an alert of the champion to the model that takes its place: `pandian retrain --listen` on the demo's orders."""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from benchmarks.base import Row
from benchmarks.train import order_log
from export.registry import Registry
from models.config import TrainConfig
from models.data.log import InteractionLog
from pandian import topics
from pandian.events import Alert, encode
from tests.support.brokers import embedded_broker
from tests.support.processes import kill_process, start_process, stop_process, wait_until
from tests.support.topics import create_topic, produce, read_all

_PATIENCE_S = 300.0


@dataclass(frozen=True)
class Sizes:
    """How much is measured."""

    repeat: int = 1
    """Alerts, each answered by a service of its own; the longest counts."""
    max_seconds: float = 40.0
    """Of the retraining."""
    model: str = "auto"
    limit: int | None = None
    """Interactions, the oldest; None: all."""
    known: float = 0.4
    """Share of them that the champion has learned from."""


def run(sizes: Sizes | None = None) -> Iterator[Row]:
    """Yield the seconds from the alert to the announcement of the new champion."""
    sizes = sizes or Sizes()
    log = order_log(sizes.limit)
    with tempfile.TemporaryDirectory(prefix="bench-retrain-") as folder, embedded_broker() as broker:
        for name, partitions in ((topics.INTERACTIONS, topics.USER_PARTITIONS), (topics.ALERTS, 1)):
            create_topic(broker.address, name, partitions)
        produce(broker.address, topics.INTERACTIONS, *_records(log))
        tried = [
            _answered(Path(folder, str(number)), log, broker.address, sizes) for number in range(sizes.repeat)
        ]
    yield Row(
        "retrain_s",
        round(max(found["alarm_to_promoted_s"] for found in tried), 2),
        "s",
        f"from an alert auc-drop of the champion on pandian.alerts until its successor is announced on pandian.models:"
        f" `pandian retrain --listen --max-seconds {sizes.max_seconds:g}` on {len(log):,} interactions of the demo's"
        f" orders, of which the champion knows the oldest {sizes.known:.0%}",
        ("<=", 60),
        {"each": tried},
    )


def _answered(folder: Path, log: InteractionLog, address: str, sizes: Sizes) -> dict[str, Any]:
    from models.training import train

    folder.mkdir()
    registry = Registry(folder / "models")
    old = log.before(int(log.times[int(len(log) * sizes.known)]))
    first = registry.add(train(old, TrainConfig(model="item-to-item"), folder / "first").entry.path)
    registry.promote(first.model, first.version, by="bench", why="")
    settings = {
        "PANDIAN_BROKER": address,
        "PANDIAN_MODELS": str(registry.root),
        "PANDIAN_DATADIR": str(folder / "state"),
    }
    options = ["--max-seconds", f"{sizes.max_seconds:g}", "--model", sizes.model, "--json"]
    said = folder / "said"
    process = start_process(
        [sys.executable, "-m", "streams.cli", "retrain", "--listen", *options],
        said,
        env=_environment(settings),
    )
    try:
        wait_until(lambda: b"waiting for" in said.read_bytes(), _PATIENCE_S, "it listens", 0.05, said)
        now = time.time_ns() // 1_000_000
        since = int(log.times[(len(log) + len(old)) // 2])
        alert = Alert(folder.name, "auc-drop", "firing", str(first.reference), "", 0.1, since, now, "")
        produce(address, topics.ALERTS, [encode(alert)])
        wait_until(lambda: b'{"reason"' in said.read_bytes(), _PATIENCE_S, "it is answered", 0.05, said)
        stop_process(process, seconds=10)
    finally:
        kill_process(process)
    lines = said.read_bytes().splitlines()
    document = next(orjson.loads(line) for line in lines if line.startswith(b'{"reason"'))
    if not document["promoted"]:
        raise RuntimeError(f"nothing was promoted: {document['why']}")
    announced = [record.timestamp for record in read_all(address, topics.MODELS)]
    return {
        "alarm_to_promoted_s": (announced[-1] - now) / 1000,
        "retraining_s": document["seconds"],
        "model": document["model"],
        "why": document["why"],
    }


def _environment(settings: dict[str, str]) -> dict[str, str]:
    return {**os.environ, **settings}


def _records(log: InteractionLog) -> tuple[list[dict[str, object]], None, list[bytes]]:
    users = [log.user_ids[user] for user in log.users.tolist()]
    items = [log.item_ids[item] for item in log.items.tolist()]
    values: list[dict[str, object]] = [
        {"user_id": user, "item_id": item, "action": "purchase", "time": when, "weight": 1.0}
        for user, item, when in zip(users, items, log.times.tolist(), strict=True)
    ]
    return values, None, [user.encode() for user in users]


if __name__ == "__main__":
    for row in run():
        print(json.dumps(row.document(), indent=2))
