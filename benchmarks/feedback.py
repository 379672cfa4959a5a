"""Labels: impressions joined with actions a second, and the memory of two million that wait for their label.

Both are measured on a worker with the role ``watch`` on the embedded broker, which has all impressions and actions
before the worker begins. A join without a broker tells how much of that is the join's own.
"""

from __future__ import annotations

import random
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice
from types import SimpleNamespace
from typing import Any

from faust.types import TP

from benchmarks.base import Row, spread
from benchmarks.machine import Usage, memory_mb
from benchmarks.workers import pid_of, worker
from monitoring.edges import default_edges
from monitoring.measures import Measures, Quota
from pandian import metrics, topics
from pandian.events import Impression, Interaction, encode
from pandian.settings import Settings
from streams.feedback.base import JoinPolicy
from streams.feedback.join import Resume
from streams.feedback.state import PartitionState
from streams.stages.feedback import MOST
from streams.stages.joining import JoinedPartition
from streams.transport.batches import Batch
from streams.transport.partitioning import partition_of
from tests.support.brokers import embedded_broker
from tests.support.processes import wait_until
from tests.support.topics import create_topic, produce
from tests.support.worker import WorkerProcess

_START_MS = 1_700_000_000_000
_SHOWN = 10
"""Items of a page: each is an impression; one of them is viewed, and one that was not shown."""
_BATCH, _AT_ONCE, _PAGES = 2_000, 500, 20_000
_PASS_S, _LOOK_S = 900.0, 0.2
_OPEN = re.compile(rf"^{metrics.IMPRESSIONS_OPEN.name} (\S+)$", re.MULTILINE)
_LABELS = re.compile(rf"^{metrics.LABELS.name}{{.*}} (\S+)$", re.MULTILINE)


@dataclass(frozen=True)
class Sizes:
    """How much is measured."""

    repeat: int = 3
    alone: int = 200_000
    """Impressions that are joined without a broker, over some four windows of attribution."""
    open: int = 2_000_000
    """Impressions that wait for their label at a time, in one worker."""
    users: int = 200_000


def run(sizes: Sizes | None = None) -> Iterator[Row]:
    """Yield the memory and the rates."""
    sizes = sizes or Sizes()
    alone = spread([joined_alone(sizes) for _ in range(sizes.repeat)], 0)
    passed = _worker(sizes)
    acted = sizes.open // _SHOWN * 2
    told = f"one worker with the role watch, embedded broker on the same machine; {sizes.open:,} impressions"
    yield Row(
        f"open_impressions_{_short(sizes.open)}_rss_mb",
        passed["rss_mb"],
        "MB",
        f"resident memory of {told}, {_SHOWN} a page, as workers write them, all of which wait for their label, and"
        f" {acted:,} actions, all remembered",
        ("<=", 1_000),
        passed,
    )
    yield Row(
        "labels_joined_per_s",
        passed["labels_per_s"],
        "impressions/s",
        f"{told} and {acted:,} actions in {topics.USER_PARTITIONS} partitions; from the start of the worker until"
        " all wait, and from the action that ends their windows until all labels are written and counted; on the clock",
        (">=", 20_000),
        passed,
    )
    yield Row(
        "labels_joined_alone_per_s",
        alone["median"],
        "impressions/s",
        f"the same join without a broker, {sizes.alone:,} impressions over four windows of attribution: read, joined,"
        f" counted and encoded again, a second of processor time; median of {sizes.repeat}",
        None,
        alone,
    )


def _short(count: int) -> str:
    return f"{count // 1_000_000}m" if count >= 1_000_000 else str(count)


class _Pages:
    """Pages that are shown to some users, evenly over a time, and what they do with them."""

    def __init__(self, count: int, users: int, span_ms: int) -> None:
        self._draw = random.Random(1)
        self._pages, self._users, self._span_ms = count // _SHOWN, users, span_ms
        self.end = _START_MS + span_ms

    def __iter__(self) -> Iterator[tuple[list[Impression], list[Interaction]]]:
        draw = self._draw
        for number in range(self._pages):
            when = _START_MS + self._span_ms * number // self._pages
            user = f"customer-{draw.randrange(self._users)}"
            request = f"{draw.getrandbits(128):032x}"
            shown = [self._impression(request, user, position, when) for position in range(_SHOWN)]
            seen = draw.choice(shown).item_id
            yield (
                shown,
                [
                    Interaction(user, seen, "view", when + 5_000),
                    Interaction(user, f"item-{draw.randrange(50_000)}", "view", when + 6_000),
                ],
            )

    def _impression(self, request: str, user: str, position: int, when: int) -> Impression:
        draw = self._draw
        return Impression(
            f"{request}:{position}",
            request,
            user,
            f"item-{draw.randrange(50_000)}",
            position,
            draw.random(),
            "ranker",
            "20260301-101500-3fa9c1",
            when,
            segments={
                "user": draw.choice(("new", "known")),
                "group": f"category-{draw.randrange(200)}",
                "source": draw.choice(("sasrec", "ease", "popular")),
            },
        )

    def last(self, window_ms: int) -> Iterator[Interaction]:
        """Yield actions after which everything is due, in every partition."""
        for number in range(200):
            yield Interaction(f"end-{number}", "item", "view", self.end + window_ms + 10_000)


def joined_alone(sizes: Sizes) -> float:
    """Return impressions a second of processor time, from records to encoded labels."""
    settings = Settings()
    policy = JoinPolicy.of(settings, MOST)
    pages = _Pages(sizes.alone, sizes.users, 4 * policy.attribution_ms)
    shown, acted = [], []
    for impressions, actions in pages:
        shown += [(one.time, encode(one)) for one in impressions]
        acted += [(one.time, encode(one)) for one in actions]
    acted += [(one.time, encode(one)) for one in pages.last(policy.window_ms)]
    batches = [*_batches(topics.IMPRESSIONS, shown), *_batches(topics.INTERACTIONS, acted)]
    batches.sort(key=lambda batch: batch.timestamp)
    ends = {topics.IMPRESSIONS: len(shown), topics.INTERACTIONS: len(acted)}
    state = PartitionState("", "", Measures(Quota.of(topics.USER_PARTITIONS)), Resume())
    one = JoinedPartition(
        0,
        state,
        policy,
        lambda _name: default_edges(),
        lambda user: partition_of(user.encode(), 1) == 0,
        lambda tp: (ends[tp.topic], 1 << 62),
    )
    for lane in (one.shown, one.acted):
        lane.begin(1, 0)
    began, labels = time.process_time(), 0
    for batch in batches:
        one.put(batch)
        while one.advance(_AT_ONCE):
            if one.is_full:
                labels += _write(one)
    labels += _write(one)
    seconds = time.process_time() - began
    if labels != len(shown):
        raise RuntimeError(f"{labels:,} labels of {len(shown):,} impressions")
    return labels / seconds


def _write(one: JoinedPartition) -> int:
    # As a worker does, which lets go of each once it is part of a batch: to keep them all costs as much as a join.
    return sum(bool(encode(label)) for label in one.freeze().labels)


def _batches(topic: str, records: list[tuple[int, bytes]]) -> Iterator[Batch]:
    rows = iter(
        [SimpleNamespace(offset=at, timestamp=when, value=value) for at, (when, value) in enumerate(records)]
    )
    at = 0
    while part := list(islice(rows, _BATCH)):
        yield Batch(TP(topic, 0), 1, at, part, len(records))
        at += len(part)


def _worker(sizes: Sizes) -> dict[str, Any]:
    """Let a new worker join everything, in two steps: all impressions wait, then all have their labels."""
    window_ms = int(Settings().label_seconds * 1000)
    with embedded_broker() as broker:
        for topic in (topics.IMPRESSIONS, topics.INTERACTIONS):
            create_topic(broker.address, topic, topics.USER_PARTITIONS)
        pages = _Pages(sizes.open, sizes.users, int(Settings().attribution_seconds * 1000) // 2)
        rows = iter(pages)
        while part := list(islice(rows, _PAGES)):
            _produce(broker.address, topics.IMPRESSIONS, [one for shown, _ in part for one in shown])
            _produce(broker.address, topics.INTERACTIONS, [one for _, acted in part for one in acted])
        count = sizes.open // _SHOWN * _SHOWN
        with worker(broker.address, "bench", ["none"], "watch") as running:
            usage, began = Usage({"worker": pid_of(running)}), time.monotonic()
            _wait(running, partial(_told, running, _OPEN), count, "impressions that wait")
            waiting_s, (rss, peak) = time.monotonic() - began, memory_mb(pid_of(running))
            _produce(broker.address, topics.INTERACTIONS, list(pages.last(window_ms)))
            began = time.monotonic()
            _wait(running, partial(_told, running, _LABELS), count, "labels")
            labelled_s = time.monotonic() - began
            return {
                "labels_per_s": round(count / (waiting_s + labelled_s)),
                "rss_mb": round(rss),
                "peak_mb_while_they_came": round(peak),
                "peak_mb": round(memory_mb(pid_of(running))[1]),
                "seconds_until_all_wait": round(waiting_s, 1),
                "seconds_until_all_are_labelled": round(labelled_s, 1),
                **usage.told(count),
            }


def _produce(address: str, topic: str, records: list[Any]) -> None:
    produce(address, topic, [encode(one) for one in records], keys=[one.user_id.encode() for one in records])


def _wait(running: WorkerProcess, told: partial[float], count: int, what: str) -> None:
    wait_until(lambda: told() >= count, _PASS_S, f"{count:,} {what}", _LOOK_S, running.log)


def _told(running: WorkerProcess, metric: re.Pattern[str]) -> float:
    """Return the sum of a metric that the worker tells; 0 while it does not answer."""
    try:
        return sum(map(float, metric.findall(running.text("/metrics"))))
    except OSError:
        return 0.0
