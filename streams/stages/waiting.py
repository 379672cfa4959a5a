"""Records that came while their schema could not be learnt are read again when it can."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import aiokafka
from faust.types import TP

from pandian.errors import PandianError
from pandian.settings import Settings
from streams.decode.registry import BatchDecoder
from streams.inventory.profile import PartitionProfile
from streams.stages.source import SourcePartition
from streams.transport.connection import aiokafka_options
from streams.transport.errors import KAFKA_ERRORS
from streams.worklog import logger

log = logger("waiting")

#: Records that are read again at once.
_AT_ONCE = 500
_LOOK_SECONDS = 2.0
_FETCH_MS = 1_000
_SCHEMA_SECONDS = 3.0


class Counted(Protocol):
    """Who holds the partitions, and counts."""

    sources: dict[TP, SourcePartition]

    async def add_waited(self, source: SourcePartition, records: Sequence[Any], gone: Sequence[int]) -> None:
        """Count records that waited as far as they can be read now, and give up those that are gone."""
        ...


class WaitingRecords:
    """Looks now and then whether records that wait for a schema can be read by now.

    A partition's profile knows which of its records wait, so that each is counted once whatever happens: what was
    counted is no longer waiting in the same state.

    Args:
        settings: how to reach the broker.
        decoder: asks for schemas.
        counted: who counts.
    """

    def __init__(self, settings: Settings, decoder: BatchDecoder, counted: Counted) -> None:
        self._settings = settings
        self._decoder = decoder
        self._counted = counted
        self._turn = -1

    async def run(self) -> None:
        """Look again and again, until cancelled."""
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            try:
                await self.look()
            except (PandianError, *KAFKA_ERRORS, OSError) as error:
                log.warning("records that wait for their schema go on waiting: %s", error)

    async def look(self) -> None:
        """Read what waits again, some of each partition."""
        waiting = [source for source in self._counted.sources.values() if _profile(source)]
        if not waiting:
            return
        settings = self._settings
        consumer = aiokafka.AIOKafkaConsumer(
            **aiokafka_options(settings, settings.bootstrap_servers), enable_auto_commit=False, group_id=None
        )
        await consumer.start()
        try:
            for source in waiting:
                await self._look_at(source, consumer)
        finally:
            await consumer.stop()

    async def _look_at(self, source: SourcePartition, consumer: Any) -> None:
        epoch = source.epoch
        profile = _profile(source)
        if profile is None:
            return
        wanted = self._some(profile.waiting)
        found = await _read(consumer, source.tp, wanted)
        records = list(found.values())
        values = [record.value for record in records]
        if missing := self._decoder.missing_schemas(values):
            await asyncio.to_thread(self._decoder.fetch_schemas, missing, _SCHEMA_SECONDS)
        if source.epoch == epoch and source.counter.counting:
            gone = [offset for offset in wanted if offset not in found]
            await self._counted.add_waited(source, records, gone)

    def _some(self, waiting: Sequence[int]) -> list[int]:
        """Return the next of them in turn: those whose schema stays away are not to hold up the others."""
        self._turn += 1
        start = self._turn % -(-len(waiting) // _AT_ONCE) * _AT_ONCE
        return list(waiting[start : start + _AT_ONCE])


def _profile(source: SourcePartition) -> PartitionProfile | None:
    """Return a partition's profile when any of its records wait and it is being counted."""
    if source.epoch is None or not source.counter.counting:
        return None
    profile = source.counter.state
    return profile if profile.waiting else None


async def _read(consumer: Any, tp: TP, offsets: Sequence[int]) -> Mapping[int, Any]:
    """Return the records at these offsets, by offset; those that the broker has no more are left out."""
    place = aiokafka.TopicPartition(tp.topic, tp.partition)
    consumer.assign([place])
    start = (await consumer.beginning_offsets([place]))[place]
    wanted = [offset for offset in offsets if offset >= start]
    found: dict[int, Any] = {}
    for offset in wanted:
        if offset in found:
            continue
        consumer.seek(place, offset)
        for record in (await consumer.getmany(place, timeout_ms=_FETCH_MS)).get(place, ()):
            found[record.offset] = record
    chosen = set(wanted)
    return {offset: record for offset, record in sorted(found.items()) if offset in chosen}
