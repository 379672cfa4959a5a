"""Making, filling and reading topics in tests, on any broker. Blocking functions, usable inside async tests too.

Administration goes through kafka-python; records go through aiokafka, whose C code makes and reads batches more
than twenty times faster: a test or benchmark can put a million records on a topic in about a second.
"""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Coroutine, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import cycle, repeat
from typing import Any, NamedTuple, TypeVar

import orjson
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import UnknownTopicOrPartitionError
from aiokafka.partitioner import DefaultPartitioner
from kafka import KafkaAdminClient
from kafka import TopicPartition as AdminTopicPartition

Value = bytes | str | Mapping[str, object] | None
Header = tuple[str, bytes]
T = TypeVar("T")

_BATCH_BYTES = 500_000
_IN_FLIGHT = 16


class Record(NamedTuple):
    """One record as a consumer sees it."""

    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    timestamp: int
    """Epoch milliseconds."""
    headers: tuple[Header, ...]


@contextmanager
def admin(address: str) -> Iterator[KafkaAdminClient]:
    """Open a kafka-python admin client for a ``with`` block."""
    client = KafkaAdminClient(bootstrap_servers=address, request_timeout_ms=15_000)
    try:
        yield client
    finally:
        client.close()


def create_topic(
    address: str, name: str, partitions: int = 1, config: Mapping[str, object] | None = None
) -> None:
    """Make a topic and wait until it can be written to. ``config``: such as ``{"cleanup.policy": "compact"}``."""
    options = {
        "num_partitions": partitions,
        "replication_factor": 1,
        "configs": {key: str(value) for key, value in (config or {}).items()},
    }
    with admin(address) as client:
        client.create_topics({name: options}, timeout_ms=10_000)
        _poll(lambda: _partitions(client, name) == partitions, f"topic {name} appears")


def delete_topic(address: str, name: str) -> None:
    """Delete a topic and wait until the broker no longer knows it."""
    with admin(address) as client:
        client.delete_topics([name], timeout_ms=10_000)
        _poll(lambda: _partitions(client, name) == 0, f"topic {name} disappears")


def add_partitions(address: str, name: str, total: int) -> None:
    """Let a topic have ``total`` partitions."""
    with admin(address) as client:
        client.create_partitions({name: total})
        _poll(lambda: _partitions(client, name) == total, f"topic {name} has {total} partitions")


def expire(address: str, name: str, before: Mapping[int, int]) -> None:
    """Remove the records below an offset of each partition, as retention does. Real Kafka only."""
    with admin(address) as client:
        client.delete_records({AdminTopicPartition(name, part): offset for part, offset in before.items()})


def topic_id(address: str, name: str) -> uuid.UUID | None:
    """Return the topic's id, which a re-created topic does not share; None when there is no such topic."""
    with admin(address) as client:
        found = client.describe_topics([name])[0]
    return None if found["error_code"] else uuid.UUID(str(found["topic_id"]))


def topics(address: str) -> list[str]:
    """Return the names of all topics, sorted."""
    with admin(address) as client:
        return sorted(client.list_topics())


def produce(
    address: str,
    topic: str,
    values: Iterable[Value],
    partition: int | None = None,
    keys: Iterable[bytes | None] | None = None,
    headers: Sequence[Header] = (),
    timestamp_ms: int | Iterable[int] | None = None,
    compression: str | None = None,
) -> dict[int, int]:
    """Write records and wait until all are acknowledged by all replicas.

    Args:
        address: The broker.
        topic: An existing topic.
        values: ``bytes`` or ``str`` as they are, mappings as JSON, None as a tombstone.
        partition: Where all of them go. Default: by Kafka's hash of the key, or in turn when there is none.
        keys: One key a value; default: none.
        headers: The same headers on every record.
        timestamp_ms: The same time on every record, or one a value; default: now.
        compression: ``gzip``, ``snappy``, ``lz4`` or ``zstd``.

    Returns:
        The offset after the last record written, by partition. Order within a partition is the given order.
    """
    items = ((None, value) for value in values) if keys is None else zip(keys, values, strict=True)
    encoded = ((key, _encode(value)) for key, value in items)
    times = timestamp_ms if isinstance(timestamp_ms, Iterable) else repeat(timestamp_ms)
    return _run(_produce(address, topic, encoded, partition, list(headers), times, compression))


def read_all(
    address: str, topic: str, partition: int | None = None, seconds: float = 30.0, committed: bool = False
) -> list[Record]:
    """Read what a topic (or one partition) holds at this moment, by partition and offset.

    Args:
        address: The broker.
        topic: An existing topic.
        partition: Only this one; default: all.
        seconds: How long to wait at most.
        committed: Leave out records of transactions that were aborted or are open.

    Raises:
        TimeoutError: when the end was not reached in time.
    """
    return _run(asyncio.wait_for(_read_all(address, topic, partition, committed), seconds))


def end_offsets(address: str, topic: str) -> dict[int, int]:
    """Return the next offset of each partition."""

    async def ask() -> dict[int, int]:
        async with _consumer(address) as consumer:
            ends = await _ends(consumer, await _assign(consumer, topic, None))
            return {tp.partition: end for tp, end in ends.items()}

    return _run(ask())


def _encode(value: Value) -> bytes | None:
    if value is None or isinstance(value, bytes):
        return value
    return value.encode() if isinstance(value, str) else orjson.dumps(value)


def _run(work: Coroutine[Any, Any, T]) -> T:
    # A thread of its own: tests may have a running event loop, in which asyncio.run is forbidden.
    with ThreadPoolExecutor(max_workers=1) as pool:
        return pool.submit(asyncio.run, work).result()


def _poll(condition: Any, what: str, seconds: float = 15.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what}: not within {seconds:g} s")
        time.sleep(0.02)


def _partitions(client: KafkaAdminClient, name: str) -> int:
    """Partitions of a topic that have a leader; 0 when there is no such topic."""
    found = client.describe_topics([name])[0]
    return sum(1 for part in found["partitions"] if part["leader_id"] >= 0 and not part["error_code"])


async def _produce(
    address: str,
    topic: str,
    records: Iterable[tuple[bytes | None, bytes | None]],
    partition: int | None,
    headers: list[Header],
    times: Iterable[int | None],
    compression: str | None,
) -> dict[int, int]:
    producer = AIOKafkaProducer(
        bootstrap_servers=address, acks="all", max_batch_size=_BATCH_BYTES, compression_type=compression
    )
    async with producer:
        writer = _Writer(producer, topic, sorted(await producer.partitions_for(topic)))
        # Without ``strict``: one time for all is given without end.
        for (key, value), timestamp_ms in zip(records, times, strict=False):
            part = writer.place(key) if partition is None else partition
            await writer.add(part, key, value, timestamp_ms, headers)
        return await writer.finish()


class _Writer:
    """Fills one batch a partition and sends it when it is full, a bounded number of them at a time."""

    def __init__(self, producer: AIOKafkaProducer, topic: str, parts: list[int]) -> None:
        self._producer = producer
        self._topic = topic
        self._parts = parts
        self._turns = cycle(parts)
        self._choose = DefaultPartitioner()
        self._batches: dict[int, Any] = {}
        self._flying: list[tuple[int, int, asyncio.Future[Any]]] = []
        self._ends: dict[int, int] = {}

    def place(self, key: bytes | None) -> int:
        return next(self._turns) if key is None else int(self._choose(key, self._parts, self._parts))

    async def add(
        self,
        part: int,
        key: bytes | None,
        value: bytes | None,
        timestamp_ms: int | None,
        headers: list[Header],
    ) -> None:
        for _ in range(2):  # an empty batch takes any record
            batch = self._batches.get(part) or self._batches.setdefault(part, self._producer.create_batch())
            if batch.append(key=key, value=value, timestamp=timestamp_ms, headers=headers) is not None:
                return
            await self._send(part)

    async def finish(self) -> dict[int, int]:
        for part in list(self._batches):
            await self._send(part)
        await self._settle()
        return self._ends

    async def _send(self, part: int) -> None:
        batch = self._batches.pop(part)
        sent = await self._producer.send_batch(batch, self._topic, partition=part)
        self._flying.append((part, batch.record_count(), sent))
        if len(self._flying) >= _IN_FLIGHT:
            await self._settle()

    async def _settle(self) -> None:
        for part, count, sent in self._flying:
            self._ends[part] = (await sent).offset + count
        self._flying.clear()


def _consumer(address: str, committed: bool = False) -> AIOKafkaConsumer:
    return AIOKafkaConsumer(
        bootstrap_servers=address,
        group_id=None,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        isolation_level="read_committed" if committed else "read_uncommitted",
        max_partition_fetch_bytes=16 * 1024 * 1024,
        fetch_max_wait_ms=50,
    )


async def _assign(consumer: AIOKafkaConsumer, topic: str, partition: int | None) -> list[TopicPartition]:
    client = consumer._client
    metadata = await client.fetch_all_metadata()
    known = metadata.partitions_for_topic(topic)
    if not known:
        raise UnknownTopicOrPartitionError(f"no topic {topic}")
    assigned = [TopicPartition(topic, part) for part in sorted(known) if partition in (None, part)]
    consumer.assign(assigned)
    return assigned


async def _ends(consumer: AIOKafkaConsumer, assigned: Sequence[TopicPartition]) -> dict[TopicPartition, int]:
    # The embedded broker's ListOffsets answers "first offset of the last batch, plus one" for the latest offset;
    # the high watermark that comes with every fetch is right on both brokers.
    for tp, near in (await consumer.end_offsets(assigned)).items():
        consumer.seek(tp, near)
    while any(consumer.highwater(tp) is None for tp in assigned):
        await consumer.getmany(timeout_ms=50)
    return {tp: consumer.highwater(tp) for tp in assigned}


async def _read_all(address: str, topic: str, partition: int | None, committed: bool) -> list[Record]:
    found: list[Record] = []
    async with _consumer(address, committed) as consumer:
        assigned = await _assign(consumer, topic, partition)
        ends = await _ends(consumer, assigned)
        await consumer.seek_to_beginning(*assigned)
        left = {tp for tp in assigned if await consumer.position(tp) < ends[tp]}
        while left:
            for tp, batch in (await consumer.getmany(*left, timeout_ms=200)).items():
                found += [
                    Record(r.partition, r.offset, r.key, r.value, r.timestamp, tuple(r.headers))
                    for r in batch
                    if r.offset < ends[tp]
                ]
            left = {tp for tp in left if await consumer.position(tp) < ends[tp]}
    return sorted(found, key=lambda record: (record.partition, record.offset))


__all__ = [
    "Record",
    "add_partitions",
    "admin",
    "create_topic",
    "delete_topic",
    "end_offsets",
    "expire",
    "produce",
    "read_all",
    "topic_id",
    "topics",
]
