"""From an alert on its topic to the webhook that tells a person: a real worker, and a server that listens."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from benchmarks.base import Row, spread
from benchmarks.workers import worker
from pandian import topics
from pandian.events import Alert, encode
from tests.support.brokers import embedded_broker, kafka_missing, real_kafka
from tests.support.topics import produce
from tests.support.webhooks import Listening

_START_S = 60.0
_RECEIPT_S = 60.0

HOW = (
    "an alert sent to pandian.alerts to its receipt by a listening HTTP server; one worker that watches, with"
    " default settings; the longest of"
)


@dataclass(frozen=True)
class Sizes:
    """How much is measured."""

    repeat: int = 20
    """Alerts, one after the other."""
    kafka: bool = True
    """On a real Kafka, where there is one; else on the embedded broker."""


def run(sizes: Sizes | None = None) -> Iterator[Row]:
    """Yield how long it takes until somebody is told."""
    sizes = sizes or Sizes()
    missing = kafka_missing() if sizes.kafka else "not asked for"
    with embedded_broker() if missing else real_kafka() as broker, _posting(broker.address) as hook:
        healthy = [_receipt(broker.address, hook) for _ in range(sizes.repeat)]
        failing = [_receipt(broker.address, hook, 500) for _ in range(max(1, sizes.repeat // 4))]
    kind = f"embedded broker ({missing})" if missing else "Apache Kafka"
    against = f"{HOW} {sizes.repeat} on {kind}; detail: the same where each first attempt is answered 500"
    detail = {"healthy": spread(healthy), "first_attempt_fails": spread(failing)}
    yield Row("alarm_to_webhook_s", max(healthy), "s", against, ("<=", 5), detail)


@contextmanager
def _posting(address: str) -> Iterator[Listening]:
    """Run a worker until it posts, and the webhook that it posts to."""
    with (
        Listening() as hook,
        worker(address, f"bench-{uuid.uuid4().hex}", ["no-such-topic"], "watch", hook.url()) as running,
    ):
        running.wait(running.ready, "the worker is ready", _START_S)
        _receipt(address, hook)
        yield hook


def _receipt(address: str, hook: Listening, *answers: int) -> float:
    """Return the seconds from an alert to its receipt that is answered 200, after other answers."""
    before = len(hook.received)
    hook.answers(answers)
    told = time.time()  # before the producer connects: what is measured is a little more than what is asked
    _tell(address)
    return hook.wait(before + len(answers) + 1, _RECEIPT_S)[-1].time - told


def _tell(address: str) -> None:
    text = "No record came for two hours."
    alert = Alert(uuid.uuid4().hex, "silence", "firing", "bench", "none", 2.0, 1, 2, text)
    produce(address, topics.ALERTS, [encode(alert)], partition=0)
