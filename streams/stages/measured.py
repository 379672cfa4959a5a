"""What the labels of all partitions say of each model version: followed by every worker, exported by one."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from monitoring.auc import auc
from monitoring.measures import Quota, summed
from monitoring.models import ModelCollector, VersionFigures
from pandian import topics
from streams.feedback.state import PartitionState, StateError, decode_state
from streams.stages.alerting import Alerting
from streams.stages.causing import Causes
from streams.stages.context import StageContext
from streams.stages.watching import WatchingPart
from streams.statelog import LARGEST, StateLog
from streams.transport.follower import TopicFollower
from streams.transport.own_topics import ensure_own
from streams.worklog import logger

log = logger("feedback")


class MeasuresPart:
    """Follows ``pandian.measures`` and ``pandian.alerts``.

    Args:
        context: the worker.
        owned: tells whether this worker is the one that exports metrics and raises alerts.
        causes: explains alarms; None where nothing is known of the data.
    """

    def __init__(
        self, context: StageContext, owned: Callable[[], bool], causes: Causes | None = None
    ) -> None:
        self._context = context
        self._owned = owned
        self._log = StateLog(context.app, context.admin, topics.MEASURES, topics.USER_PARTITIONS)
        self._follower = TopicFollower(context.settings, topics.MEASURES, self._take, max_bytes=LARGEST)
        self._alerting = Alerting(context)
        self._watching = WatchingPart(context, owned, self._alerting, causes)
        self._quota = Quota.of(topics.USER_PARTITIONS)
        self._states: dict[bytes, PartitionState] = {}
        self._version = self._figured = 0
        self._figures: list[VersionFigures] = []
        context.metrics.registry.register(ModelCollector(self))

    async def start(self) -> None:
        """Make the topics."""
        await ensure_own(self._context.admin, [topics.ALERTS])
        await self._log.make()
        await self._watching.start()
        self._quota = Quota.of(self._log.partitions)

    async def run(self) -> None:
        """Follow, and watch when it is this worker's turn, until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._follower.run())
            group.create_task(self._alerting.run())
            group.create_task(self._watching.run())

    async def close(self) -> None:
        """Write what was watched; what else it knows is in the topics."""
        await self._watching.close()

    def owned(self) -> bool:
        """Tell whether this worker exports the figures."""
        return self._owned()

    def figures(self) -> Sequence[VersionFigures]:
        """Return what is known of each version, the newest first."""
        if self._figured != self._version:
            self._figured = self._version
            sums = summed(state.measures for state in self._states.values())
            self._figures = [
                VersionFigures(one.model, one.version, auc(one.total), auc(one.recent), auc(one.reference))
                for one in sums
            ]
        return self._figures

    def versions(self) -> list[dict[str, Any]]:
        """Return the same for ``GET /v1/models``."""
        return [
            {
                "model": one.model,
                "version": one.version,
                "labels": {"positive": one.total.positive, "negative": one.total.negative},
                "auc": one.total.document(),
                "recent": one.recent.document(),
                "reference": one.reference.document(),
                "alarm": self._alerting.is_firing(f"{one.model}@{one.version}"),
                "figures": self.watched(one.model, one.version),
            }
            for one in self.figures()
        ]

    def alerts(self) -> Sequence[Mapping[str, Any]]:
        """Return the newest alerts of all kinds, the newest first."""
        return self._alerting.alerts()

    def waiting(self) -> int:
        """Return how many impressions wait for their label."""
        return sum(state.waiting for state in self._states.values())

    def rejected(self) -> Mapping[str, int]:
        """Return how many impressions were not labelled, by reason."""
        found: Counter[str] = Counter()
        for state in self._states.values():
            found.update(state.resume.rejected)
        return found

    def actions(self) -> Mapping[str, int]:
        """Return how many interactions were read to label impressions, by what became of them."""
        found: Counter[str] = Counter()
        for state in self._states.values():
            found.update(state.resume.interactions)
        return found

    def untimely(self) -> Mapping[str, int]:
        """Return how many labels were not given by event time: ``early``, as too many waited, or ``idle``."""
        resumes = [state.resume for state in self._states.values()]
        return {"early": sum(one.early for one in resumes), "idle": sum(one.idle for one in resumes)}

    def read(self) -> Mapping[str, int]:
        """Return how many labels were read to watch models, by what became of them; empty: not by this worker."""
        return self._watching.outcomes()

    def watched(self, model: str, version: str) -> Mapping[str, Any] | None:
        """Return the figures of a version by window and segment; None: there are none yet."""
        return self._watching.figures(model, version)

    def firing(self) -> Mapping[str, int]:
        """Return how many alerts fire, by kind."""
        return self._alerting.firing()

    def _take(self, _partition: int, records: Sequence[Any]) -> None:
        for record in records:
            self._states.pop(record.key, None)
            if record.value is None:
                continue
            try:
                state = decode_state(record.value, self._quota)
            except StateError as error:
                log.error("%s", error)  # noqa: TRY400 - the error is its own one line
                continue
            # Which ones wait matters to those who go on from here; to everybody else it is megabytes.
            state.resume.waiting = ()
            self._states[record.key] = state
        self._version += 1
