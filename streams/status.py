"""What a worker says about itself, and the inventory it shows."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from streams.worker import Worker

_RATE_SECONDS = 2.0


class OwnedAssets:
    """The assets that this worker merges: a merged figure is exported as a metric by its owner only."""

    def __init__(self, worker: Worker) -> None:
        self._worker = worker

    def version(self) -> int:
        """Return a number that changes with the documents."""
        return self._worker.merge.version if self._worker.merge else 0

    def owned(self) -> list[Mapping[str, Any]]:
        """Return their documents."""
        return list(self._worker.merge.owned.values()) if self._worker.merge else []


class WorkerStatus:
    """The :class:`~streams.web.base.InventorySource` of a worker."""

    def __init__(self, worker: Worker) -> None:
        self._worker = worker
        self._measured = (time.monotonic(), 0)
        self._rate = 0.0

    def document(self) -> Mapping[str, Any]:
        """Return the whole inventory document."""
        return self._worker.follower.document()

    def asset(self, name: str) -> Mapping[str, Any] | None:
        """Return one asset."""
        return self._worker.follower.asset(name)

    def version(self) -> int:
        """Return a number that changes with the document."""
        return self._worker.follower.version()

    def readiness(self) -> tuple[bool, str]:
        """Return whether this worker does its part, and if not, why."""
        worker = self._worker
        if not worker.app.started or worker.app.rebalancing:
            return False, "joining the consumer group"
        if worker.profile and any(source.epoch is None for source in worker.profile.sources.values()):
            return False, "some partitions are not read yet: see the log for why"
        if "serve" in worker.options.roles and not worker.follower.caught_up:
            return False, "reading the inventory"
        return True, "ready"

    def status(self) -> Mapping[str, str | int | float | bool | None]:
        """Return flat facts."""
        worker = self._worker
        sources = list(worker.profile.sources.values()) if worker.profile else []
        return {
            "broker": worker.settings.broker,
            "embedded": worker.embedded is not None,
            "roles": ",".join(sorted(worker.options.roles)),
            "topics": len({source.tp.topic for source in sources}),
            "partitions": len(sources),
            "records_read": worker.profile.read if worker.profile else 0,
            "records_per_s": round(self._records_per_s(), 1),
            "lag": sum(source.lag for source in sources),
            "quarantined": worker.profile.quarantined if worker.profile else 0,
        }

    def _records_per_s(self) -> float:
        """Return the rate since the last measurement that is at least two seconds old."""
        read = self._worker.profile.read if self._worker.profile else 0
        then, before = self._measured
        passed = time.monotonic() - then
        if passed >= _RATE_SECONDS:
            self._rate = (read - before) / passed
            self._measured = (time.monotonic(), read)
        return self._rate
