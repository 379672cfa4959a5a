"""What the stages ask a cluster about its topics: ids, partitions, offsets. kafka-python's admin client in a
thread of its own, as aiokafka does not tell topic ids."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from kafka import TopicPartition
from kafka.admin import KafkaAdminClient, NewTopic, OffsetSpec
from kafka.errors import KafkaError, TopicAlreadyExistsError

from pandian.kafka_client import client_options, unreachable
from pandian.settings import Settings
from streams.transport.background import BackgroundThread

T = TypeVar("T")

_CLOSE_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class TopicInfo:
    """A topic as the cluster knows it now."""

    name: str
    id: UUID
    """Changes when a topic is deleted and made again under the same name."""
    partitions: int


class ClusterAdmin:
    """Questions to the cluster, each answered from a fresh request. Close when done.

    Every method raises :class:`~pandian.errors.BrokerError` when the broker cannot be reached.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._client: KafkaAdminClient | None = None
        self._thread = BackgroundThread("admin")

    async def topics(self, names: Iterable[str] | None = None) -> dict[str, TopicInfo]:
        """Return the topics of these names that exist (None: all of the cluster), by name."""
        wanted = None if names is None else sorted(names)
        if wanted == []:
            return {}
        described = await self._call(lambda client: client.describe_topics(wanted))
        return {
            topic["name"]: TopicInfo(topic["name"], UUID(str(topic["topic_id"])), len(topic["partitions"]))
            for topic in described
            if not topic["error_code"] and topic["partitions"]
        }

    async def starts(self, tps: Iterable[tuple[str, int]]) -> dict[tuple[str, int], int]:
        """Return the first offset that each partition still holds."""
        keys = dict.fromkeys((TopicPartition(*tp) for tp in tps), OffsetSpec.EARLIEST)
        if not keys:
            return {}
        found = await self._call(lambda client: client.list_partition_offsets(keys))
        return {(tp.topic, tp.partition): int(found[tp].offset) for tp in keys}

    async def offset_at(self, tp: tuple[str, int], time_ms: int) -> int | None:
        """Return the first offset at or after a broker time (epoch milliseconds); None when all are earlier."""
        key = TopicPartition(*tp)
        found = await self._call(lambda client: client.list_partition_offsets({key: time_ms}))
        offset: int = found[key].offset
        return offset if offset >= 0 else None

    async def ensure_topic(self, name: str, partitions: int, config: Mapping[str, str]) -> TopicInfo:
        """Make the topic unless it exists, and return it as it is."""
        existing = await self.topics([name])
        while name not in existing:
            await self._call(lambda client: self._create(client, name, partitions, config))
            existing = await self.topics([name])
            if name not in existing:
                await asyncio.sleep(0.05)  # the broker answers before its metadata shows the topic
        return existing[name]

    async def close(self) -> None:
        """Close the connection, without waiting for a broker that does not answer."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(
                asyncio.get_running_loop().run_in_executor(self._thread, self._drop), _CLOSE_SECONDS
            )
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _create(
        self, client: KafkaAdminClient, name: str, partitions: int, config: Mapping[str, str]
    ) -> None:
        topic = NewTopic(name, partitions, self._settings.replication_factor, topic_configs=dict(config))
        try:
            client.create_topics([topic])
        except TopicAlreadyExistsError:
            return

    async def _call(self, ask: Callable[[Any], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._ask, ask)

    def _ask(self, ask: Callable[[Any], T]) -> T:
        try:
            if self._client is None:
                self._client = KafkaAdminClient(**client_options(self._settings))
            return ask(self._client)
        except (KafkaError, OSError) as error:
            self._drop()
            raise unreachable(self._settings, error) from error

    def _drop(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            client.close()
