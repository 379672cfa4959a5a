"""States with their position, one record a key on a compacted topic: the latest one counts.

For stages whose whole state of a partition fits one record. What it says and how far it reaches are written together,
so every record is a valid point to go on from, whoever wrote it and whatever crashed: no fencing is needed. A worker
that still believes it owns a partition can at most set the state back to an older, complete one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pandian.topics import COMPACT_SOON
from streams.transport.admin import ClusterAdmin
from streams.transport.reader import LogReader

#: Largest record: the topic must allow it, which :data:`STATE_CONFIG` does.
LARGEST = 8 << 20
STATE_CONFIG: Mapping[str, str] = {
    "cleanup.policy": "compact",
    "segment.bytes": str(16 << 20),
    "min.cleanable.dirty.ratio": "0.1",
    "max.message.bytes": str(LARGEST),
    **COMPACT_SOON,
}


class StateLog:
    """A compacted topic of states.

    Args:
        app: the Faust app, whose producer waits for all replicas.
        admin: makes the topic.
        topic: its name.
        partitions: when it is made.
    """

    def __init__(self, app: Any, admin: ClusterAdmin, topic: str, partitions: int) -> None:
        self._app = app
        self._admin = admin
        self._topic = topic
        self.partitions = partitions

    async def make(self) -> None:
        """Make the topic unless it is there, and take note of its partitions."""
        self.partitions = (
            await self._admin.ensure_topic(self._topic, self.partitions, STATE_CONFIG)
        ).partitions

    async def read(self, reader: LogReader, partitions: Iterable[int]) -> dict[bytes, bytes]:
        """Return the latest value of each key in these partitions."""
        found: dict[bytes, bytes] = {}
        for partition in partitions:
            async for records in reader.read(self._topic, partition):
                for record in records:
                    if record.value is None:
                        found.pop(record.key, None)
                    else:
                        found[record.key] = record.value
        return found

    async def write(self, partition: int, key: bytes, value: bytes | None) -> None:
        """Write a state (None removes it); return once it is acknowledged.

        Raises:
            KafkaError: when it was not.
        """
        sent = await self._app.producer.send(self._topic, key, value, partition, None, None)
        await sent
