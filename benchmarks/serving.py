"""Serving a catalogue of 100,000: latency, the most that is kept up, what becomes of more, the start, and the topic."""

from __future__ import annotations

import csv
import io
import random
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from benchmarks import recommend
from benchmarks.base import Row
from benchmarks.machine import Usage, memory_mb
from benchmarks.recommend import champion, events, facts, find_vegeta, histories
from benchmarks.workers import DEFAULTS, pid_of
from pandian import topics
from tests.support.brokers import embedded_broker
from tests.support.processes import wait_until
from tests.support.topics import create_topic, produce
from tests.support.worker import WorkerProcess

_START_S = 120.0
_SETTLE_S = 3.0
#: Of a sustained rate, at least so many requests are answered, and the slowest of a hundred within this.
_ANSWERED, _SLOWEST_MS = 0.999, 100.0
_OK, _REFUSED = "200", "503"


@dataclass(frozen=True)
class Sizes(recommend.Sizes):
    """How much is measured."""

    items: int = 100_000
    users: int = 50_000
    blended: bool = False
    events_per_s: int = 5_000
    seconds: int = 15
    fast: int = 1_000
    """Requests a second of the second attack."""
    rates: tuple[int, ...] = (400, 600, 800, 1_000, 1_250, 1_500, 2_000)
    """That are tried for the best sustained one, the lowest first."""
    rate_seconds: int = 6
    overload: int = 4_000
    topic_requests: int = 20_000


@dataclass(frozen=True)
class Attack:
    """What a client saw."""

    codes: Mapping[str, int]
    seconds: float
    latencies: Mapping[str, np.ndarray[Any, np.dtype[np.float64]]]
    """Milliseconds by status code."""

    def ms(self, share: float, code: str = _OK) -> float:
        """Return a quantile of the latency of one code; 0 when there is none."""
        found = self.latencies.get(code)
        return float(np.quantile(found, share)) if found is not None and len(found) else 0.0

    @property
    def answered_per_s(self) -> float:
        """Answers a second."""
        return self.codes.get(_OK, 0) / self.seconds

    @property
    def share(self) -> float:
        """Share of the requests that were answered."""
        return self.codes.get(_OK, 0) / max(1, sum(self.codes.values()))

    def told(self) -> dict[str, Any]:
        """Return it for the details of a row."""
        return {
            "codes": dict(self.codes),
            "answered_per_s": round(self.answered_per_s),
            "client_ms": {f"p{share:g}": round(self.ms(share / 100), 2) for share in (50, 90, 99, 99.9)},
        }


def run(sizes: Sizes | None = None) -> Iterator[Row]:
    """Yield what one serving worker does beside one that counts."""
    sizes = sizes or Sizes()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        broker = stack.enter_context(embedded_broker())
        for topic, partitions in (
            (recommend.TOPIC, 4),
            (topics.INTERACTIONS, topics.USER_PARTITIONS),
            (topics.REQUESTS, topics.USER_PARTITIONS),
        ):
            create_topic(broker.address, topic, partitions)
        settings = {**DEFAULTS, "PANDIAN_MODELS": str(champion(folder, sizes))}
        yield _start(broker.address, settings, sizes)
        produce(broker.address, topics.INTERACTIONS, *histories(sizes))
        counting, serving = (
            WorkerProcess(
                broker.address, "bench", [recommend.TOPIC], options=["--roles", roles], settings=settings
            )
            for roles in ("profile,interact,merge", "serve")
        )
        for worker in (counting, serving):
            stack.callback(shutil.rmtree, worker.folder, ignore_errors=True)
            stack.enter_context(worker)
        known = sizes.users * sizes.history
        wait_until(lambda: facts(serving)["interactions"] >= known, _START_S, "all users", 0.05, serving.log)
        for worker in (serving, counting):
            wait_until(lambda one=worker: one.get("/readyz"), _START_S, "readiness", 0.1, worker.log)  # type: ignore[misc]  # mypy knows no defaults of lambdas
        client = Client(find_vegeta(), serving, folder, sizes)
        with events(broker.address, sizes):
            time.sleep(_SETTLE_S)
            yield from _latency(client, counting, sizes)
        yield from _overload(client, sizes)
        yield _by_topic(broker.address, serving, sizes)


class Client:
    """Asks in an open loop."""

    def __init__(self, vegeta: str, serving: WorkerProcess, folder: Path, sizes: Sizes) -> None:
        self._vegeta, self.serving, self._sizes = vegeta, serving, sizes
        self._targets = folder / "targets"
        draw = random.Random(1)
        url = f"http://127.0.0.1:{serving.port}/v1/recommend"
        self._targets.write_text(
            "".join(f"GET {url}/user-{draw.randrange(sizes.users)}\n" for _ in range(20_000))
        )

    def attack(self, rate: int, seconds: int) -> Attack:
        """Ask so often."""
        command = [self._vegeta, "attack", "-targets", str(self._targets), "-rate", f"{rate}/s"]
        command += ["-duration", f"{seconds}s", "-timeout", "10s", "-max-workers", "2000", "-max-body", "0"]
        done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
        told = subprocess.run(
            [self._vegeta, "encode", "-to", "csv"], input=done.stdout, stdout=subprocess.PIPE, check=True
        )
        rows = [(row[1], float(row[2]) / 1e6) for row in csv.reader(io.StringIO(told.stdout.decode()))]
        codes = sorted({code for code, _ in rows})
        latencies = {code: np.array([ms for one, ms in rows if one == code]) for code in codes}
        return Attack({code: len(found) for code, found in latencies.items()}, seconds, latencies)


def _start(address: str, settings: Mapping[str, str], sizes: Sizes) -> Row:
    """Time a worker from its process to an answer of the model."""
    with WorkerProcess(
        address, "bench-start", [recommend.TOPIC], options=["--roles", "serve"], settings=dict(settings)
    ) as worker:
        began = time.monotonic()

        def answered() -> bool:
            return ((worker.get("/v1/recommend/anybody?session=item-1") or {}).get("model")) == "sasrec"

        wait_until(answered, _START_S, "the first answer", 0.01, worker.log)
        seconds = time.monotonic() - began
    shutil.rmtree(worker.folder, ignore_errors=True)
    how = f"process start to the first answer of a self-attentive model of {sizes.items:,} items"
    return Row("serve_start_s", seconds, "s", how, ("<=", 5))


def _latency(client: Client, counting: WorkerProcess, sizes: Sizes) -> Iterator[Row]:
    what = (
        f"GET /v1/recommend/{{user}}, open loop (vegeta), self-attentive model of {sizes.items:,} items (width"
        f" {sizes.width}, {sizes.length} places), {sizes.users:,} users, {sizes.events_per_s:,} events/s flowing,"
        " profile and serve as two processes, broker and load on the same machine"
    )
    before, usage = (
        _buckets(client.serving),
        Usage({"serve": pid_of(client.serving), "profile": pid_of(counting)}),
    )
    found = client.attack(sizes.requests_per_s, sizes.seconds)
    server = _between(before, _buckets(client.serving))
    detail = {**found.told(), "usage": usage.told(max(1, sum(found.codes.values())))}
    for share, bar in ((50, 2), (99, 5)):
        yield Row(
            f"recommend_p{share}_ms",
            quantile(server, share / 100),
            "ms",
            f"server's histogram, {sizes.requests_per_s} requests/s; client's p{share} {found.ms(share / 100):.1f} ms;"
            f" {what}",
            ("<=", bar),
            detail,
        )
    fast = client.attack(sizes.fast, sizes.seconds)
    for share, bar in ((90, 7), (99, 20)):
        yield Row(
            f"recommend_1000_p{share}_ms",
            fast.ms(share / 100),
            "ms",
            f"client's, {sizes.fast:,} requests/s, {fast.share:.1%} answered; {what}",
            ("<=", bar),
            fast.told(),
        )


def _overload(client: Client, sizes: Sizes) -> Iterator[Row]:
    slow = client.attack(sizes.requests_per_s, sizes.rate_seconds)
    calm, _ = memory_mb(pid_of(client.serving))
    best, tried = slow, {sizes.requests_per_s: slow.told()}
    for rate in sizes.rates:
        found = client.attack(rate, sizes.rate_seconds)
        tried[rate] = found.told()
        if found.share >= _ANSWERED and found.ms(0.99) <= _SLOWEST_MS:
            best = max(best, found, key=lambda one: one.answered_per_s)
    over = client.attack(sizes.overload, sizes.seconds)
    after, _ = memory_mb(pid_of(client.serving))
    told = (
        f"{sizes.overload:,} requests/s offered: {over.answered_per_s:,.0f} answered a second, the others refused"
        f" (503, p50 {over.ms(0.5, _REFUSED):.1f} ms, p99 {over.ms(0.99, _REFUSED):.1f} ms, client's); best sustained"
        f" {best.answered_per_s:,.0f}; no other events"
    )
    detail = {"rates": tried, "overload": {**over.told(), "refused_p99_ms": over.ms(0.99, _REFUSED)}}
    yield Row(
        "overload_share", over.answered_per_s / max(1e-9, best.answered_per_s), "x", told, (">=", 0.9), detail
    )
    yield Row("overload_refusal_ms", over.ms(0.5, _REFUSED), "ms", f"median, client's; {told}", ("<=", 5))
    yield Row(
        "overload_rss_ratio",
        after / calm,
        "x",
        f"{after:,.0f} MB after that over {calm:,.0f} MB after {sizes.requests_per_s} requests/s",
        ("<=", 1.2),
    )


def _by_topic(address: str, serving: WorkerProcess, sizes: Sizes) -> Row:
    draw = random.Random(2)
    users = [f"user-{draw.randrange(sizes.users)}" for _ in range(sizes.topic_requests)]
    requests = [
        orjson.dumps({"request_id": f"r{number}", "user_id": user}) for number, user in enumerate(users)
    ]
    before = _answered(serving)
    began = time.monotonic()
    produce(address, topics.REQUESTS, requests, None, [user.encode() for user in users])
    wait_until(
        lambda: _answered(serving) - before >= sizes.topic_requests,
        _START_S,
        "all answers",
        0.02,
        serving.log,
    )
    rate = sizes.topic_requests / (time.monotonic() - began)
    how = (
        f"{sizes.topic_requests:,} requests on pandian.requests, from the first sent to the last answered by the same"
        f" worker and model of {sizes.items:,} items; embedded broker"
    )
    return Row("topic_requests_per_s", rate, "requests/s", how, (">=", 5_000))


def _answered(serving: WorkerProcess) -> float:
    return _buckets(serving)[-1][1]


def _buckets(serving: WorkerProcess) -> Sequence[tuple[float, float]]:
    """Return the answers within each bound, by its seconds."""
    lines = (
        one
        for one in serving.text("/metrics").splitlines()
        if one.startswith("pandian_recommend_seconds_bucket")
    )
    totals: dict[float, float] = {}
    for line in lines:
        bound = float(line.split('le="')[1].split('"')[0])
        totals[bound] = totals.get(bound, 0.0) + float(line.rsplit(" ", 1)[1])
    return sorted(totals.items()) or [(float("inf"), 0.0)]


def _between(
    before: Sequence[tuple[float, float]], after: Sequence[tuple[float, float]]
) -> list[tuple[float, float]]:
    old = dict(before)
    return [(bound, count - old.get(bound, 0.0)) for bound, count in after]


def quantile(buckets: Sequence[tuple[float, float]], share: float) -> float:
    """Return a quantile in milliseconds, within its bucket in proportion, as Prometheus does."""
    wanted, low, below = share * buckets[-1][1], 0.0, 0.0
    for bound, count in buckets:
        if count >= wanted:
            within = (wanted - below) / max(1e-9, count - below)
            return 1000 * (low if bound == float("inf") else low + (bound - low) * within)
        low, below = bound, count
    return 1000 * low
