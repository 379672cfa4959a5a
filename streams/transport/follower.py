"""Follows a whole topic without a group: every partition, from its beginning or from given offsets."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import aiokafka

from pandian.settings import Settings
from streams.transport.connection import aiokafka_options
from streams.transport.errors import KAFKA_ERRORS
from streams.worklog import logger

log = logger("follower")

_POLL_MS = 250
#: How long the broker may hold a fetch that finds nothing.
_BROKER_WAIT_MS = 100
_RETRY_SECONDS = 1.0
#: A follower that is so far behind makes no pauses.
_BUSY = 1_000

#: Is told what came from one partition, in offset order.
Take = Callable[[int, Sequence[Any]], None]


class TopicFollower:
    """Hands every record of a topic to ``take``, in the order of each partition.

    After trouble with the broker it goes on where it was; no record is handed over twice by one follower.

    Args:
        settings: the broker.
        topic: must exist.
        take: is called with a partition and its records (aiokafka's: offset, timestamp, key, value, headers).
        starts: offsets to begin at, by partition; a partition that is not named begins at its beginning.
        max_bytes: most bytes of one partition in one fetch.
        pause: seconds between two looks when there is not much to fetch: a few records more at once cost less than one
            more look.
    """

    def __init__(
        self,
        settings: Settings,
        topic: str,
        take: Take,
        *,
        starts: Mapping[int, int] | None = None,
        max_bytes: int = 1 << 20,
        pause: float = 0.0,
    ) -> None:
        self._settings = settings
        self._topic = topic
        self._take = take
        self._next: dict[int, int] = dict(starts or {})
        self._max_bytes = max_bytes
        self._pause = pause
        self.caught_up = False
        """Whether it has once been at the end of every partition."""
        self.lag = 0
        """Records behind what it has taken, as of the last fetch."""

    @property
    def positions(self) -> Mapping[int, int]:
        """Return the offset behind the last record taken, by partition."""
        return self._next

    async def run(self) -> None:
        """Follow until cancelled; connect again when the broker went away."""
        while True:
            try:
                await self._follow()
            except (*KAFKA_ERRORS, OSError) as error:
                log.debug("lost %s, trying again: %s", self._topic, error)
            await asyncio.sleep(_RETRY_SECONDS)

    async def _follow(self) -> None:
        consumer = aiokafka.AIOKafkaConsumer(
            **aiokafka_options(self._settings, self._settings.bootstrap_servers),
            group_id=None,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            fetch_max_wait_ms=_BROKER_WAIT_MS,
            max_partition_fetch_bytes=self._max_bytes,
        )
        try:
            await consumer.start()
            tps = await self._assign(consumer)
            while True:
                fetched = await consumer.getmany(timeout_ms=_POLL_MS)
                for tp, records in fetched.items():
                    self._take(tp.partition, records)
                    self._next[tp.partition] = records[-1].offset + 1
                    await asyncio.sleep(0)
                await self._look(consumer, tps)
                if self._pause and self.lag < _BUSY:
                    await asyncio.sleep(self._pause)
        finally:
            await consumer.stop()

    async def _assign(self, consumer: Any) -> list[Any]:
        partitions = consumer.partitions_for_topic(self._topic)
        while not partitions:
            await consumer._client.force_metadata_update()
            await consumer.topics()
            partitions = consumer.partitions_for_topic(self._topic)
        tps = [aiokafka.TopicPartition(self._topic, partition) for partition in sorted(partitions)]
        consumer.assign(tps)
        for tp in tps:
            if tp.partition in self._next:
                consumer.seek(tp, self._next[tp.partition])
            else:
                await consumer.seek_to_beginning(tp)
        return tps

    async def _look(self, consumer: Any, tps: Sequence[Any]) -> None:
        behind = [await _behind(consumer, tp) for tp in tps]
        if None not in behind:
            self.lag = sum(count or 0 for count in behind)
            self.caught_up = self.caught_up or not self.lag


async def _behind(consumer: Any, tp: Any) -> int | None:
    """Return how many offsets are left; None while that is not known."""
    end = consumer.highwater(tp)
    return None if end is None else max(0, end - await consumer.position(tp))
