"""Sends what could not be read to ``pandian.quarantine``."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Sequence
from typing import Any

from pandian import topics
from streams.decode.base import Reject
from streams.decode.quarantine import Origin, document
from streams.stages.source import SourcePartition


class QuarantineLog:
    """The topic ``pandian.quarantine``: one document a record, with its position, so that a repeat is known."""

    def __init__(self, app: Any, original: bool) -> None:
        self._app = app
        self._original = original

    async def send(
        self, source: SourcePartition, records: Sequence[Any], rejects: Sequence[Reject]
    ) -> list[Awaitable[Any]]:
        """Send the rejects among some records; return what to wait for before these may count as read."""
        sends = []
        topic, partition = source.tp.topic, source.tp.partition
        for reject in rejects:
            record = records[reject.index]
            origin = Origin(topic, str(source.counter.topic_id), partition, record.offset)
            value = document(
                reject,
                record.value,
                origin,
                time.time_ns() // 1_000_000,
                keep_original=self._original,
            )
            sends.append(
                await self._app.producer.send(topics.QUARANTINE, topic.encode(), value, None, None, None)
            )
        return sends
