"""Reads ``pandian.feedback`` from a time to where it ends now."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Any

from kafka import KafkaConsumer, TopicPartition

from pandian.errors import UsageError
from pandian.kafka_client import broker_errors, client_options, unreachable
from pandian.settings import Settings
from pandian.topics import FEEDBACK

_POLL_MS = 500
_MAX_RECORDS = 20_000
#: A broker that says nothing for so long while there is more to read has gone away.
_SILENT_S = 30.0


def read_feedback(settings: Settings, since: int, take: Callable[[bytes | None], None]) -> int:
    """Hand over the labels that were written since a time; return how many records there were.

    Args:
        settings: the broker.
        since: epoch milliseconds: records that the broker got before are not read.
        take: gets each record's value.

    Raises:
        SettingError: when no broker is set.
        BrokerError: when the broker does not answer.
        UsageError: when there is no such topic.
    """
    read = 0
    with broker_errors(settings):
        consumer = KafkaConsumer(
            **client_options(settings),
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            max_poll_records=_MAX_RECORDS,
            max_partition_fetch_bytes=4 << 20,
            fetch_max_wait_ms=100,
            metrics_enabled=False,
        )
        try:
            for records in _to_the_end(consumer, settings, since):
                read += len(records)
                for record in records:
                    if record.timestamp >= since:
                        take(record.value)
        finally:
            consumer.close(autocommit=False)
    return read


def _to_the_end(consumer: KafkaConsumer, settings: Settings, since: int) -> Iterable[list[Any]]:
    """Yield what each fetch brings, until each partition is where it ended when it was first fetched.

    Where it ends is told by the fetch: the embedded broker, asked for its latest offset, names that of its last batch.
    """
    partitions = _begun(consumer, since)
    ends: dict[TopicPartition, int] = {}
    heard = time.monotonic()
    while not all(tp in ends and consumer.position(tp) >= ends[tp] for tp in partitions):
        fetched = consumer.poll(timeout_ms=_POLL_MS)
        yield from fetched.values()
        for tp in partitions:
            end = consumer.highwater(tp)
            if tp not in ends and end is not None:
                ends[tp] = end
                heard = time.monotonic()
        if fetched:
            heard = time.monotonic()
        elif time.monotonic() - heard > _SILENT_S:
            raise unreachable(settings, TimeoutError(f"nothing came of {FEEDBACK} for {_SILENT_S:g} s"))


def _begun(consumer: KafkaConsumer, since: int) -> list[TopicPartition]:
    """Assign all partitions and let them begin where the broker had the first record of a time."""
    if FEEDBACK not in consumer.topics():
        raise UsageError(
            f"{FEEDBACK}: no such topic",
            "must be there: it has the labels",
            "start a worker with the role serve (pandian worker), and let it recommend",
        )
    partitions = [
        TopicPartition(FEEDBACK, number) for number in sorted(consumer.partitions_for_topic(FEEDBACK) or ())
    ]
    consumer.assign(partitions)
    consumer.seek_to_beginning(*partitions)
    if since > 0:
        found = consumer.offsets_for_times(dict.fromkeys(partitions, since))
        for tp, place in found.items():
            if place is not None:  # else nothing is as new: what is read is passed over
                consumer.seek(tp, place.offset)
    return partitions
