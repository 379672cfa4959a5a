"""One source partition on its way to interactions: records in, chunks out, and the state that the chunks reach."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

from faust.types import TP

from pandian import topics
from streams.decode.base import RowGroup
from streams.decode.registry import BatchDecoder
from streams.interactions.interactions import Places, Told, interactions_of
from streams.interactions.items import ItemsReader
from streams.interactions.state import ExtractionState
from streams.transport.outbox import Outgoing

#: Records of a chunk, and bytes of their values: what is made of them takes the loop some ten milliseconds.
_CHUNK_RECORDS = 1_500
_CHUNK_BYTES = 192 << 10
#: Bytes of what one chunk becomes; one that becomes more is halved, so that all for one partition fits one batch.
_MOST_BYTES = 4 << 20
_PLACE = itemgetter(0, 1)


@dataclass(frozen=True, slots=True)
class Chunk:
    """What consecutive records became; sent together, acknowledged together."""

    end: int
    """Offset behind the last of the records."""
    records: int
    outgoing: list[Outgoing]
    outcomes: Counter[str]


@dataclass(slots=True)
class Extracting:
    """A source partition of this worker that is being extracted."""

    tp: TP
    state: ExtractionState
    items: ItemsReader
    written: int = -1
    """The end that the log of states has; -1 before the first write."""
    highwater: int = field(default=0)
    """End of the source log at the last fetch."""

    @property
    def lag(self) -> int:
        """Offsets not yet extracted."""
        return max(0, self.highwater - self.state.end)

    def chunks(self, records: Sequence[Any], decoder: BatchDecoder) -> Iterator[Chunk]:
        """Yield what records become, chunk by chunk, in order; those below the state's end are passed over."""
        fresh = [record for record in records if record.offset >= self.state.end]
        for part in _cut(fresh):
            yield from self._chunks(part, decoder)

    def take(self, chunk: Chunk) -> None:
        """Take note that a chunk is acknowledged."""
        self.state.end = chunk.end
        self.state.outcomes.update(chunk.outcomes)

    def _chunks(self, records: Sequence[Any], decoder: BatchDecoder) -> Iterator[Chunk]:
        told, outcomes = self._told(records, decoder)
        if sum(len(one.value) for one in told) > _MOST_BYTES and len(records) > 1:
            middle = len(records) // 2
            yield from self._chunks(records[:middle], decoder)
            yield from self._chunks(records[middle:], decoder)
            return
        topic = topics.ITEMS if self.state.mapping.target == "items" else topics.INTERACTIONS
        outgoing = [Outgoing(topic, one.key, one.value) for one in told]
        yield Chunk(records[-1].offset + 1, len(records), outgoing, outcomes)

    def _told(self, records: Sequence[Any], decoder: BatchDecoder) -> tuple[list[Told], Counter[str]]:
        headers = [record.headers for record in records]
        decoded = decoder.decode([record.value for record in records], headers if any(headers) else None)
        outcomes = Counter({"unreadable": len(decoded.rejects)})
        source = self.state.source
        places = Places(
            self.tp.topic,
            source.topic_id.hex,
            source.partition,
            [record.offset for record in records],
            [record.timestamp for record in records],
        )
        told = [one for group in decoded.groups for one in self._of_group(group, places, outcomes)]
        if len(decoded.groups) > 1:
            told.sort(key=_PLACE)
        return told, +outcomes

    def _of_group(self, group: RowGroup, places: Places, outcomes: Counter[str]) -> Iterator[Told]:
        if self.state.mapping.target == "items":
            return self.items.items_of(group, self.state.mapping, places, outcomes)
        return interactions_of(group, self.state.mapping, places, outcomes)


def _cut(records: Sequence[Any]) -> Iterator[Sequence[Any]]:
    start = size = 0
    for place, record in enumerate(records):
        size += len(record.value or b"")
        if size >= _CHUNK_BYTES or place + 1 - start >= _CHUNK_RECORDS:
            yield records[start : place + 1]
            start, size = place + 1, 0
    if start < len(records):
        yield records[start:]
