"""Worker and replay together, until everything that was sent is counted."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pandian.errors import PandianError, UsageError
from pandian.settings import Settings
from streams.demo.child import ReplayProcess
from streams.demo.replay import RATE
from streams.demo.screen import Scene, View
from streams.demo.shop import TOPICS
from streams.transport.admin import ClusterAdmin
from streams.worker import Worker, WorkerOptions

GLOB = "shop.*"
_NAMES = tuple(topic.name for topic in TOPICS)
_LOOK_S = 0.2
#: So long nothing may happen before the demo gives up.
_PATIENCE_S = 60.0


@dataclass(frozen=True, slots=True)
class DemoOptions:
    """What the demo is asked for."""

    rate: float = RATE
    """Records a second."""
    limit: int | None = None
    """Only so many order lines."""
    keep: bool = False
    """Go on serving the page when all is counted, until cancelled."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it."""

    inventory: Mapping[str, Any]
    """The inventory document of the shop's topics: every record that was sent is counted in it."""
    records: int
    """Records sent, all topics together."""
    records_per_s: float
    """Of these, from the first one sent to the last one counted."""
    seconds: float
    """From the start of the process to the last record counted."""
    first_inventory_s: float
    """From the start of the process to the first inventory shown."""
    url: str
    """Where the page is while the worker runs."""
    broker: str
    embedded: bool
    """Whether the broker was started for the demo and ends with it."""

    def document(self) -> dict[str, Any]:
        """Return what ``pandian demo --json`` prints."""
        return {
            "inventory": self.inventory,
            "model": None,
            "records_per_s": round(self.records_per_s, 1),
            "seconds": round(self.seconds, 3),
            "first_inventory_s": round(self.first_inventory_s, 3),
        }


class Demo:
    """One run of the demo.

    Args:
        settings: The broker (None: an embedded one) and the page's address. A taken port is replaced by a free one.
        options: How much and how fast.
        view: Shows what is going on.
    """

    def __init__(self, settings: Settings, options: DemoOptions, view: View) -> None:
        self._settings = settings
        self._options = options
        self._view = view
        self._started = time.monotonic() - process_age()
        self._first_inventory: float | None = None
        self._patience = _Patience()

    async def run(self, finished: Callable[[Outcome], None]) -> None:
        """Run until everything is counted, tell ``finished``, and end (or go on, when it is to be kept).

        However it ends, also by being cancelled: worker, replay and an embedded broker have ended when it returns.

        Raises:
            PandianError: when something does not work; UsageError before anything was sent.
        """
        self._view.show(Scene("starting a worker", self._seconds()))
        worker = self._worker()
        if not worker.embedded:
            await refuse_existing(self._settings)
        async with worker:
            self._view.show(Scene("opening the shop", self._seconds(), worker.url))
            async with ReplayProcess(worker.settings, self._options.rate, self._options.limit) as replay:
                outcome = await self._watch(worker, replay)
            finished(outcome)
            if self._options.keep:
                await asyncio.wait([worker.failed])
                check(worker)

    def _worker(self) -> Worker:
        options = WorkerOptions(globs=(GLOB,), make={topic.name: topic.partitions for topic in TOPICS})
        try:
            return Worker(self._settings, options)
        except UsageError:
            if not self._settings.port:
                raise
            worker = Worker(self._settings.model_copy(update={"port": 0}), options)
            self._view.say(f"port {self._settings.port} is taken: the page is at {worker.url}")
            return worker

    async def _watch(self, worker: Worker, replay: ReplayProcess) -> Outcome:
        began: float | None = None
        while True:
            check(worker)
            replay.check()
            progress, document = replay.progress, shop_inventory(worker.follower.document())
            counted = records(document)
            if began is None and progress.sent:
                began = time.monotonic() - progress.seconds
            lag = int(worker.status.status()["lag"] or 0)
            if progress.done and began is not None and counted == progress.sent and not lag:
                self._show(worker, replay, document)
                return self._outcome(worker, document, counted, time.monotonic() - began)
            self._show(worker, replay, document)
            self._patience.check(counted, progress.sent)
            await asyncio.sleep(_LOOK_S)

    def _show(self, worker: Worker, replay: ReplayProcess, document: Mapping[str, Any]) -> None:
        progress = replay.progress
        doing = "the shop is open" if progress.sent else "opening the shop"
        self._view.show(
            Scene(
                doing="counting the last records" if progress.done else doing,
                seconds=self._seconds(),
                url=worker.url,
                progress=progress,
                counted=records(document),
                rate=float(worker.status.status()["records_per_s"] or 0.0),
                document=document,
            )
        )
        if self._first_inventory is None and records(document):
            self._first_inventory = self._seconds()

    def _outcome(self, worker: Worker, document: Mapping[str, Any], counted: int, seconds: float) -> Outcome:
        return Outcome(
            inventory=document,
            records=counted,
            records_per_s=counted / seconds,
            seconds=self._seconds(),
            first_inventory_s=self._seconds() if self._first_inventory is None else self._first_inventory,
            url=worker.url,
            broker=str(worker.settings.broker),
            embedded=worker.embedded is not None,
        )

    def _seconds(self) -> float:
        return time.monotonic() - self._started


class _Patience:
    """Runs out when nothing changes for a minute."""

    def __init__(self) -> None:
        self._last: tuple[float, int, int] = (time.monotonic(), 0, 0)

    def check(self, counted: int, sent: int) -> None:
        """Take note of how far it is.

        Raises:
            PandianError: when that has not changed for too long.
        """
        if self._last[1:] != (counted, sent):
            self._last = (time.monotonic(), counted, sent)
        elif time.monotonic() - self._last[0] > _PATIENCE_S:
            raise PandianError(
                f"{counted:,} of {sent:,} sent records",
                f"are in the inventory, and nothing has happened for {_PATIENCE_S:.0f} s",
                "look at the worker's log lines above, and whether the broker answers",
            )


async def refuse_existing(settings: Settings) -> None:
    """Make sure that none of the shop's topics is on the broker: they may be somebody's.

    Raises:
        UsageError: when one is.
        BrokerError: when the broker does not answer.
    """
    admin = ClusterAdmin(settings)
    try:
        existing = sorted(await admin.topics(_NAMES))
    finally:
        await admin.close()
    if existing:
        raise UsageError(
            f"PANDIAN_BROKER={settings.broker}",
            f"must not have the topics that the demo fills, and has {', '.join(existing)}",
            "delete them when they are of an earlier demo, or unset PANDIAN_BROKER for an embedded broker",
        )


def shop_inventory(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return the part of an inventory document that is of the shop's topics."""
    return {"assets": [asset for asset in document["assets"] if asset["source"].get("topic") in _NAMES]}


def records(document: Mapping[str, Any]) -> int:
    """Return how many records an inventory document accounts for, quarantined ones included."""
    return sum(asset["records"] + asset["quarantined"] for asset in document["assets"])


def check(worker: Worker) -> None:
    """Do nothing while a worker runs well.

    Raises:
        PandianError: what made it stop.
    """
    if not worker.failed.done():
        return
    error = worker.failed.exception()
    if isinstance(error, PandianError):
        raise error
    raise PandianError(
        "the worker", f"stopped because of {error!r}", "run it with PANDIAN_DEBUG=1 to see more"
    )


def process_age() -> float:
    """Return for how many seconds this process has been running; 0 where the system does not tell (not Linux)."""
    if sys.platform != "linux":
        return 0.0
    # proc(5): field 22 of stat is the start in clock ticks since boot; the name in field 2 may hold blanks.
    ticks = float(Path("/proc/self/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[19])
    return time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK")
