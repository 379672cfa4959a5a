"""Reads whole partitions, and finds where logs end, outside any consumer group."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterable, Sequence
from typing import Any

import aiokafka
from aiokafka.errors import KafkaTimeoutError

from pandian.errors import BrokerError
from pandian.settings import Settings
from streams.transport.connection import aiokafka_options

#: How long the broker may hold a fetch that finds nothing.
_WAIT_MS = 50
_REQUEST_MS = 20_000
#: So many silent partitions are named.
_NAMED = 5

Partition = tuple[str, int]


class LogReader:
    """A consumer without a group, for as long as the ``async with`` block lasts.

    Both methods go by the high watermark that comes with each fetch. What a broker answers when it is asked for the
    latest offset is older than the next record to be read; the embedded broker answers with the beginning of its
    last batch.

    Args:
        settings: of the worker.
        fetch_bytes: that a fetch brings of a partition; the broker gives a batch that is larger, but then no other.
            Who reads a few records here and there asks for few.
    """

    def __init__(self, settings: Settings, fetch_bytes: int = 1 << 20) -> None:
        self._consumer = aiokafka.AIOKafkaConsumer(
            **aiokafka_options(settings, settings.bootstrap_servers),
            max_partition_fetch_bytes=fetch_bytes,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            request_timeout_ms=_REQUEST_MS,
            fetch_max_wait_ms=_WAIT_MS,
        )

    async def __aenter__(self) -> LogReader:
        try:
            await self._consumer.start()
        except BaseException:
            await self._consumer.stop()
            raise
        # What it has just put to work must have begun, or to stop it at once looks as if we were to be cancelled.
        await asyncio.sleep(0)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._consumer.stop()

    async def read(self, topic: str, partition: int) -> AsyncIterator[list[Any]]:
        """Yield everything in one partition, until nothing stands behind what was fetched last.

        Raises:
            BrokerError: nothing comes, though not everything was read.
        """
        tp = aiokafka.TopicPartition(topic, partition)
        self._consumer.assign([tp])
        await self._consumer.seek_to_beginning(tp)
        position = await self._consumer.position(tp)
        came = time.monotonic()
        while (end := self._consumer.highwater(tp)) is None or position < end:
            for records in (await self._consumer.getmany(tp, timeout_ms=4 * _WAIT_MS)).values():
                yield records
                came = time.monotonic()
            if time.monotonic() - came > _REQUEST_MS / 1_000:
                raise _silence([tp], "must give what stands in a partition")
            position = await self._consumer.position(tp)

    async def span(self, topic: str, partition: int, start: int, end: int) -> AsyncIterator[list[Any]]:
        """Yield the records from ``start`` to before ``end`` that are still there."""
        tp = aiokafka.TopicPartition(topic, partition)
        self._consumer.assign([tp])
        self._consumer.seek(tp, start)
        while (position := await self._consumer.position(tp)) < end:
            fetched = await self._consumer.getmany(tp, timeout_ms=4 * _WAIT_MS, max_records=end - position)
            for records in fetched.values():
                yield [record for record in records if record.offset < end]
            if not fetched and (high := self._consumer.highwater(tp)) is not None and high < end:
                return

    async def ends(self, partitions: Iterable[Partition]) -> dict[Partition, int]:
        """Return the offset behind the last record of each partition.

        Raises:
            BrokerError: a partition tells nothing, as when its topic is deleted while it is asked.
        """
        tps = [aiokafka.TopicPartition(*partition) for partition in partitions]
        if not tps:
            return {}
        self._consumer.assign(tps)
        try:
            async with asyncio.timeout(_REQUEST_MS / 1_000):
                for tp, near in (await self._consumer.end_offsets(tps)).items():
                    self._consumer.seek(tp, near)
                while any(self._consumer.highwater(tp) is None for tp in tps):
                    await self._consumer.getmany(timeout_ms=_WAIT_MS)
        except (TimeoutError, KafkaTimeoutError) as error:  # the client's own runs out at the same time
            silent = [tp for tp in tps if self._consumer.highwater(tp) is None]
            raise _silence(silent, "must say where a partition ends") from error
        return {(tp.topic, tp.partition): int(self._consumer.highwater(tp)) for tp in tps}


def _silence(tps: Sequence[aiokafka.TopicPartition], what: str) -> BrokerError:
    return BrokerError(
        ", ".join(sorted(f"{tp.topic}[{tp.partition}]" for tp in tps)[:_NAMED]),
        f"the broker {what} within {_REQUEST_MS / 1_000:g} s",
        "look whether the topic is still there and has a leader",
    )
