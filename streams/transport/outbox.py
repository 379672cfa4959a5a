"""Writes many records for many partitions at once: all that goes to one partition is one batch."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any, NamedTuple

import aiokafka

from pandian.settings import Settings
from streams.transport.connection import aiokafka_options
from streams.transport.partitioning import partition_of

_BATCH_BYTES = 500_000
_REQUEST_MS = 20_000
#: Records that are put into batches without a pause: some five milliseconds.
_AT_ONCE = 1_500


class Outgoing(NamedTuple):
    """A record to be written."""

    topic: str
    key: bytes
    value: bytes


class Outbox:
    """A producer of batches. Records go where Kafka's own clients would send their keys.

    A record costs a microsecond or two, where one sent by itself costs fifty.

    Args:
        settings: the broker.
        batch_bytes: largest batch. What one call sends to one partition is one batch, taken whole or not at all, for
            as long as it is smaller; the topic must allow it.
    """

    def __init__(self, settings: Settings, batch_bytes: int = _BATCH_BYTES) -> None:
        self._settings = settings
        self._batch_bytes = batch_bytes
        self._producer: Any = None

    async def start(self) -> None:
        """Connect.

        Raises:
            KafkaError: when the broker does not answer.
        """
        self._producer = aiokafka.AIOKafkaProducer(
            **aiokafka_options(self._settings, self._settings.bootstrap_servers),
            client_id="pandian-outbox",
            acks="all",
            max_batch_size=self._batch_bytes,
            max_request_size=2 * self._batch_bytes + (8 << 20),
            request_timeout_ms=_REQUEST_MS,
        )
        await self._producer.start()

    async def stop(self) -> None:
        """Disconnect; what is under way is sent."""
        if self._producer is not None:
            await self._producer.stop()

    async def send(self, records: Iterable[Outgoing]) -> None:
        """Write records; return once all are acknowledged by all replicas.

        Raises:
            KafkaError: when some are not; others may be there all the same.
        """
        batches: dict[tuple[str, int], list[Any]] = {}
        counts: dict[str, int] = {}
        for number, (topic, key, value) in enumerate(records, start=1):
            if number % _AT_ONCE == 0:
                await asyncio.sleep(0)
            if topic not in counts:
                counts[topic] = len(await self._producer.partitions_for(topic))
            place = (topic, partition_of(key, counts[topic]))
            held = batches.setdefault(place, [])
            if not held or held[-1].append(timestamp=None, key=key, value=value) is None:
                held.append(self._producer.create_batch())
                held[-1].append(timestamp=None, key=key, value=value)
        sends = [self._send(place, held) for place, held in batches.items()]
        results = await asyncio.gather(*sends, return_exceptions=True)
        for result in results:
            if isinstance(result, BaseException):
                raise result

    async def _send(self, place: tuple[str, int], held: list[Any]) -> None:
        topic, partition = place
        waits = [await self._producer.send_batch(batch, topic, partition=partition) for batch in held]
        for wait in waits:
            await wait
