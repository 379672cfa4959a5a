"""Stage 1: every record of the source partitions is decoded, counted and written to ``pandian.profiles``.

Follows :mod:`streams.counting.protocol` to the letter; this module brings the clock, the broker and Faust.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from operator import attrgetter
from typing import Any

import numpy as np
import numpy.typing as npt
from faust.types import TP

from pandian.errors import PandianError
from streams.counting.base import Reload, ReloadReason
from streams.counting.protocol import PartitionCounter
from streams.decode.base import Decoded
from streams.decode.opening import open_decoder
from streams.decode.reasons import SCHEMA_REGISTRY_DOWN
from streams.inventory.duplicates import Window, content_hashes
from streams.stages.context import StageContext
from streams.stages.loading import Loader, StartFrom
from streams.stages.quarantine import QuarantineLog
from streams.stages.source import Checkpoint, ProfileState, SourcePartition, now_ms, records_meta
from streams.stages.throttle import Throttle
from streams.stages.turns import give_way
from streams.stages.waiting import WaitingRecords
from streams.transport.admin import TopicInfo
from streams.transport.batches import Batch, BatchTopic
from streams.transport.errors import KAFKA_ERRORS
from streams.worklog import logger

log = logger("profile")

#: Pause after a batch that could not be counted, so that trouble that stays does not take the processor.
_TROUBLE_SECONDS = 1.0
#: A batch is decoded and counted in parts of about so many bytes: what is parsed of one, some five times as much, is
#: still in the processor's cache when it is counted.
_PART_BYTES = 192 << 10
#: Share of the time to the next checkpoint that may go into freezing profiles.
_FREEZING_SHARE = 0.1
#: Seconds of freezing without letting anything else run.
_HELD_SECONDS = 0.03


class ProfileStage:
    """Counts the source partitions that the consumer group gives to this worker.

    Args:
        context: the worker's app (gets an agent on :attr:`topic`), broker and policy.
        start: where to begin a partition of which nothing is known.
        max_rate: at most so many records a second; None for no limit.
    """

    def __init__(self, context: StageContext, start: StartFrom, max_rate: float | None = None) -> None:
        app, settings = context.app, context.settings
        self.topic = BatchTopic(app)
        self.sources: dict[TP, SourcePartition] = {}
        self.read = 0
        self.quarantined = 0
        self._app = app
        self._admin = context.admin
        self._profiles = context.profiles
        self._settings = settings
        self._policy = context.policy
        self._metrics = context.metrics
        self._decoder = open_decoder(settings)
        self._waiting = WaitingRecords(settings, self._decoder, self)
        self._quarantine = QuarantineLog(app, settings.quarantine_original)
        self._loader = Loader(context, start, self._is_current, self._decoder)
        self._throttle = Throttle(max_rate)
        self._checkpointing = asyncio.Lock()
        self._interval = settings.checkpoint_seconds
        self._written = 0
        self._turn = 0
        self._closed = False
        app.agent(self.topic, name="profile")(self._consume)
        app.on_partitions_assigned.connect(self._on_assigned, weak=False)
        app.on_partitions_revoked.connect(self._on_revoked, weak=False)

    def known_at_start(self, names: frozenset[str]) -> None:
        """Take note of the topics that were there when the worker began: others are read from the earliest."""
        self._loader.start = replace(self._loader.start, topics=names)

    async def _consume(self, stream: Any) -> None:
        async for batch in stream:
            began = time.perf_counter()
            # Of the whole batch at once: of parts it takes twice as long.
            repeated, start = self._repeated(batch), 0
            for part in batch.parts(self._at_once(batch)):
                end = start + len(part.records)
                await self._on_part(part, repeated[start:end])
                start = end
            # A stream with a full queue would never let others run. Each time costs: the thread that reads takes the
            # interpreter's lock. After every part instead of every batch, a tenth less was counted in a second.
            await give_way(began)

    def _at_once(self, batch: Batch) -> int:
        """Return how many records of a batch to decode and count together."""
        fitting = max(1, len(batch.records) * _PART_BYTES // max(1, batch.size))
        return min(fitting, self._throttle.at_once or fitting)

    def _repeated(self, batch: Batch) -> npt.NDArray[np.bool_]:
        """Tell of each record of a batch whether its content was there before."""
        source = self.sources.get(batch.tp)
        if source is None or batch.epoch != source.epoch:
            return np.zeros(len(batch.records), np.bool_)
        offsets = np.fromiter(batch.offsets, np.int64, len(batch.records))
        return source.window.add(content_hashes([value or b"" for value in batch.values]), offsets)

    async def _on_part(self, batch: Batch, repeated: npt.NDArray[np.bool_]) -> None:
        try:
            await self._on_batch(batch, repeated)
        except Exception as error:  # noqa: BLE001 - one partition's trouble must not stop the others
            # The message could hold what is in a record: only the kind of error is told.
            what = f"a batch from offset {batch.offset} to {batch.next_offset} ({type(error).__name__})"
            source = self.sources.get(batch.tp)
            if source is not None:
                self._restart(source, source.counter.failed(what))
            await asyncio.sleep(_TROUBLE_SECONDS)

    async def _on_batch(self, batch: Batch, repeated: npt.NDArray[np.bool_]) -> None:
        source = self.sources.get(batch.tp)
        if self._closed or source is None or batch.epoch != source.epoch:
            return
        if batch.follows != source.counter.end or await self._expired(source, batch):
            self._restart(source, source.counter.out_of_range())
            return
        values = batch.values
        if missing := self._decoder.missing_schemas(values):
            await asyncio.to_thread(self._decoder.fetch_schemas, missing)
            if batch.epoch != source.epoch:
                return
        kinds = source.counter.state.kinds
        decoded = self._decoder.decode(values, batch.headers_of_records, kinds)
        if decoded.rejects:
            sends = await self._quarantine.send(source, batch.records, decoded.rejects)
            if batch.epoch != source.epoch:  # reloaded while a send was waiting
                return
            source.sends.extend(sends)
        meta = replace(records_meta(batch.records, now_ms(), batch.partition), repeated=repeated)
        reload = source.count(batch, decoded, meta)
        if reload:
            self._restart(source, reload)
            return
        self._account(source, len(values), decoded)
        await self._throttle.spend(len(values))

    async def add_waited(self, source: SourcePartition, records: Sequence[Any], gone: Sequence[int]) -> None:
        """Count records that waited for their schema as far as they can be read now, and give up those that are gone.

        For :class:`~streams.stages.waiting.WaitingRecords`.
        """
        epoch, profile = source.epoch, source.counter.state
        headers = [record.headers for record in records]
        values = [record.value for record in records]
        decoded = self._decoder.decode(values, headers if any(headers) else None, profile.kinds)
        settled = [reject for reject in decoded.rejects if reject.reason != SCHEMA_REGISTRY_DOWN]
        if not gone and len(decoded.rejects) - len(settled) == len(records):
            return
        sends = await self._quarantine.send(source, records, settled)
        if epoch is None or source.epoch != epoch:
            return
        source.sends.extend(sends)
        meta = records_meta(records, now_ms(), source.tp.partition)
        reload = source.counter.amend(lambda profile: profile.settle(decoded, meta, gone))
        if reload:
            self._restart(source, reload)

    async def _expired(self, source: SourcePartition, batch: Batch) -> bool:
        """Tell whether retention, not compaction, left a gap in front of a batch.

        aiokafka moves to the start of the log by itself when the next offset has expired; this finds out.
        """
        if batch.offset == source.counter.end:
            return False
        key = (source.tp.topic, source.tp.partition)
        return (await self._admin.starts([key]))[key] > source.counter.end

    def _account(self, source: SourcePartition, records: int, decoded: Decoded) -> None:
        topic, rejected = source.tp.topic, len(decoded.rejects)
        self.read += records
        self.quarantined += rejected
        self._metrics.records(topic, "profiled", records - rejected)
        if rejected:
            self._metrics.records(topic, "quarantined", rejected)
        self._metrics.lag(topic, source.tp.partition, source.lag)

    async def _on_assigned(self, app: Any, assigned: Iterable[TP], **_: Any) -> None:
        sources = [self._source(tp) for tp in assigned if tp.topic in self.topic.names]
        if sources and not self._closed:
            app.add_future(self._loader.load(sources))

    def _is_current(self, source: SourcePartition) -> bool:
        return self.sources.get(source.tp) is source

    def _source(self, tp: TP) -> SourcePartition:
        state = ProfileState(tp.topic, self._policy)
        self.sources[tp] = SourcePartition(tp, PartitionCounter(tp.topic, tp.partition, state))
        return self.sources[tp]

    async def _on_revoked(self, app: Any, revoked: Iterable[TP], **_: Any) -> None:  # noqa: ARG002 - Faust's
        tps = [tp for tp in revoked if tp in self.sources]
        if not tps:
            return
        if not self._closed:
            await self._last_checkpoint()
        for tp in tps:
            source = self.sources.pop(tp)
            source.epoch = None
            source.counter.revoke()
            self._metrics.forget_partition(tp.topic, tp.partition)

    async def _last_checkpoint(self) -> None:
        try:
            await asyncio.wait_for(self.checkpoint(whole=True), self._settings.session_seconds / 3)
        except (TimeoutError, PandianError, *KAFKA_ERRORS) as error:
            log.info("no last checkpoint before the partitions went: %s", str(error) or "not in time")

    def _restart(self, source: SourcePartition, reload: Reload) -> None:
        """Drop what is under way for a partition and begin it again."""
        if source.epoch is None:
            return
        source.epoch = None
        source.sends = []
        source.window = Window()
        self._app.consumer.hold([source.tp])
        if self._closed or not self._is_current(source) or reload.reason is ReloadReason.REVOKED:
            return
        self._metrics.reload(reload.reason.value)
        log.warning("%s; reading it again from its last checkpoint", reload.detail)
        self._app.add_future(self._loader.load([source]))

    async def run(self) -> None:
        """Checkpoint again and again, and look after records that wait, until the app stops."""
        async with asyncio.TaskGroup() as group:
            waiting = group.create_task(self._waiting.run())
            await self._checkpoints()
            waiting.cancel()

    async def _checkpoints(self) -> None:
        while not self._app.should_stop and not self._closed:
            await asyncio.sleep(self._interval)
            try:
                await self.checkpoint()
            except (PandianError, *KAFKA_ERRORS) as error:
                log.warning("no checkpoint now, trying again: %s", error)
            limit = self._settings.profile_bytes_per_second
            self._interval = max(self._settings.checkpoint_seconds, self._written / limit)

    async def checkpoint(self, *, whole: bool = False) -> None:
        """Write the partitions whose profile moved, and look whether the topics are still the same.

        Those that have waited longest come first, as many as may be written in the time to the next checkpoint, and
        frozen in a tenth of it: so it takes no longer, and holds no more at once, however many partitions there are.
        One at a time; a second call waits for the first.

        Args:
            whole: write all of them.
        """
        async with self._checkpointing:
            self._written = 0
            checkpoints: list[Checkpoint] = []
            began = time.monotonic()
            try:
                await self._freeze(checkpoints, whole=whole)
                await self._write_all(checkpoints)
                if checkpoints:
                    self._metrics.checkpoint(time.monotonic() - began)
            finally:
                for checkpoint in checkpoints:
                    checkpoint.give_up()

    async def _write_all(self, checkpoints: Sequence[Checkpoint]) -> None:
        await asyncio.gather(*(self._settle(checkpoint) for checkpoint in checkpoints))
        infos = await self._admin.topics({source.tp.topic for source in self.sources.values()})
        offsets = await asyncio.gather(*(self._write(checkpoint, infos) for checkpoint in checkpoints))
        for source in list(self.sources.values()):
            self._check(source, infos)
        await self._commit({tp: offset for tp, offset in offsets if offset is not None})

    async def _freeze(self, checkpoints: list[Checkpoint], *, whole: bool) -> None:
        self._turn += 1
        room = self._settings.profile_bytes_per_second * self._settings.checkpoint_seconds
        left = self._settings.checkpoint_seconds * _FREEZING_SHARE
        held = 0.0
        for source in sorted(self.sources.values(), key=attrgetter("turn")):
            if source.epoch is None or not source.counter.dirty:
                continue
            if min(room, left) <= 0 and not whole:
                break
            began = time.perf_counter()
            begun = Checkpoint.begin(source)
            took = time.perf_counter() - began
            source.turn = self._turn
            if isinstance(begun, Reload):
                self._restart(source, begun)
            else:
                checkpoints.append(begun)
                room -= len(begun.frozen.body)
            left, held = left - took, held + took
            if held > _HELD_SECONDS:
                # Others run now; not after every profile, or hundreds would wait for a fetch to be counted each.
                held = 0.0
                await asyncio.sleep(0)

    async def _settle(self, checkpoint: Checkpoint) -> None:
        reload = await checkpoint.settle()
        if reload:
            self._restart(checkpoint.source, reload)

    async def _write(self, checkpoint: Checkpoint, infos: Mapping[str, TopicInfo]) -> tuple[TP, int | None]:
        source = checkpoint.source
        info = infos.get(source.tp.topic)
        offset = await checkpoint.write(self._profiles, info.id if info else None, self._wrote)
        if isinstance(offset, Reload):
            self._restart(source, offset)
            return source.tp, None
        return source.tp, offset

    def _wrote(self, count: int) -> None:
        self._written += count
        self._metrics.profile_bytes(count)

    def _check(self, source: SourcePartition, infos: Mapping[str, TopicInfo]) -> None:
        """Find a topic that was made again even when no record comes: a consumer would wait for ever."""
        info = infos.get(source.tp.topic)
        if source.epoch is not None and (reload := source.counter.check(info.id if info else None)):
            self._restart(source, reload)

    async def _commit(self, offsets: Mapping[TP, int]) -> None:
        try:
            await self._app.consumer.commit_positions(offsets)
        except KAFKA_ERRORS as error:
            log.debug("lag tools will be behind: %s", error)

    async def close(self) -> None:
        """Count nothing more and write what was counted."""
        self._closed = True
        await self._last_checkpoint()
