"""The AUC that a worker publishes, against scikit-learn's on the same labels, through a real broker."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.metrics import roc_auc_score

from benchmarks import auc_bound
from benchmarks.base import Row
from benchmarks.workers import DEFAULTS
from pandian import topics
from pandian.events import Impression, Interaction, encode
from tests.support.brokers import embedded_broker
from tests.support.processes import wait_until
from tests.support.topics import create_topic, produce
from tests.support.worker import WorkerProcess

_WAIT_S = 120.0
_START_MS = 1_700_000_000_000
_WINDOW_MS = 1_860_000


@dataclass(frozen=True)
class Sizes:
    """How much is measured."""

    repeat: int = 1
    """Streams, each of another spread of scores."""
    impressions: int = 50_000
    bounded: int = 1_000
    """Streams whose AUC is looked for in its bound, without a worker."""
    bounded_labels: int = 20_000
    """Labels of each."""


def run(sizes: Sizes | None = None) -> Iterator[Row]:
    """Yield the largest difference over some streams, outside of a published bound it counts as 1; then the share of
    many streams in their bounds, and the median difference."""
    sizes = sizes or Sizes()
    with embedded_broker() as broker:
        for topic in (topics.IMPRESSIONS, topics.INTERACTIONS):
            create_topic(broker.address, topic, topics.USER_PARTITIONS)
        streams = [
            _Stream(f"model-{number}", spread, sizes.impressions, number)
            for number, spread in _spreads(sizes)
        ]
        _write(broker.address, streams)
        worker = WorkerProcess(
            broker.address, "bench", ["none"], options=["--roles", "serve,watch"], settings=DEFAULTS
        )
        began = time.monotonic()
        try:
            with worker:
                total = sizes.impressions * len(streams)
                wait_until(lambda: _labels(worker) >= total, _WAIT_S, f"{total} labels", 0.05, worker.log)
                seconds = time.monotonic() - began
                found = {one["model"]: one["auc"] for one in worker.get("/v1/models")["versions"]}
        finally:
            shutil.rmtree(worker.folder, ignore_errors=True)
    yield _row(streams, found, seconds)
    yield from auc_bound.rows(sizes.bounded, sizes.bounded_labels)


def _spreads(sizes: Sizes) -> list[tuple[int, float]]:
    return list(enumerate((0.3, 1.0, 2.0) * sizes.repeat))


class _Stream:
    """Impressions whose labels are drawn from their scores, with a spread of log odds."""

    def __init__(self, model: str, spread: float, count: int, seed: int) -> None:
        draw = np.random.default_rng(seed)
        self.model = model
        odds = draw.normal(-2.0, spread, count)
        self.scores = 1 / (1 + np.exp(-odds))
        self.labels = draw.random(count) < self.scores
        self.users = [f"{model}-{user}" for user in draw.integers(0, 2_000, count)]

    def records(self) -> tuple[list[Impression], list[Interaction]]:
        """Return the impressions, and the actions that make their labels."""
        shown, acted = [], []
        for number, (user, score, label) in enumerate(
            zip(self.users, self.scores.tolist(), self.labels.tolist(), strict=True)
        ):
            when, item = _START_MS + number, f"item-{number}"
            shown.append(
                Impression(f"{self.model}-{number}", "r", user, item, 0, score, self.model, "1", when)
            )
            if label:
                acted.append(Interaction(user, item, "purchase", when + 1_000))
        return shown, acted

    def auc(self) -> float:
        """Return scikit-learn's."""
        return float(roc_auc_score(self.labels, self.scores))


def _write(address: str, streams: list[_Stream]) -> None:
    """Write all streams in order of time, and an end that makes all labels known."""
    shown: list[Impression] = []
    acted: list[Interaction] = []
    for stream in streams:
        impressions, actions = stream.records()
        shown += impressions
        acted += actions
    shown.sort(key=lambda one: one.time)
    acted.sort(key=lambda one: one.time)
    end = shown[-1].time + _WINDOW_MS
    acted += [Interaction(f"end-{number}", "item", "view", end) for number in range(200)]
    for topic, records in ((topics.IMPRESSIONS, shown), (topics.INTERACTIONS, acted)):
        keys = [one.user_id.encode() for one in records]
        produce(address, topic, [encode(one) for one in records], keys=keys)


def _labels(worker: WorkerProcess) -> int:
    document = worker.get("/v1/models") or {"versions": []}
    return sum(sum(one["labels"].values()) for one in document["versions"])


def _row(streams: list[_Stream], found: dict[str, Any], seconds: float) -> Row:
    each = {}
    for stream in streams:
        exact, published = stream.auc(), found[stream.model]
        off = abs(published["value"] - exact)
        inside = off <= published["bound"] + 1e-12
        each[stream.model] = {"sklearn": exact, **published, "off": off, "inside": inside}
    worst = max(1.0 if not one["inside"] else one["off"] for one in each.values())
    count = sum(len(stream.scores) for stream in streams)
    against = (
        f"sklearn.metrics.roc_auc_score on the same labels, {len(streams)} streams of {len(streams[0].scores):,}"
        f" impressions through a worker with the roles serve and watch on the embedded broker; log odds spread by"
        f" .3, 1 and 2, counted by the default edges; outside the published bound counts as 1;"
        f" {count / seconds:,.0f} labels/s with the start of the worker"
    )
    return Row("auc_stream_error", worst, "AUC", against, ("<=", 1e-3), each)
