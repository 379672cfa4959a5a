"""One source partition on its way to interactions: records in, chunks out, and the state that the chunks reach."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

from faust.types import TP

from pandian import topics
from pandian.errors import PandianError
from streams.decode.base import RowGroup
from streams.decode.reasons import SCHEMA_REGISTRY_DOWN
from streams.decode.registry import BatchDecoder
from streams.interactions.cells import cells_of
from streams.interactions.changes import happened
from streams.interactions.interactions import Places, Told, interactions_of
from streams.interactions.items import ItemsReader, News
from streams.interactions.state import ExtractionState
from streams.interactions.times import behind_of, epoch_ms
from streams.transport.outbox import Outgoing

#: Records of a chunk, and bytes of their values: what is made of them takes the loop some ten milliseconds.
_CHUNK_RECORDS = 1_500
_CHUNK_BYTES = 192 << 10
#: Bytes of what one chunk becomes; one that becomes more is halved, so that all for one partition fits one batch.
_MOST_BYTES = 4 << 20
_PLACE = itemgetter(0, 1)


class SchemaAwaitedError(PandianError):
    """Records cannot be read before the schema registry answers."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """What consecutive records became; sent together, acknowledged together."""

    end: int
    """Offset behind the last of the records."""
    records: int
    outgoing: list[Outgoing]
    outcomes: Counter[str]
    news: News
    """What it says of items."""


@dataclass(slots=True)
class Extracting:
    """A source partition of this worker that is being extracted."""

    tp: TP
    state: ExtractionState
    items: ItemsReader
    """Shared by all partitions of a worker."""
    log_start: int = 0
    """Start of the source log, as last asked for."""
    written: int = -1
    """The end that the log of states has; -1 before the first write."""
    highwater: int = field(default=0)
    """End of the source log at the last fetch."""

    @property
    def lag(self) -> int:
        """Offsets not yet extracted."""
        return max(0, self.highwater - self.state.end)

    async def chunks(self, records: Sequence[Any], decoder: BatchDecoder) -> AsyncIterator[Chunk]:
        """Yield what records become, chunk by chunk, in order; those below the state's end are passed over.

        Others run in between: nothing here takes the loop for more than some ten milliseconds at once.
        """
        fresh = [record for record in records if record.offset >= self.state.end]
        for part in _cut(fresh):
            async for chunk in self._chunks(part, decoder):
                yield chunk

    def take(self, chunk: Chunk) -> None:
        """Take note that a chunk is acknowledged."""
        self.state.end = chunk.end
        self.state.outcomes.update(chunk.outcomes)
        self.items.remember(chunk.news)

    def pass_over(self, first: int) -> int:
        """Pass over what retention removed before it was read; return how many offsets that are.

        Args:
            first: the first offset that can be read: what compaction left out after the log's start is not counted.
        """
        gone = min(first, self.log_start) - self.state.end
        if gone <= 0:
            return 0
        self.state.outcomes["expired"] += gone
        self.state.end += gone
        return gone

    async def _chunks(self, records: Sequence[Any], decoder: BatchDecoder) -> AsyncIterator[Chunk]:
        outcomes: Counter[str] = Counter()
        news: News = {}
        told = await self._told(records, decoder, outcomes, news)
        if sum(len(one.value) for one in told) > _MOST_BYTES and len(records) > 1:
            middle = len(records) // 2
            for half in (records[:middle], records[middle:]):
                async for chunk in self._chunks(half, decoder):
                    yield chunk
            return
        topic = topics.ITEMS if self.state.mapping.target == "items" else topics.INTERACTIONS
        outgoing = [Outgoing(topic, one.key, one.value) for one in told]
        yield Chunk(records[-1].offset + 1, len(records), outgoing, +outcomes, news)

    async def _told(
        self, records: Sequence[Any], decoder: BatchDecoder, outcomes: Counter[str], news: News
    ) -> list[Told]:
        headers = [record.headers for record in records]
        values = [record.value for record in records]
        if missing := decoder.missing_schemas(values):
            await asyncio.to_thread(decoder.fetch_schemas, missing)
        decoded = decoder.decode(values, headers if any(headers) else None)
        if any(reject.reason == SCHEMA_REGISTRY_DOWN for reject in decoded.rejects):
            # Passed over now they would never become anything.
            raise SchemaAwaitedError(
                f"{self.tp.topic}[{self.tp.partition}] has records behind a schema's id",
                "the schema registry must answer",
                "it is asked again until it does",
            )
        outcomes["unreadable"] += len(decoded.rejects)
        source = self.state.source
        places = Places(
            self.tp.topic,
            source.topic_id.hex,
            source.partition,
            [record.offset for record in records],
            [record.timestamp for record in records],
        )
        self._measure(decoded.groups, places)
        places = places._replace(behind=self.state.behind or 0)
        told: list[Told] = []
        for group in decoded.groups:
            for some in self._of_group(group, places, outcomes, news):
                told += some
                await asyncio.sleep(0)
        if len(decoded.groups) > 1:
            told.sort(key=_PLACE)
        return told

    def _measure(self, groups: Sequence[RowGroup], places: Places) -> None:
        """Find out how far events are behind their records, from the first that are read: nothing was sent of them."""
        state = self.state
        if state.pinned or state.behind is not None or state.mapping.part("time") is None:
            return
        own: list[int | None] = []
        broker: list[int | None] = []
        for group in groups:
            rows = happened(group, state.mapping.target, Counter())
            cells = cells_of(rows, state.mapping, Counter())
            whens = (
                None if when is None else epoch_ms(when, state.mapping.reader)
                for when in cells.column("time")
            )
            own += whens
            broker += [places.times[record] for record in cells.records]
        state.behind = behind_of(own, broker)

    def _of_group(
        self, group: RowGroup, places: Places, outcomes: Counter[str], news: News
    ) -> Iterator[list[Told]]:
        mapping = self.state.mapping
        rows = happened(group, mapping.target, outcomes)
        if mapping.target == "items":
            return self.items.items_of(rows, mapping, places, outcomes, news)
        return interactions_of(rows, mapping, places, outcomes, self.items.identities)


def _cut(records: Sequence[Any]) -> Iterator[Sequence[Any]]:
    start = size = 0
    for place, record in enumerate(records):
        size += len(record.value or b"")
        if size >= _CHUNK_BYTES or place + 1 - start >= _CHUNK_RECORDS:
            yield records[start : place + 1]
            start, size = place + 1, 0
    if start < len(records):
        yield records[start:]
