"""Where the extraction of a source partition begins, and by which mapping: as the log of states says, or anew."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping, Sequence

from faust.types import TP

from pandian.errors import PandianError
from streams.counting.base import Source
from streams.counting.naming import profiles_partition
from streams.interactions.base import FieldMapping, NoMapping
from streams.interactions.items import ItemsReader
from streams.interactions.settling import Settling
from streams.interactions.state import ExtractionState, state_key
from streams.stages.context import StageContext
from streams.stages.extracting import Extracting
from streams.stages.mappings import Mappings
from streams.stages.source import SourcePartition
from streams.statelog import StateLog
from streams.transport.reader import LogReader
from streams.worklog import logger

log = logger("interactions")

#: A partition whose state cannot be read waits so long before it is looked at again.
_REFUSED_SECONDS = 10.0


class Beginnings:
    """Begins source partitions.

    Args:
        context: the worker.
        states: the log of states.
        mappings: of all topics.
        items: what the worker has said of items.
        clock: seconds that only go forward.
    """

    def __init__(
        self,
        context: StageContext,
        states: StateLog,
        mappings: Mappings,
        items: ItemsReader,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._context = context
        self._states = states
        self._mappings = mappings
        self._items = items
        self._clock = clock
        self._settling = Settling(clock)
        self._refused: dict[TP, float] = {}

    async def begin(self, sources: Sequence[SourcePartition]) -> list[Extracting]:
        """Begin those partitions whose mapping is settled.

        Raises:
            BrokerError, KafkaError: when the broker cannot be asked.
        """
        mapped = await self._mapped(sources)
        if not mapped:
            return []
        stored = await self._stored(source.tp.topic for source, _ in mapped)
        keys = [(source.tp.topic, source.tp.partition) for source, _ in mapped]
        starts = await self._context.admin.starts(keys)
        begun = []
        for (source, mapping), key in zip(mapped, keys, strict=True):
            if not source.counter.counting:
                continue
            state = self._state(source, mapping, stored)
            if state is None:
                self._refused[source.tp] = self._clock() + _REFUSED_SECONDS
            else:
                one = Extracting(source.tp, state, self._items, starts[key], highwater=source.highwater)
                begun.append(one)
        return begun

    async def write(self, state: ExtractionState) -> None:
        """Write a state; return once it is acknowledged.

        Raises:
            KafkaError: when it was not.
        """
        partition = profiles_partition(state.topic, self._states.partitions)
        await self._states.write(partition, state_key(state.source), state.encode())

    def may_go_on(self, one: Extracting) -> bool:
        """Tell whether a partition may be extracted by its mapping: not when a field turned out to be personal."""
        topic = one.tp.topic
        asset = self._mappings.asset(topic, one.state.source.topic_id)
        return self._mappings.why_no_longer(topic, asset, one.state.mapping) is None

    async def _mapped(self, sources: Iterable[SourcePartition]) -> list[tuple[SourcePartition, FieldMapping]]:
        """Return those partitions of whose topics the mapping is settled, with it."""
        by_topic: dict[str, list[SourcePartition]] = {}
        for source in sources:
            if self._clock() >= self._refused.get(source.tp, 0.0):
                by_topic.setdefault(source.tp.topic, []).append(source)
        found = []
        for several in by_topic.values():
            await asyncio.sleep(
                0
            )  # a mapping of many fields takes a millisecond, and there may be many topics
            found += [
                (source, mapping)
                for source in several
                if source.counter.counting and (mapping := self._mapping(source)) is not None
            ]
        return found

    def _mapping(self, source: SourcePartition) -> FieldMapping | None:
        """Return the settled mapping of a partition's topic; None while there is none."""
        topic = source.tp.topic
        asset = self._mappings.asset(topic, source.counter.topic_id)
        mapping = self._mappings.of(topic, asset)
        if isinstance(mapping, NoMapping) or asset is None:
            return None
        return mapping if self._settling.is_settled(topic, mapping, int(asset["records"])) else None

    async def _stored(self, topics: Iterable[str]) -> dict[bytes, bytes]:
        wanted = {profiles_partition(topic, self._states.partitions) for topic in topics}
        async with LogReader(self._context.settings) as reader:
            return await self._states.read(reader, sorted(wanted))

    def _state(
        self, source: SourcePartition, mapping: FieldMapping, stored: Mapping[bytes, bytes]
    ) -> ExtractionState | None:
        topic, place = source.tp.topic, Source(source.counter.topic_id, source.tp.partition)
        name = f"{topic}[{place.partition}]"
        fresh = ExtractionState(topic, place, mapping, source.counter.origin)
        value = stored.get(state_key(place))
        if value is None:
            log.info("%s: extracting %s from offset %d", name, mapping.target, fresh.end)
            return fresh
        try:
            state = ExtractionState.decode(value)
        except (PandianError, ValueError, KeyError, TypeError) as error:
            log.error("%s is not extracted: %s", name, error)  # noqa: TRY400 - the error is its own one line
            return None
        if state.mapping.same_as(mapping):
            return state
        if state.mapping.hashed_by(mapping):
            log.warning(
                "%s: personal identifiers are pseudonyms of the present key from offset %d on",
                name,
                state.end,
            )
            state.mapping = mapping
            return state
        if not state.pinned:
            log.info("%s: nothing was made of it so far, so it is read again by another mapping", name)
            return fresh
        if mapping.origin == "file":
            log.warning(
                "%s: the mapping file counts from offset %d on; what was before stays", name, state.end
            )
            state.mapping = mapping
        return state
