"""Sends what could not be read to ``pandian.quarantine``."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Sequence
from typing import Any

from pandian import topics
from streams.decode.base import Reject
from streams.decode.quarantine import Origin, document
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
            origin = Origin(batch.topic, str(source.counter.topic_id), batch.partition, record.offset)
            value = document(
                reject,
                values[reject.index],
                origin,
                time.time_ns() // 1_000_000,
                keep_original=self._original,
            )
            sends.append(
                await self._app.producer.send(
                    topics.QUARANTINE, batch.topic.encode(), value, None, None, None
                )
            )
        return sends
