"""Turns the records of this worker's source partitions into interactions and items, on a pass of its own.

For each source partition one chunk is under way at a time; the next one is sent when the broker has acknowledged all
of it. ``docs/architecture.md`` says why readers of ``pandian.interactions`` can then tell every repeat by one number.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from typing import Any

import aiokafka
from faust.types import TP

from monitoring.extraction import ExtractionMetrics
from pandian import topics
from pandian.errors import PandianError
from streams.decode.registry import BatchDecoder
from streams.interactions.override import read_overrides
from streams.inventory.policy import default_policy
from streams.stages.beginnings import Beginnings
from streams.stages.context import StageContext
from streams.stages.extracting import Extracting
from streams.stages.follower import InventoryFollower
from streams.stages.profile import ProfileStage
from streams.statelog import StateLog
from streams.transport.connection import aiokafka_options
from streams.transport.errors import KAFKA_ERRORS
from streams.transport.outbox import Outbox
from streams.transport.own_topics import LARGEST_BATCH, ensure_own
from streams.worklog import logger

log = logger("interactions")

_PARTITIONS = 8
_POLL_MS = 200
_BROKER_WAIT_MS = 50
_LOOK_SECONDS = 0.5
_RETRY_SECONDS = 1.0
_FETCH_BYTES = 512 << 10
#: Records that the inventory may be behind before extraction makes room for it, and by how much it then rests.
_BEHIND = 20_000
_REST = 4.0


class ExtractionPart:
    """Extracts what the profile stage of the same worker holds.

    Args:
        context: the worker.
        profile: whose partitions are extracted.
        inventory: knows what fields mean.
    """

    def __init__(self, context: StageContext, profile: ProfileStage, inventory: InventoryFollower) -> None:
        self._context = context
        self._profile = profile
        self._states = StateLog(context.app, context.admin, topics.EXTRACTIONS, _PARTITIONS)
        self._beginnings = Beginnings(
            context,
            self._states,
            inventory,
            read_overrides(context.settings.mapping),
            default_policy(context.settings.max_fields).masker,
        )
        self._decoder = BatchDecoder(max_fields=context.settings.max_fields)
        self._outbox = Outbox(context.settings, LARGEST_BATCH)
        self._metrics = ExtractionMetrics(context.metrics.registry)
        self._extracting: dict[TP, Extracting] = {}
        self._consumer: Any = None
        self._writing = asyncio.Lock()
        self._closed = False
        self.made = 0
        """Interactions and items sent by this worker."""

    @property
    def lag(self) -> int:
        """Records of the partitions at hand that are not yet extracted."""
        return sum(one.lag for one in self._extracting.values())

    def facts(self) -> dict[str, int]:
        """Return flat facts for ``/v1/status``."""
        return {"extracted": self.made, "extraction_lag": self.lag, "extracting": len(self._extracting)}

    async def start(self) -> None:
        """Make the topics and connect."""
        await ensure_own(self._context.admin, [topics.INTERACTIONS, topics.ITEMS])
        await self._states.make()
        await self._outbox.start()
        settings = self._context.settings
        self._consumer = aiokafka.AIOKafkaConsumer(
            **aiokafka_options(settings, settings.bootstrap_servers),
            group_id=None,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            fetch_max_wait_ms=_BROKER_WAIT_MS,
            max_partition_fetch_bytes=_FETCH_BYTES,
        )
        await self._consumer.start()

    async def run(self) -> None:
        """Extract until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._extract())
            group.create_task(self._checkpoints())

    async def close(self) -> None:
        """Write how far it is."""
        self._closed = True
        await self.checkpoint()
        await self._outbox.stop()
        await self._consumer.stop()

    async def checkpoint(self) -> None:
        """Write the state of every partition that moved; one at a time."""
        async with self._writing:
            moved = [one for one in self._extracting.values() if one.written != one.state.end]
            await asyncio.gather(*map(self._write, moved))

    async def _write(self, one: Extracting) -> None:
        end = one.state.end
        await self._beginnings.write(one.state)
        one.written = end

    async def _checkpoints(self) -> None:
        while not self._closed:
            await asyncio.sleep(self._context.settings.checkpoint_seconds)
            try:
                await self.checkpoint()
            except KAFKA_ERRORS as error:
                log.warning("how far extraction is cannot be written, trying again: %s", error)

    async def _extract(self) -> None:
        look_at = 0.0
        while not self._closed:
            try:
                if time.monotonic() >= look_at:
                    await self._look()
                    look_at = time.monotonic() + _LOOK_SECONDS
                if self._extracting:
                    await self._step()
                else:
                    await asyncio.sleep(_LOOK_SECONDS)
            except (PandianError, *KAFKA_ERRORS) as error:
                log.warning("extraction waits, and goes on where it was: %s", error)
                await asyncio.sleep(_RETRY_SECONDS)
                self._seek(self._extracting.values())

    async def _look(self) -> None:
        """Let go of partitions that are no longer ours, and begin those that have a mapping now."""
        held = self._held()
        kept = {
            tp: one
            for tp, one in self._extracting.items()
            if tp in self._profile.sources
            and held.get(tp, one.state.source.topic_id) == one.state.source.topic_id
        }
        begun = await self._beginnings.begin(
            [source for tp, source in self._profile.sources.items() if tp in held and tp not in kept]
        )
        if begun or kept.keys() != self._extracting.keys():
            self._extracting = {**kept, **{one.tp: one for one in begun}}
            self._consumer.assign(
                [aiokafka.TopicPartition(tp.topic, tp.partition) for tp in self._extracting]
            )
            self._seek(self._extracting.values())

    def _held(self) -> dict[TP, Any]:
        """Return the topic id of each partition that is being profiled."""
        return {
            tp: source.counter.topic_id
            for tp, source in self._profile.sources.items()
            if source.epoch is not None and source.counter.counting
        }

    def _seek(self, extracting: Any) -> None:
        for one in extracting:
            self._consumer.seek(aiokafka.TopicPartition(one.tp.topic, one.tp.partition), one.state.end)

    async def _step(self) -> None:
        fetched = await self._consumer.getmany(timeout_ms=_POLL_MS)
        if not fetched:
            return
        # Asked after the fetch: ids never come back, so these records are of the topics that are extracted.
        infos = await self._context.admin.topics({tp.topic for tp in fetched})
        works = []
        for at, records in fetched.items():
            one = self._extracting.get(TP(at.topic, at.partition))
            if one is None:
                continue
            info = infos.get(at.topic)
            if info is None or info.id != one.state.source.topic_id:
                self._extracting.pop(
                    one.tp
                )  # made again: the profile stage notices too, and then it begins anew
                continue
            one.highwater = self._consumer.highwater(at) or 0
            works.append(self._advance(one, records))
        await asyncio.gather(*works)

    async def _advance(self, one: Extracting, records: Sequence[Any]) -> None:
        if records[0].offset > one.state.end:
            await self._count_expired(one)
        for chunk in one.chunks(records, self._decoder):
            began = time.thread_time()
            if self._closed or self._extracting.get(one.tp) is not one:
                return
            await self._outbox.send(chunk.outgoing)
            one.take(chunk)
            self.made += len(chunk.outgoing)
            self._metrics.extracted(one.tp.topic, chunk.outcomes)
            await asyncio.sleep(self._rest(chunk.records, began))

    def _rest(self, records: int, began: float) -> float:
        """Return how long to leave the processor to the inventory: not at all while it keeps up."""
        behind = sum(source.lag for source in self._profile.sources.values())
        if behind < _BEHIND:
            return 0.0
        return _REST * max(records * 8e-6, time.thread_time() - began)

    async def _count_expired(self, one: Extracting) -> None:
        """Find out whether retention, not compaction, left a gap, and count it."""
        key = (one.tp.topic, one.tp.partition)
        start = (await self._context.admin.starts([key]))[key]
        if start > one.state.end:
            gone: Mapping[str, int] = {"expired": start - one.state.end}
            one.state.outcomes.update(gone)
            one.state.end = start
            self._metrics.extracted(one.tp.topic, gone)
