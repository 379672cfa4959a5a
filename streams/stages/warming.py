"""What looks back at earlier records sees them again after a restart: they are read and not counted.

The windows in which duplicates are looked for are no part of a profile: they would be the largest part of it. A
partition that is gone on with is read from where its windows begin, so that the counts are those of a worker that never
stopped.
"""

from __future__ import annotations

import asyncio

from streams.decode.registry import BatchDecoder
from streams.inventory.duplicates import Window, content_hashes
from streams.inventory.profile.part import LooksBack
from streams.stages.source import SourcePartition, now_ms, records_meta
from streams.transport.reader import LogReader


def windows_begin(source: SourcePartition) -> int:
    """Return the offset from which the windows of a partition that was begun must have seen its records."""
    end, profile = source.counter.end, source.counter.state
    parts = [part for asset in profile.assets.values() for part in asset.parts.values()]
    starts = [part.rewind(end) for part in parts if isinstance(part, LooksBack)]
    return min([source.window.rewind(end), *starts])


async def warm(source: SourcePartition, decoder: BatchDecoder, reader: LogReader) -> None:
    """Fill the windows of a partition that was begun at an offset beyond its first.

    Raises:
        KafkaError: the broker cannot be read.
    """
    source.window = Window()
    tp, end, profile = source.tp, source.counter.end, source.counter.state
    looking = any(
        isinstance(part, LooksBack) and part.rewind(end) < end
        for asset in profile.assets.values()
        for part in asset.parts.values()
    )
    async for records in reader.span(tp.topic, tp.partition, windows_begin(source), end):
        values = [record.value or b"" for record in records]
        meta = records_meta(records, now_ms(), tp.partition)
        if meta.offsets is not None:
            source.window.add(content_hashes(values), meta.offsets)
        if looking:
            headers = [record.headers for record in records]
            profile.warm(decoder.decode(values, headers if any(headers) else None, profile.kinds), meta)
        await asyncio.sleep(0)
