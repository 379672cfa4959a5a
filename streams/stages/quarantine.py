"""Sends what could not be read to ``pandian.quarantine``."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from typing import Any

import orjson

from pandian import topics
from streams.decode.base import Reject
from streams.decode.quarantine import quarantine_document
from streams.stages.source import SourcePartition
from streams.transport.batches import Batch


class QuarantineLog:
    """The topic ``pandian.quarantine``: one document a record, with its position, so that a repeat is known."""

    def __init__(self, app: Any, original: bool) -> None:
        self._app = app
        self._original = original

    async def send(
        self, source: SourcePartition, batch: Batch, values: Sequence[bytes | None], rejects: Sequence[Reject]
    ) -> list[Awaitable[Any]]:
        """Send the rejects of a batch; return what to wait for before the records may count as read."""
        sends = []
        for reject in rejects:
            record = batch.records[reject.index]
            document = quarantine_document(
                reject,
                values[reject.index],
                topic=batch.topic,
                topic_id=str(source.counter.topic_id),
                partition=batch.partition,
                offset=record.offset,
                time_ms=record.timestamp,
                original=self._original,
            )
            key, value = batch.topic.encode(), orjson.dumps(document)
            sends.append(await self._app.producer.send(topics.QUARANTINE, key, value, None, None, None))
        return sends
