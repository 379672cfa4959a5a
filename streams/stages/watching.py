"""The worker that watches the models: reads all labels once, keeps figures and evidence, tells what stands.

Its state and the offsets that it reaches are one record on ``pandian.watch``, so whoever takes over goes on from there;
a second record there has the figures, for all workers to show, and others what is remembered of the data.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import orjson

from export.registry import open_registry
from monitoring.detection.calibration import CalibrationSettings
from monitoring.detection.discrimination import AucSettings
from monitoring.detection.famine import FamineSettings
from monitoring.finding import Finding
from monitoring.watching import ModelWatch, WatchSettings
from monitoring.watching.reading import OUTCOMES
from monitoring.watching.version import Standing
from monitoring.watching.watch import KINDS, WatchStateError
from monitoring.watching.words import ended, finding
from pandian import topics
from pandian.errors import PandianError
from pandian.settings import Settings
from streams.stages.alerting import Alerting
from streams.stages.causing import Causes
from streams.stages.context import StageContext
from streams.stages.following import Following
from streams.stages.score_edges import ScoreEdges
from streams.statelog import LARGEST, StateLog
from streams.transport.admin import TopicInfo
from streams.transport.errors import KAFKA_ERRORS
from streams.transport.follower import TopicFollower
from streams.transport.own_topics import ensure_own
from streams.transport.reader import LogReader
from streams.worklog import logger

log = logger("watch")

_LOOK_SECONDS = 0.5
_RETRY_SECONDS = 1.0
_STATE, _FIGURES = b"state", b"figures"


class WatchingPart:
    """Follows ``pandian.feedback`` while this worker is the one that watches, and the figures always.

    Args:
        context: the worker.
        owned: tells whether this worker is the one that watches.
        alerting: tells what was found.
        causes: explains it; None where nothing is known of the data.
    """

    def __init__(
        self,
        context: StageContext,
        owned: Callable[[], bool],
        alerting: Alerting,
        causes: Causes | None = None,
    ) -> None:
        self._causes = causes
        self._context = context
        self._owned = owned
        self._alerting = alerting
        self._edges = ScoreEdges(open_registry(context.settings))
        self._settings = watch_settings(context.settings)
        self._log = StateLog(context.app, context.admin, topics.WATCH, 1)
        self._follower = TopicFollower(context.settings, topics.WATCH, self._take_figures, max_bytes=LARGEST)
        self._figures: Mapping[str, Any] = {}
        self._watch: ModelWatch | None = None
        self._dirty = False
        self._info: TopicInfo | None = None

    async def start(self) -> None:
        """Make the topics."""
        await ensure_own(self._context.admin, [topics.FEEDBACK])
        await self._log.make()

    async def run(self) -> None:
        """Follow, and watch while it is this worker's turn, until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._follower.run())
            group.create_task(self._edges.follow())
            group.create_task(self._take_turns())

    async def close(self) -> None:
        """Write what was counted."""
        try:
            await self._checkpoint()
        except KAFKA_ERRORS as error:
            log.info("no last state of what was watched: %s", error)

    def figures(self, model: str, version: str) -> Mapping[str, Any] | None:
        """Return the figures of a version, as they were written last; None where there are none."""
        found: Mapping[str, Any] | None = self._figures.get(f"{model}@{version}")
        return found

    def outcomes(self) -> Mapping[str, int]:
        """Return what became of the labels that were read; empty where another worker watches."""
        return dict.fromkeys(OUTCOMES, 0) | self._watch.outcomes if self._watch is not None else {}

    async def _take_turns(self) -> None:
        """Watch whenever it is this worker's turn."""
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            if not self._owned():
                continue
            try:
                await self._until_others_turn(*await self._begin())
            except (PandianError, *KAFKA_ERRORS, OSError) as error:
                log.warning("cannot watch the models, trying again: %s", error)
                await asyncio.sleep(_RETRY_SECONDS)
            finally:
                self._watch = None

    async def _begin(self) -> tuple[ModelWatch, TopicInfo]:
        """Take over from where the last one was; return what is known, and of which topic."""
        found = await self._context.admin.topics([topics.FEEDBACK])
        if topics.FEEDBACK not in found:
            raise PandianError(
                topics.FEEDBACK, "must be there for models to be watched", "start a worker that joins labels"
            )
        info = found[topics.FEEDBACK]
        async with LogReader(self._context.settings) as reader:
            records = await self._log.read(reader, [0])
        stored = records.get(_STATE)
        watch = ModelWatch(self._edges.of, self._settings)
        if stored is not None and stored[:16] == info.id.bytes:
            try:
                watch.restore(stored[16:])
            except WatchStateError as error:
                log.warning("what was watched cannot be gone on from, all labels are read anew: %s", error)
        if self._causes is not None:
            await self._causes.restore(records)
        self._watch, self._info, self._dirty = watch, info, False
        return watch, info

    async def _until_others_turn(self, watch: ModelWatch, info: TopicInfo) -> None:
        following = Following(
            self._context.settings,
            self._context.admin,
            info,
            self._take,
            lambda: watch.positions,
            self._begin_again,
        )
        works = [following.run(), self._tell(following), self._write()]
        if self._causes is not None:
            works.append(self._causes.run(lambda: bool(watch.outcomes)))
        tasks = [asyncio.ensure_future(work) for work in works]
        try:
            while self._owned():
                await asyncio.wait(tasks, timeout=_LOOK_SECONDS, return_when=asyncio.FIRST_COMPLETED)
                for task in tasks:
                    if task.done():
                        task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def _take(self, partition: int, records: Sequence[Any]) -> None:
        if self._watch is not None:
            last = records[-1]
            self._watch.take(partition, [record.value for record in records], last.offset + 1, last.timestamp)
            self._dirty = True

    async def _begin_again(self, info: TopicInfo) -> None:
        """The topic was made again: what was learned of the models stays, its offsets mean nothing any more."""
        self._info = info
        if self._watch is not None:
            self._watch.positions.clear()
            self._dirty = True

    async def _tell(self, following: Following) -> None:
        """Let alerts begin and end as what stands says."""
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            watch = self._watch
            if watch is None or not following.caught_up:
                continue
            watch.tick(time.time_ns() // 1_000_000)
            standing = {(one.kind, one.subject): one for one in watch.standing()}
            for one in standing.values():
                if not self._alerting.is_firing(one.subject, one.kind):
                    await self._alerting.tell(await self._finding(watch, one), firing=True)
            for kind in KINDS:
                for subject in self._alerting.subjects(kind):
                    if (kind, subject) not in standing:
                        text = ended(watch, kind, subject)
                        await self._alerting.tell(Finding(kind, subject, text, 0.0, text, ""), firing=False)

    async def _finding(self, watch: ModelWatch, one: Standing) -> Finding:
        """Return an alarm in words, with what moved in the same period."""
        found = finding(one)
        if self._causes is None:
            return found
        why = await self._causes.explain(one, watch.version(one.version))
        return replace(found, text=f"{found.text} {why.text}", causes=why.causes)

    async def _write(self) -> None:
        while True:
            await asyncio.sleep(self._context.settings.checkpoint_seconds)
            await self._checkpoint()

    async def _checkpoint(self) -> None:
        watch, info = self._watch, self._info
        if watch is None or info is None:
            return
        if self._causes is not None:
            await self._causes.write(partial(self._log.write, 0))
        if not self._dirty:
            return
        self._dirty = False
        state = info.id.bytes + watch.state()
        figures = orjson.dumps({"@".join(name): one for name, one in watch.documents().items()})
        try:
            await self._log.write(0, _STATE, state)
            await self._log.write(0, _FIGURES, figures)
        except BaseException:
            self._dirty = True
            raise

    def _take_figures(self, _partition: int, records: Sequence[Any]) -> None:
        for record in records:
            if record.key == _FIGURES and record.value is not None:
                self._figures = orjson.loads(record.value)


def watch_settings(settings: Settings) -> WatchSettings:
    """Return how models are watched."""
    return WatchSettings(
        window=settings.watch_window,
        auc=AucSettings(
            run_length=settings.watch_run_length,
            labels=settings.watch_reference,
            tolerance=settings.watch_tolerance,
        ),
        calibration=CalibrationSettings(run_length=10 * settings.watch_run_length),
        famine=FamineSettings(
            run_length=settings.watch_run_length,
            positives=max(100, settings.watch_reference // 10),
        ),
    )
