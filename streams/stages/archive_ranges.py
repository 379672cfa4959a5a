"""Reads the records of one partition between two offsets, in chunks that are cut the same whenever they are read."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Sequence
from typing import Any

import aiokafka
from faust.types import TP

from pandian.errors import BrokerError
from pandian.settings import Settings
from streams.transport.connection import aiokafka_options

#: Records of a chunk, and bytes of their values: what is made of them takes some ten milliseconds.
CHUNK_RECORDS = 1_500
CHUNK_BYTES = 256 << 10
_POLL_MS = 200
_BROKER_WAIT_MS = 50
_FETCH_BYTES = 1 << 20
_RECORDS_AT_ONCE = 5_000
#: A broker that brings nothing for so long while there is more to read has lost it, or has gone away.
_SILENT_SECONDS = 30.0


class RangeReader:
    """A consumer without a group that reads one range after the other.

    Args:
        settings: the broker.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._consumer: Any = None

    async def start(self) -> None:
        """Connect."""
        settings = self._settings
        self._consumer = aiokafka.AIOKafkaConsumer(
            **aiokafka_options(settings, settings.bootstrap_servers),
            group_id=None,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            fetch_max_wait_ms=_BROKER_WAIT_MS,
            max_partition_fetch_bytes=_FETCH_BYTES,
        )
        await self._consumer.start()

    async def stop(self) -> None:
        """Disconnect."""
        if self._consumer is not None:
            await self._consumer.stop()

    async def chunks(self, tp: TP, first: int, end: int) -> AsyncIterator[Sequence[Any]]:
        """Yield the records from offset ``first`` to before ``end`` that the log still holds.

        Where a chunk ends depends on the records from ``first`` on only, not on what a fetch brings.

        Raises:
            BrokerError: when nothing comes any more before ``end`` is reached.
            KafkaError: when the broker cannot be read.
        """
        chunk: list[Any] = []
        size = 0
        async for record in self._records(tp, first, end):
            chunk.append(record)
            size += len(record.value or b"")
            if len(chunk) >= CHUNK_RECORDS or size >= CHUNK_BYTES:
                yield chunk
                chunk, size = [], 0
        if chunk:
            yield chunk

    async def _records(self, tp: TP, first: int, end: int) -> AsyncIterator[Any]:
        at = aiokafka.TopicPartition(tp.topic, tp.partition)
        self._consumer.assign([at])
        self._consumer.seek(at, first)
        position, heard = first, time.monotonic()
        while position < end:
            fetched = await self._consumer.getmany(
                at, timeout_ms=_POLL_MS, max_records=_RECORDS_AT_ONCE
            )  # fmt: skip
            for record in fetched.get(at, ()):
                if record.offset >= end:
                    return
                # Where the range is gone, aiokafka goes to the log's start by itself: that may be before it.
                if record.offset >= first:
                    yield record
            before, position = position, await self._consumer.position(at)
            if position > before:
                heard = time.monotonic()
            elif time.monotonic() - heard > _SILENT_SECONDS:
                raise BrokerError(
                    f"{tp.topic}[{tp.partition}] at offset {position}",
                    f"nothing comes of it, and it should reach {end}",
                    "check the broker; it is tried again",
                )
