"""Reads and writes ``pandian.profiles`` and other topics of ours: whole partitions in, acknowledged sends out."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

from pandian import topics
from streams.counting.naming import profiles_partition
from streams.counting.sets import SetStore
from streams.transport.reader import LogReader

#: Kafka settings of ``pandian.profiles``: small segments, so that compaction keeps a start short.
PROFILES_CONFIG = {
    "cleanup.policy": "compact",
    "segment.bytes": str(16 << 20),
    "min.cleanable.dirty.ratio": "0.1",
    "delete.retention.ms": str(24 * 3600 * 1000),
    **topics.COMPACT_SOON,
}
#: Partitions of ``pandian.profiles`` when we make it.
PROFILES_PARTITIONS = 8


class ProfilesLog:
    """The topic ``pandian.profiles``: every set of a source topic stands in one of its partitions."""

    def __init__(self, app: Any, partitions: int) -> None:
        self._app = app
        self.partitions = partitions

    def partition_of(self, topic: str) -> int:
        """Return the partition that holds the sets of a source topic."""
        return profiles_partition(topic, self.partitions)

    async def read(self, reader: LogReader, partition: int, state_format: int) -> SetStore:
        """Read one partition from its start until nothing stands behind what was fetched last."""
        store = SetStore(state_format)
        async for records in reader.read(topics.PROFILES, partition):
            for record in records:
                store.add(record.key, record.value)
        return store

    async def write(self, topic: str, records: Iterable[tuple[bytes, bytes | None]]) -> int:
        """Write pieces (or tombstones: value None) of a source topic's sets; return the bytes once acknowledged.

        Raises:
            KafkaError: when one was not acknowledged.
        """
        partition = self.partition_of(topic)
        written = 0
        sends = []
        for key, value in records:
            sends.append(await self._app.producer.send(topics.PROFILES, key, value, partition, None, None))
            written += len(key) + len(value or b"")
        if sends:
            await asyncio.gather(*sends)
        return written
