"""Reads topics of a broker from a beginning to where they end now, with kafka-python."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from kafka import KafkaConsumer, TopicPartition

from pandian.kafka_client import broker_errors, client_options, unreachable
from pandian.settings import Settings

_POLL_MS = 500
_MAX_RECORDS = 20_000
#: A broker that says nothing for so long while there is more to read has gone away.
_SILENT_S = 30.0


def reader(settings: Settings) -> KafkaConsumer:
    """Return a consumer without a group, for whole topics: it takes much at a time. It is the caller's to close.

    Raises:
        SettingError: when no broker is set.
    """
    return KafkaConsumer(
        **client_options(settings),
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        max_poll_records=_MAX_RECORDS,
        max_partition_fetch_bytes=4 << 20,
        fetch_max_wait_ms=100,
        metrics_enabled=False,
    )


@contextmanager
def reading(settings: Settings) -> Iterator[KafkaConsumer]:
    """Give a :func:`reader` for the block, whose errors become those of :func:`~pandian.kafka_client.broker_errors`.

    Raises:
        SettingError: when no broker is set.
        BrokerError: when the broker does not answer.
    """
    with broker_errors(settings):
        consumer = reader(settings)
        try:
            yield consumer
        finally:
            consumer.close(autocommit=False)


def partitions(consumer: KafkaConsumer, topic: str) -> list[TopicPartition]:
    """Return the partitions of a topic in order; empty: there is no such topic."""
    if topic not in consumer.topics():
        return []
    return [TopicPartition(topic, number) for number in sorted(consumer.partitions_for_topic(topic) or ())]


def to_the_end(
    consumer: KafkaConsumer,
    wanted: Sequence[TopicPartition],
    settings: Settings,
    *,
    since: int = 0,
    newest: int | None = None,
) -> Iterator[list[Any]]:
    """Yield what each fetch brings, until each partition is where it ended when it was first fetched.

    Where it ends is told by the fetch: the embedded broker, asked for its latest offset, names that of its last batch.

    Args:
        consumer: is assigned the partitions.
        wanted: the partitions; none: nothing comes.
        settings: the broker.
        since: epoch milliseconds: where the broker has the first record of that time a partition begins; 0: at its
            beginning. Older records may come all the same.
        newest: a partition begins so many records before its end, or a little earlier; None: at its beginning.

    Raises:
        BrokerError: when nothing comes for long.
    """
    if not wanted:
        return
    _begin(consumer, wanted, since, newest)
    ends: dict[TopicPartition, int] = {}
    heard = time.monotonic()
    while not all(tp in ends and consumer.position(tp) >= ends[tp] for tp in wanted):
        fetched = consumer.poll(timeout_ms=_POLL_MS)
        yield from fetched.values()
        for tp in wanted:
            end = consumer.highwater(tp)
            if tp not in ends and end is not None:
                ends[tp] = end
                heard = time.monotonic()
        if fetched:
            heard = time.monotonic()
        elif time.monotonic() - heard > _SILENT_S:
            topics = ", ".join(sorted({tp.topic for tp in wanted}))
            raise unreachable(settings, TimeoutError(f"nothing came of {topics} for {_SILENT_S:g} s"))


def _begin(consumer: KafkaConsumer, wanted: Sequence[TopicPartition], since: int, newest: int | None) -> None:
    consumer.assign(list(wanted))
    consumer.seek_to_beginning(*wanted)
    if since > 0:
        for tp, place in consumer.offsets_for_times(dict.fromkeys(wanted, since)).items():
            if place is not None:  # else nothing is as new: what is read is to be passed over
                consumer.seek(tp, place.offset)
    if newest is not None:
        starts = consumer.beginning_offsets(wanted)
        for tp, end in consumer.end_offsets(wanted).items():
            consumer.seek(tp, max(starts[tp], end - newest))
