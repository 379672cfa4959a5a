"""Begins source partitions: from their last complete set, or from nothing, at the right offset."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from faust.types import TP

from pandian.errors import BrokerError, PandianError
from streams.counting.base import LogRange, Position
from streams.counting.sets import SetStore
from streams.decode.registry import BatchDecoder
from streams.stages.context import StageContext
from streams.stages.source import ProfileState, SourcePartition
from streams.stages.warming import warm, windows_begin
from streams.transport.errors import KAFKA_ERRORS
from streams.transport.reader import LogReader
from streams.worklog import logger

log = logger("profile")

_RETRY_SECONDS = 1.0
_REFUSED_RETRY_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class StartFrom:
    """Where to begin a partition of which no profile is known."""

    time_ms: int | None = None
    """Begin at the first record at or after this broker time."""
    latest: bool = False
    """Begin at the end of the log."""
    topics: frozenset[str] | None = None
    """Topics this holds for; others are read from the earliest offset: they appeared after the worker began."""

    def applies(self, topic: str) -> bool:
        """Tell whether a topic is to begin anywhere but at its earliest offset."""
        chosen = self.latest or self.time_ms is not None
        return chosen and (self.topics is None or topic in self.topics)


class Loader:
    """Brings partitions from *held* to *being read*; tries again for as long as they are ours."""

    def __init__(
        self,
        context: StageContext,
        start: StartFrom,
        is_current: Callable[[SourcePartition], bool],
        decoder: BatchDecoder,
    ) -> None:
        self._decoder = decoder
        self._app = context.app
        self._admin = context.admin
        self._profiles = context.profiles
        self._metrics = context.metrics
        self._settings = context.settings
        # A partition can be taken away and given back during a load: then there is a new source for it.
        self._is_current = is_current
        self.start = start

    async def load(self, sources: Sequence[SourcePartition]) -> None:
        """Begin these partitions. Returns when each is read or is no longer ours."""
        waiting = [source for source in sources if source.epoch is None]
        while waiting and not self._app.should_stop:
            waiting = [source for source in waiting if self._is_current(source)]
            try:
                refused = await self._attempt(waiting)
                pause = _REFUSED_RETRY_SECONDS
            except (BrokerError, *KAFKA_ERRORS, OSError) as error:
                log.warning("cannot begin %d partitions yet, trying again: %s", len(waiting), error)
                refused, pause = waiting, _RETRY_SECONDS
            waiting = [source for source in refused if source.epoch is None]
            if waiting:
                await asyncio.sleep(pause)

    async def _attempt(self, sources: Iterable[SourcePartition]) -> list[SourcePartition]:
        """Try once; return what must wait: topics that are gone, and partitions that this version may not count."""
        infos = await self._admin.topics({source.tp.topic for source in sources})
        there = [source for source in sources if source.tp.topic in infos]
        there = [source for source in there if source.tp.partition < infos[source.tp.topic].partitions]
        keys = [(source.tp.topic, source.tp.partition) for source in there]
        async with LogReader(self._settings) as reader:
            stores = {
                partition: await self._profiles.read(reader, partition, ProfileState.format)
                for partition in {self._profiles.partition_of(topic) for topic, _ in keys}
            }
            ends = await reader.ends(keys)
        starts = await self._admin.starts(keys)
        begun: dict[TP, tuple[SourcePartition, Position]] = {}
        for source, key in zip(there, keys, strict=True):
            store = stores[self._profiles.partition_of(source.tp.topic)]
            held = LogRange(starts[key], ends[key])
            position = await self._begin(source, infos[source.tp.topic].id, store, held)
            if position is not None:
                begun[source.tp] = source, position
        cold = [source for source, at in begun.values() if windows_begin(source) < at.offset]
        if cold:
            async with LogReader(self._settings) as reader:
                for source in cold:
                    await warm(source, self._decoder, reader)
        await self._read({tp: one for tp, one in begun.items() if one[0].counter.counting})
        return [source for source in sources if source.epoch is None]

    async def _begin(
        self, source: SourcePartition, topic_id: UUID, store: SetStore, held: LogRange
    ) -> Position | None:
        origin = await self._origin(source, held)
        if not self._is_current(source):
            return None
        source.highwater = held.end
        try:
            return source.counter.begin(topic_id, store, held, origin=origin)
        except PandianError as error:
            log.error("%s", error)  # noqa: TRY400 - the error is its own one line
            return None

    async def _read(self, begun: Mapping[TP, tuple[SourcePartition, Position]]) -> None:
        epochs = await self._app.consumer.reposition({tp: at.offset for tp, (_, at) in begun.items()})
        for tp, epoch in epochs.items():
            source, position = begun[tp]
            # Between the seek and here nothing else ran: no batch of this epoch was dropped.
            if self._is_current(source):
                source.epoch = epoch
                self._tell(source, position)

    async def _origin(self, source: SourcePartition, held: LogRange) -> int:
        if not self.start.applies(source.tp.topic):
            return 0
        if self.start.time_ms is None:
            return held.end
        found = await self._admin.offset_at((source.tp.topic, source.tp.partition), self.start.time_ms)
        return held.end if found is None else found

    def _tell(self, source: SourcePartition, position: Position) -> None:
        name = f"{source.tp.topic}[{source.tp.partition}]"
        log.info(
            "%s: reading from offset %d%s", name, position.offset, ", resumed" if position.resumed else ""
        )
        if position.expired:
            gone = position.expired.end - position.expired.start
            self._metrics.expired(source.tp.topic, source.tp.partition, gone)
            log.warning(
                "%s: %d offsets (%d to %d) expired before they were read; counted as gone",
                name,
                gone,
                position.expired.start,
                position.expired.end - 1,
            )
