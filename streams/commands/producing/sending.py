"""Sending with kafka-python: a bounded window of records in flight, and a count of those acknowledged."""

from __future__ import annotations

import contextlib
import logging
from collections import Counter, deque
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from kafka import KafkaProducer
from kafka.errors import KafkaError, KafkaTimeoutError, MessageSizeTooLargeError
from kafka.partitioner.default import murmur2

from pandian.kafka_client import broker_errors, client_options
from pandian.settings import Settings
from streams.commands.producing.records import Headers

_IN_FLIGHT_RECORDS = 40_000
_IN_FLIGHT_BYTES = 64 << 20
_RUN = 500
_STALL_S = 30
_TOO_LATE = f"no acknowledgement within {_STALL_S} s"
# Measured with records of 200 bytes: 512 KiB batches carry 15 % more than the default 16 KiB.
_BATCH_BYTES = 512 << 10
_RECORD_BYTES = 32 << 20
_OPTIONS: dict[str, Any] = {
    "acks": "all",
    # Compression costs a third of the speed, and no lz4 or zstd codec is among the dependencies.
    "linger_ms": 20,
    "compression_type": None,
    "request_timeout_ms": 10_000,
    "delivery_timeout_ms": 25_000,
    "max_block_ms": 10_000,
    "metrics_enabled": False,
}


class _Part(NamedTuple):
    """Records handed over together."""

    futures: list[Any]
    size: int


class SendingStopped(Exception):  # noqa: N818 - the reason is in RecordSender.failures
    """The broker no longer takes records, for a reason that concerns all of them."""


class RecordSender:
    """Sends records to one topic and counts what the broker acknowledged (``acks=all``, idempotent).

    A record with a key goes to the partition that Kafka's own clients choose for it (murmur2); records without are
    spread over the partitions in runs.

    A record larger than the topic takes is refused here and counted: at the broker it would end the idempotent
    producer, and all records behind it with it. Anything else that goes wrong ends the sending.

    Args:
        settings: The broker.
        topic: Name of the topic, which must be there.
        partitions: How many partitions it has.
        max_bytes: The largest batch of records that it takes.

    Raises:
        BrokerError: when the broker cannot be reached.
    """

    def __init__(self, settings: Settings, topic: str, partitions: int, max_bytes: int | None = None) -> None:
        self.sent = 0
        """Records handed over so far."""
        self.acknowledged = 0
        """Records that the broker has acknowledged, as far as this has been looked at."""
        self.failures: Counter[str] = Counter()
        """Records that were refused or not acknowledged in time, by reason."""
        self._topic = topic
        self._max_bytes = max_bytes or _RECORD_BYTES
        self._partitions = partitions
        self._parts: deque[_Part] = deque()
        self._flying_records = 0
        self._flying_bytes = 0
        self._fatal = False
        self._stalled = False
        self._partition_of = lru_cache(maxsize=1 << 16)(self._hash)
        logging.getLogger("kafka").setLevel(logging.CRITICAL)  # its failures are told in our own words
        with broker_errors(settings):
            self._producer = KafkaProducer(
                batch_size=min(_BATCH_BYTES, self._max_bytes),
                max_request_size=self._max_bytes,
                **client_options(settings),
                **_OPTIONS,
            )

    def send(
        self,
        values: Sequence[bytes],
        keys: Sequence[bytes | None] | None = None,
        headers: Headers | None = None,
    ) -> None:
        """Hand records over; wait while too many are in flight.

        Raises:
            SendingStopped: when the broker takes no more.
        """
        for first in range(0, len(values), _RUN):
            part = values[first : first + _RUN]
            futures = [
                future
                for value, key in zip(
                    part, keys[first : first + _RUN] if keys else [None] * len(part), strict=True
                )
                if (future := self._send_one(value, key, headers)) is not None
            ]
            self.sent += len(part)
            self._fly(_Part(futures, sum(map(len, part))))
            while self._flying_records > _IN_FLIGHT_RECORDS or self._flying_bytes > _IN_FLIGHT_BYTES:
                self._settle()
            if self._fatal:
                raise SendingStopped

    def look(self) -> None:
        """Count what has been acknowledged by now, without waiting."""
        while self._parts and all(future.is_done for future in self._parts[0].futures):
            self._settle()

    def finish(self) -> None:
        """Wait until every record is acknowledged or has failed."""
        while self._parts:
            self._settle()

    def close(self) -> None:
        """Close the connection; what is still in flight gets half a second."""
        with contextlib.suppress(KafkaError):  # what was not acknowledged has been counted
            self._producer.close(timeout=0.5)

    def _send_one(self, value: bytes, key: bytes | None, headers: Headers | None) -> Any:
        partition = self._partition_of(key) if key is not None else self.sent // _RUN % self._partitions
        try:
            return self._producer.send(self._topic, value, key=key, headers=headers, partition=partition)
        except MessageSizeTooLargeError:
            self.failures[
                f"larger than the {self._max_bytes:,} bytes that the topic takes (max.message.bytes)"
            ] += 1
        except KafkaError as error:
            self._fail(error)
        return None

    def _fly(self, part: _Part) -> None:
        self._parts.append(part)
        self._flying_records += len(part.futures)
        self._flying_bytes += part.size

    def _settle(self) -> None:
        """Wait for the oldest part and count how its records fared."""
        part = self._parts.popleft()
        self._flying_records -= len(part.futures)
        self._flying_bytes -= part.size
        for future in part.futures:
            if not future.is_done and not self._stalled:
                self._wait(future)
            if not future.is_done:
                self.failures[_TOO_LATE] += 1
            elif future.exception is None:
                self.acknowledged += 1
            else:
                self._fail(future.exception)

    def _wait(self, future: Any) -> None:
        with contextlib.suppress(KafkaError):  # counted by its exception
            future.get(timeout=_STALL_S)
        # kafka-python's own delivery timeout does not end the waiting when an idempotent producer's only broker has
        # gone: its thread looks for a broker to ask for a new producer id, and nothing expires meanwhile.
        if not future.is_done:
            self._stalled = self._fatal = True

    def _fail(self, error: BaseException) -> None:
        self.failures[_words(error)] += 1
        self._fatal = True

    def _hash(self, key: bytes) -> int:
        return int((murmur2(key) & 0x7FFFFFFF) % self._partitions)


def _words(error: BaseException) -> str:
    """Return why in a few words, the same for all records that it happened to."""
    if isinstance(error, KafkaTimeoutError):
        return _TOO_LATE
    meaning = " ".join(str(getattr(type(error), "description", "")).split())
    return f"{type(error).__name__}: {meaning[:120]}".rstrip(": ")
