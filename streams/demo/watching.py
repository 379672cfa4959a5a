"""What the demo looks at while it waits: that the worker runs, that something happens, what is counted."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Hashable, Mapping
from pathlib import Path
from typing import Any

from pandian.errors import PandianError, UsageError
from pandian.settings import Settings
from streams.demo.shop import TOPICS
from streams.transport.admin import ClusterAdmin
from streams.worker import Worker

_NAMES = tuple(topic.name for topic in TOPICS)
#: So long nothing may happen before the demo gives up.
_PATIENCE_S = 60.0


class Patience:
    """Runs out when nothing changes for a minute."""

    def __init__(self) -> None:
        self._last: tuple[float, Hashable] = (time.monotonic(), None)

    def check(self, state: Hashable, words: str) -> None:
        """Take note of how far it is; ``words`` say it in a sentence that goes on with "and nothing has happened".

        Raises:
            PandianError: when that has not changed for too long.
        """
        if self._last[1] != state:
            self._last = (time.monotonic(), state)
        elif time.monotonic() - self._last[0] > _PATIENCE_S:
            raise PandianError(
                "the demo",
                f"waits: {words}, and nothing has happened for {_PATIENCE_S:.0f} s",
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
