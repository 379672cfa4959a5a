"""Turns the records of this worker's source partitions into interactions and items, on a pass of its own.

For each source partition one chunk is under way at a time; the next one is sent when the broker has acknowledged all
of it. ``docs/architecture.md`` says why readers of ``pandian.interactions`` can then tell every repeat by one number.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import aiokafka
from faust.types import TP

from monitoring.extraction import ExtractionMetrics
from pandian import topics
from pandian.errors import PandianError
from pandian.hashing import keyed_hash
from streams.decode.opening import open_decoder
from streams.interactions.identities import Identities
from streams.interactions.items import ItemsReader
from streams.interactions.override import read_overrides
from streams.stages.beginnings import Beginnings
from streams.stages.context import StageContext
from streams.stages.extracting import Chunk, Extracting
from streams.stages.follower import InventoryFollower
from streams.stages.mappings import Mappings
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
#: Records taken over from what was fetched at once: reading them takes the loop some ten milliseconds. And how often
#: before they are worked on: waiting for the broker is shared by all of them.
_RECORDS_AT_ONCE = 5_000
_PARTS_AT_ONCE = 4
#: Fewer are left to gather for a while: a step costs milliseconds however few they are.
_FEW, _REST_SECONDS = 1_000, 0.1
#: States that are written together: encoding one takes some fifty microseconds.
_WRITES_AT_ONCE = 100
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
        masker, hashing = context.policy.masker, keyed_hash(context.settings)
        self._beginnings = Beginnings(
            context,
            self._states,
            Mappings(
                inventory, read_overrides(context.settings.mapping), hashing.fingerprint if hashing else None
            ),
            ItemsReader(masker, Identities(masker, hashing)),
        )
        self._decoder = open_decoder(context.settings)
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
        if self._consumer is not None:
            await self._consumer.stop()

    async def checkpoint(self) -> None:
        """Write the state of every partition that moved and is still ours; one checkpoint at a time."""
        async with self._writing:
            moved = [one for one in self._extracting.values() if one.written != one.state.end]
            for start in range(0, len(moved), _WRITES_AT_ONCE):
                some = filter(self._is_ours, moved[start : start + _WRITES_AT_ONCE])
                await asyncio.gather(*map(self._write, some))

    def _is_ours(self, one: Extracting) -> bool:
        """Tell whether a partition is still given to this worker, as far as it knows.

        Whoever has it next may be at the end already: a late state of ours would hide that until something new comes.
        """
        source = self._profile.sources.get(one.tp)
        if source is None:
            return False
        # While a partition is begun again its topic's id is not known: then it may be the same one.
        known = source.epoch is not None and source.counter.counting
        return not known or source.counter.topic_id == one.state.source.topic_id

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
            except (PandianError, *KAFKA_ERRORS, OSError) as error:
                log.warning("extraction waits, and goes on where it was: %s", error)
                await self._pause(list(self._extracting.values()))

    async def _pause(self, extracting: Sequence[Extracting]) -> None:
        """Wait a little; what was fetched of these partitions and not taken is fetched again."""
        await asyncio.sleep(_RETRY_SECONDS)
        self._seek([one for one in extracting if self._extracting.get(one.tp) is one])

    async def _look(self) -> None:
        """Let go of partitions that are no longer ours, and begin those that have a mapping now."""
        kept = {
            tp: one
            for tp, one in self._extracting.items()
            if self._is_ours(one) and self._beginnings.may_go_on(one)
        }
        waiting = [
            source
            for tp, source in self._profile.sources.items()
            if tp not in kept and source.epoch is not None and source.counter.counting
        ]
        begun = [one for one in await self._beginnings.begin(waiting) if self._beginnings.may_go_on(one)]
        if begun or kept.keys() != self._extracting.keys():
            self._extracting = {**kept, **{one.tp: one for one in begun}}
            self._consumer.assign(
                [aiokafka.TopicPartition(tp.topic, tp.partition) for tp in self._extracting]
            )
            self._seek(self._extracting.values())
        for one in begun:
            self._pass_over(one, one.log_start)

    def _seek(self, extracting: Iterable[Extracting]) -> None:
        for one in extracting:
            self._consumer.seek(aiokafka.TopicPartition(one.tp.topic, one.tp.partition), one.state.end)

    async def _step(self) -> None:
        fetched = await self._fetched()
        if not fetched:
            return
        # Asked after the fetch: ids never come back, so these records are of the topics that are extracted.
        infos = await self._context.admin.topics({tp.topic for tp in fetched})
        works: dict[TP, tuple[Extracting, Sequence[Any]]] = {}
        for at, records in fetched.items():
            one = self._extracting.get(TP(at.topic, at.partition))
            if one is None:
                continue
            info = infos.get(at.topic)
            if info is None or info.id != one.state.source.topic_id:
                # Made again: the profile stage notices too, and then it begins anew.
                self._extracting.pop(one.tp)
                continue
            one.highwater = self._consumer.highwater(at) or 0
            works[one.tp] = one, records
        await self._advance_all(works)
        if sum(map(len, fetched.values())) < _FEW:
            await asyncio.sleep(_REST_SECONDS)

    async def _fetched(self) -> dict[Any, list[Any]]:
        """Return what has come of each partition, taken over in parts, so that others run in between."""
        timeout, found = _POLL_MS, dict[Any, list[Any]]()
        for _ in range(_PARTS_AT_ONCE):
            part = await self._consumer.getmany(timeout_ms=timeout, max_records=_RECORDS_AT_ONCE)
            for at, records in part.items():
                found.setdefault(at, []).extend(records)
            if sum(map(len, part.values())) < _RECORDS_AT_ONCE:
                break
            timeout = 0
            await asyncio.sleep(0)
        return found

    async def _advance_all(self, works: Mapping[TP, tuple[Extracting, Sequence[Any]]]) -> None:
        """Extract what was fetched; return when nothing of it is under way any more.

        A partition in trouble must not have two chunks under way, nor stop the others.
        """
        advances = (self._advance(one, records) for one, records in works.values())
        results = await asyncio.gather(*advances, return_exceptions=True)
        troubled = []
        for (one, _), error in zip(works.values(), results, strict=True):
            if error is None:
                continue
            # The message of an error of our own making could hold what is in a record: only its kind is told.
            said = error if isinstance(error, (PandianError, *KAFKA_ERRORS)) else type(error).__name__
            log.warning(
                "%s[%d] waits, and goes on from %d: %s", one.tp.topic, one.tp.partition, one.state.end, said
            )
            troubled.append(one)
        if troubled:
            await self._pause(troubled)

    async def _advance(self, one: Extracting, records: Sequence[Any]) -> None:
        if records[0].offset > one.state.end:
            # Retention or compaction has left a gap: the log's start tells which.
            key = (one.tp.topic, one.tp.partition)
            one.log_start = (await self._context.admin.starts([key]))[key]
            self._pass_over(one, records[0].offset)
        async for chunk in one.chunks(records, self._decoder):
            began = time.thread_time()
            if self._closed or self._extracting.get(one.tp) is not one:
                return
            await self._send(one, chunk)
            await asyncio.sleep(self._rest(chunk.records, began))

    async def _send(self, one: Extracting, chunk: Chunk) -> None:
        if chunk.outgoing and not one.state.pinned:
            await self._pin(one)
        await self._outbox.send(chunk.outgoing)
        one.take(chunk)
        self.made += len(chunk.outgoing)
        self._metrics.extracted(one.tp.topic, chunk.outcomes)

    async def _pin(self, one: Extracting) -> None:
        """Write by which mapping, before anything is sent: whoever goes on must not use another one."""
        one.state.pinned = True
        try:
            await self._write(one)
        except BaseException:
            one.state.pinned = False
            raise

    def _rest(self, records: int, began: float) -> float:
        """Return how long to leave the processor to the inventory: not at all while it keeps up."""
        behind = sum(source.lag for source in self._profile.sources.values())
        if behind < _BEHIND:
            return 0.0
        return _REST * max(records * 8e-6, time.thread_time() - began)

    def _pass_over(self, one: Extracting, first: int) -> None:
        gone = one.pass_over(first)
        if gone:
            log.warning(
                "%s[%d]: %d offsets expired before they were read", one.tp.topic, one.tp.partition, gone
            )
            self._metrics.extracted(one.tp.topic, {"expired": gone})
