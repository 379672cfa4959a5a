"""Where the extraction of a source partition begins, and by which mapping: as the log of states says, or anew."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pandian.errors import PandianError
from streams.counting.base import Source
from streams.counting.naming import profiles_partition
from streams.interactions.base import FieldMapping, NoMapping
from streams.interactions.items import ItemsReader
from streams.interactions.mapping import mapping_of
from streams.interactions.override import Overrides
from streams.interactions.settling import Settling
from streams.interactions.state import ExtractionState, state_key
from streams.inventory.base import Masker
from streams.stages.context import StageContext
from streams.stages.extracting import Extracting
from streams.stages.follower import InventoryFollower
from streams.stages.source import SourcePartition
from streams.statelog import StateLog
from streams.transport.reader import LogReader
from streams.worklog import logger

log = logger("interactions")

Document = Mapping[str, Any]


def asset_of(document: Document, topic: str) -> Document | None:
    """Return the asset of a topic in an inventory document."""
    return next((one for one in document["assets"] if one["source"].get("topic") == topic), None)


def mapping_for(topic: str, asset: Document | None, overrides: Overrides) -> FieldMapping | NoMapping:
    """Return how the rows of a topic are read: as the file says, else as the inventory does."""
    if asset is None:
        # Also where the file decides: the inventory knows what is personal, and how CSV columns are called.
        return NoMapping("the inventory does not know it yet")
    said = overrides.of(topic, asset)
    return mapping_of(asset) if said is None else said


class Beginnings:
    """Begins source partitions.

    Args:
        context: the worker.
        states: the log of states.
        inventory: knows what fields mean.
        overrides: what a user's file says instead.
        masker: for what is said of items.
    """

    def __init__(
        self,
        context: StageContext,
        states: StateLog,
        inventory: InventoryFollower,
        overrides: Overrides,
        masker: Masker,
    ) -> None:
        self._context = context
        self._states = states
        self._inventory = inventory
        self._overrides = overrides
        self._masker = masker
        self._settling = Settling()

    async def begin(self, sources: Sequence[SourcePartition]) -> list[Extracting]:
        """Begin those partitions whose mapping is settled; their states are in the log when this returns.

        Raises:
            BrokerError, KafkaError: when the broker cannot be asked.
        """
        mapped = [(source, mapping) for source in sources if (mapping := self._mapping(source)) is not None]
        if not mapped:
            return []
        stored = await self._stored(source.tp.topic for source, _ in mapped)
        keys = [(source.tp.topic, source.tp.partition) for source, _ in mapped]
        starts = await self._context.admin.starts(keys)
        begun = []
        for (source, mapping), key in zip(mapped, keys, strict=True):
            if not source.counter.counting:
                continue
            state = self._state(source, mapping, stored, starts[key])
            if state is not None:
                await self.write(state)
                begun.append(
                    Extracting(source.tp, state, ItemsReader(self._masker), state.end, source.highwater)
                )
        return begun

    async def write(self, state: ExtractionState) -> None:
        """Write a state; return once it is acknowledged.

        Raises:
            KafkaError: when it was not.
        """
        partition = profiles_partition(state.topic, self._states.partitions)
        await self._states.write(partition, state_key(state.source), state.encode())

    def _mapping(self, source: SourcePartition) -> FieldMapping | None:
        """Return the settled mapping of a partition's topic; None while there is none."""
        topic = source.tp.topic
        asset = asset_of(self._inventory.document(), topic)
        if asset is not None and asset["source"].get("topic_id") != str(source.counter.topic_id):
            asset = None  # it is still about the topic of this name that was
        mapping = mapping_for(topic, asset, self._overrides)
        if isinstance(mapping, NoMapping):
            return None
        records = int(asset["records"]) if asset else 0
        return mapping if self._settling.is_settled(topic, mapping, records) else None

    async def _stored(self, topics: Iterable[str]) -> dict[bytes, bytes]:
        wanted = {profiles_partition(topic, self._states.partitions) for topic in topics}
        async with LogReader(self._context.settings) as reader:
            return await self._states.read(reader, sorted(wanted))

    def _state(
        self, source: SourcePartition, mapping: FieldMapping, stored: Mapping[bytes, bytes], start: int
    ) -> ExtractionState | None:
        topic, place = source.tp.topic, Source(source.counter.topic_id, source.tp.partition)
        name = f"{topic}[{place.partition}]"
        fresh = ExtractionState(topic, place, mapping, max(start, source.counter.origin))
        if start > source.counter.origin:
            fresh.outcomes["expired"] = start - source.counter.origin
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
        if not state.made:
            log.info("%s: nothing came of it so far, so it is read again by another mapping", name)
            return fresh
        if mapping.origin == "file":
            log.warning(
                "%s: the mapping file counts from offset %d on; what was before stays", name, state.end
            )
            state.mapping = mapping
        return state
