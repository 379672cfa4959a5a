"""Writes what this worker profiles, and its share of the interactions, into the archive, on a pass of its own.

One segment of one partition is under way at a time; ``docs/archive.md`` says why nothing is lost and nothing twice.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

from faust.types import TP
from zstandard import ZstdError

from monitoring.archive import ArchiveMetrics
from pandian import topics
from pandian.archive import ArchiveFile, open_archive
from pandian.archive.compaction import compact, small_together
from pandian.archive.hiding import Replacement
from pandian.archive.retention import retain
from pandian.errors import PandianError
from pandian.hashing import KeyedHash
from streams.archiving.planning import JOINED
from streams.archiving.rows import RowsArchiver, today
from streams.archiving.state import ArchiveState, state_key
from streams.archiving.values import Values
from streams.counting.base import Source
from streams.counting.naming import profiles_partition
from streams.decode.opening import open_decoder
from streams.stages.archive_ranges import RangeReader
from streams.stages.archive_segment import Archiving, NoLongerOursError, SegmentWriter
from streams.stages.archive_sources import ArchiveSources, Known, Ours, masked_by_asset
from streams.stages.context import StageContext
from streams.stages.follower import InventoryFollower
from streams.stages.profile import ProfileStage
from streams.statelog import StateLog
from streams.transport.errors import KAFKA_ERRORS
from streams.transport.own_topics import ensure_own
from streams.transport.reader import LogReader
from streams.worklog import logger

log = logger("archive")

_PARTITIONS = 8
_LOOK_SECONDS = 0.5
_RETRY_SECONDS = 5.0
#: A partition whose state cannot be read waits so long before it is looked at again.
_REFUSED_SECONDS = 10.0
#: Bytes of the records of one segment, about, and their number: the size of files, and of what a crash costs.
_SEGMENT_BYTES = 64 << 20
_LEAST_RECORDS, _MOST_RECORDS = 1_000, 250_000
_RETAIN_SECONDS = 3_600.0
_COMPACT_SECONDS = 3_600.0
#: Records that the inventory may be behind before archiving makes room for it, and by how much it then rests.
_BEHIND = 20_000
_REST = 4.0


class ArchivePart:
    """Archives what the profile stage of the same worker holds.

    Args:
        context: the worker; its settings name the archive.
        profile: whose partitions are archived.
        inventory: knows what fields mean.
    """

    def __init__(self, context: StageContext, profile: ProfileStage, inventory: InventoryFollower) -> None:
        settings = context.settings
        self._context = context
        self._settings = settings
        self._profile = profile
        self._store = open_archive(settings.archive or "")
        self._states = StateLog(context.app, context.admin, topics.ARCHIVES, _PARTITIONS)
        self._sources = ArchiveSources(context, profile, inventory)
        self._ranges = RangeReader(settings)
        self._metrics = ArchiveMetrics(context.metrics.registry)
        key = settings.hash_key
        self._hashing = KeyedHash(key.get_secret_value()) if key else None
        masker = context.policy.masker
        self._writer = SegmentWriter(
            self._store,
            self._ranges,
            open_decoder(settings),
            RowsArchiver(Values(masker, self._hashing), masker),
            self._write,
            self._is_ours,
            self._check,
            self._log_start,
            self._rest,
        )
        self._archiving: dict[TP, Archiving] = {}
        self._refused: dict[TP, float] = {}
        self._small: list[list[ArchiveFile]] = []
        self._compact_at = time.monotonic() + _COMPACT_SECONDS / 2
        self._closed = False
        self.archived = 0
        """Rows that this worker wrote."""

    @property
    def lag(self) -> int:
        """Records that the inventory has counted and that are not archived yet."""
        return sum(max(0, self._end(one) - one.state.end) for one in self._archiving.values())

    async def start(self) -> None:
        """Make the topics and connect.

        Raises:
            ArchiveError: when the archive cannot be used.
        """
        await ensure_own(self._context.admin, [topics.INTERACTIONS])
        await self._states.make()
        await asyncio.to_thread(self._store.tidy)
        await self._ranges.start()
        await self._sources.start()

    async def run(self) -> None:
        """Archive until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._archive())
            if self._settings.archive_days is not None:
                group.create_task(self._retain(self._settings.archive_days))

    async def close(self) -> None:
        """Stop; what is under way is written again by whoever goes on."""
        self._closed = True
        await self._sources.stop()
        await self._ranges.stop()

    async def _archive(self) -> None:
        look_at = 0.0
        while not self._closed:
            try:
                if time.monotonic() >= look_at:
                    await self._look()
                    look_at = time.monotonic() + _LOOK_SECONDS
                if not await self._step() and not await self._compact():
                    await asyncio.sleep(_LOOK_SECONDS)
            except (PandianError, *KAFKA_ERRORS, OSError) as error:
                log.warning("archiving waits, and goes on where it was: %s", error)
                await asyncio.sleep(_RETRY_SECONDS)

    async def _look(self) -> None:
        """Let go of partitions that are no longer ours, and begin those that are."""
        ours = await self._sources.ours()
        for tp, one in list(self._archiving.items()):
            if not self._sources.is_ours(tp, one.state.source.topic_id):
                self._let_go(tp)
        now = time.monotonic()
        new = [one for one in ours if one.tp not in self._archiving and now >= self._refused.get(one.tp, 0.0)]
        if new:
            await self._begin(new)
        for one in self._archiving.values():
            behind = self._end(one) > one.state.end
            one.since = (one.since or now) if behind else None
            lag = max(0, self._end(one) - one.state.end)
            self._metrics.lag(one.tp.topic, one.tp.partition, lag)

    def _let_go(self, tp: TP) -> None:
        self._archiving.pop(tp, None)
        self._metrics.forget(tp.topic, tp.partition)

    async def _begin(self, new: Sequence[Ours]) -> None:
        wanted = {profiles_partition(one.tp.topic, self._states.partitions) for one in new}
        async with LogReader(self._settings) as reader:
            stored = await self._states.read(reader, sorted(wanted))
        for one in new:
            source = Source(one.topic_id, one.tp.partition)
            try:
                value = stored.get(state_key(source))
                state = (
                    ArchiveState(one.tp.topic, source, one.origin)
                    if value is None
                    else ArchiveState.decode(value)
                )
            except (PandianError, ValueError, KeyError, TypeError, ZstdError) as error:
                self._refused[one.tp] = time.monotonic() + _REFUSED_SECONDS
                log.error("%s[%d] is not archived: %s", *one.tp, error)  # noqa: TRY400 - the error is its own one line
                continue
            self._archiving[one.tp] = Archiving(one.tp, state)

    async def _step(self) -> bool:
        """Write one segment of the partition that waits for longest; return False when there is nothing to do."""
        now = time.monotonic()
        for one in sorted(self._archiving.values(), key=lambda one: one.since or now):
            if self._closed or now < one.not_before:
                continue
            try:
                if await self._advance(one, now):
                    return True
            except NoLongerOursError:
                self._let_go(one.tp)
            except Exception as error:  # noqa: BLE001 - one partition's trouble must not stop the others
                one.not_before = time.monotonic() + _RETRY_SECONDS
                # The message of an error of our own making could hold what is in a record: only its kind is told.
                said = error if isinstance(error, (PandianError, *KAFKA_ERRORS)) else type(error).__name__
                log.warning("%s[%d] waits, and goes on from %d: %s", *one.tp, one.state.end, said)
        return False

    async def _advance(self, one: Archiving, now: float) -> bool:
        """Do what is due for a partition; return whether anything was."""
        await self._hide(one)
        if one.state.pending is None and one.since is None:
            return False
        topic_id = one.state.source.topic_id
        known = self._sources.known(one.tp, topic_id)
        if known is None or (end := self._due(one, known, now)) is None:
            return False
        plans = self._sources.plans(one.tp, topic_id, one.state.plans, hashes=self._hashing is not None)
        outcomes = await self._writer.write(one, end, plans)
        one.since = None
        self._account(one, outcomes)
        return True

    def _due(self, one: Archiving, known: Known, now: float) -> int | None:
        """Return where the next segment ends; None while it is better to wait."""
        if one.state.pending is not None:
            return one.state.pending
        wanted = int(_SEGMENT_BYTES / max(known.record_bytes, 1.0))
        most = min(_MOST_RECORDS, max(_LEAST_RECORDS, wanted))
        waiting = known.end - one.state.end
        if waiting >= most:
            return one.state.end + most
        old = one.since is not None and now - one.since >= self._settings.archive_seconds
        return known.end if waiting > 0 and old else None

    async def _compact(self) -> bool:
        """Make one file of small ones of a day that is over, when nothing else is to do; return False when none are.

        Only of partitions that are ours and of which no segment is half written: what is written again after a crash
        must find its files.
        """
        if not self._small and time.monotonic() >= self._compact_at:
            self._compact_at = time.monotonic() + _COMPACT_SECONDS
            found = await asyncio.to_thread(self._store.files)
            self._small = list(small_together(found, today() - timedelta(days=1)))
        ours = {
            (one.state.source.topic_id.hex, one.state.source.partition): one
            for one in self._archiving.values()
            if one.state.pending is None
        }
        while self._small:
            files = self._small.pop()
            one = ours.get((files[0].segment.topic_id, files[0].segment.partition))
            if one is not None:
                try:
                    await self._check(one)
                    await asyncio.to_thread(compact, self._store, files)
                except NoLongerOursError:
                    self._let_go(one.tp)
                return True
        return False

    async def _hide(self, one: Archiving) -> None:
        """Take fields out of the files that turned out to be personal after they were written."""
        documents = self._sources.documents(one.tp.topic, one.state.source.topic_id)
        if [*map(id, documents)] == [*map(id, one.looked_at)]:
            return
        types = {
            (doc["asset"], field["field"]): field["semantic_type"]
            for doc in documents
            for field in doc["fields"]
        }
        hidden: dict[str, dict[str, Replacement]] = {}
        for asset, masked in masked_by_asset(documents).items():
            found = masked & one.state.plain.get(asset, frozenset())
            if found:
                hidden[asset] = {path: self._replacement(types[asset, path]) for path in found}
        if hidden:
            count = sum(map(len, hidden.values()))
            log.warning("%s[%d]: %d fields turned out to be personal; taken out of its files", *one.tp, count)
            await self._writer.hide(one, hidden)
        one.looked_at = documents

    def _replacement(self, semantic_type: str) -> Replacement:
        return self._hashing if semantic_type in JOINED else None

    def _account(self, one: Archiving, outcomes: Counter[str]) -> None:
        self.archived += outcomes["archived"]
        self._metrics.archived(one.tp.topic, outcomes)
        if outcomes["expired"]:
            log.warning("%s[%d]: %d offsets expired before they were archived", *one.tp, outcomes["expired"])

    def _end(self, one: Archiving) -> int:
        return self._sources.end(one.tp, one.state.source.topic_id)

    async def _write(self, state: ArchiveState) -> None:
        partition = profiles_partition(state.topic, self._states.partitions)
        await self._states.write(partition, state_key(state.source), state.encode())

    async def _check(self, one: Archiving) -> None:
        """Make sure that a partition is still ours, and its topic the same: ids never come back.

        Raises:
            NoLongerOursError: it is not.
        """
        topic_id = one.state.source.topic_id
        info = (await self._context.admin.topics([one.tp.topic])).get(one.tp.topic)
        if info is None or info.id != topic_id or not self._is_ours(one):
            raise NoLongerOursError

    def _is_ours(self, one: Archiving) -> bool:
        return not self._closed and self._sources.is_ours(one.tp, one.state.source.topic_id)

    async def _log_start(self, tp: TP) -> int:
        key = (tp.topic, tp.partition)
        return (await self._context.admin.starts([key]))[key]

    def _rest(self, records: int, began: float) -> float:
        """Return how long to leave the processor to the inventory: not at all while it keeps up."""
        behind = sum(source.lag for source in self._profile.sources.values())
        if behind < _BEHIND:
            return 0.0
        return _REST * max(records * 8e-6, time.thread_time() - began)

    async def _retain(self, days: int) -> None:
        while not self._closed:
            try:
                gone = await asyncio.to_thread(retain, self._store, days, today())
                if gone:
                    log.info("%d days are older than %d days: removed from the archive", len(gone), days)
            except PandianError as error:
                log.warning("old days are not removed now: %s", error)
            await asyncio.sleep(_RETAIN_SECONDS)
