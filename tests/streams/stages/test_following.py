"""A topic is followed for as long as the worker lives: when it grows, is made again, or has lost records."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from pandian.settings import Settings
from streams.stages.following import Following, RewoundError
from streams.transport.admin import ClusterAdmin, TopicInfo
from tests.support.brokers import Broker
from tests.support.topics import add_partitions, create_topic, delete_topic, produce


class Kept:
    """Takes records as the sequences do, with a position for each partition."""

    def __init__(self, **positions: int) -> None:
        self.positions = {int(name.removeprefix("p")): offset for name, offset in positions.items()}
        self.values: list[bytes] = []
        self.begun: list[TopicInfo] = []

    def take(self, partition: int, records: Sequence[Any]) -> None:
        if records[0].offset < self.positions.get(partition, 0):
            raise RewoundError
        self.values += [record.value for record in records]
        self.positions[partition] = records[-1].offset + 1

    async def begin_again(self, info: TopicInfo) -> None:
        self.begun.append(info)
        self.positions.clear()
        self.values.clear()


@asynccontextmanager
async def followed(broker: Broker, topic: str, kept: Kept) -> AsyncIterator[Following]:
    settings = Settings(broker=broker.address, discovery_seconds=0.2)
    admin = ClusterAdmin(settings)
    info = (await admin.topics([topic]))[topic]
    following = Following(settings, admin, info, kept.take, lambda: kept.positions, kept.begin_again)
    task = asyncio.create_task(following.run())
    try:
        yield following
        assert not task.done(), task.exception()
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await admin.close()


async def until(condition: Any) -> None:
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110 - the follower tells nobody
            await asyncio.sleep(0.02)


def sent(broker: Broker, topic: str, *values: str, partition: int = 0) -> None:
    produce(broker.address, topic, values, partition=partition)


async def test_it_goes_on_where_it_was(broker, unique) -> None:
    topic = unique("followed")
    create_topic(broker.address, topic, 2)
    sent(broker, topic, "a", "b", "c")
    kept = Kept(p0=2)
    async with followed(broker, topic, kept) as following:
        await until(lambda: following.caught_up)
        assert (kept.values, kept.positions, following.lag) == ([b"c"], {0: 3}, 0)
        sent(broker, topic, "d", partition=1)
        await until(lambda: kept.values == [b"c", b"d"])
    assert kept.begun == []


async def test_new_partitions_are_read_from_their_first_record(kafka_broker, unique) -> None:
    topic = unique("grows")
    create_topic(kafka_broker.address, topic, 1)
    sent(kafka_broker, topic, "a")
    kept = Kept()
    async with followed(kafka_broker, topic, kept):
        await until(lambda: kept.values == [b"a"])
        add_partitions(kafka_broker.address, topic, 3)
        sent(kafka_broker, topic, "b", partition=2)
        await until(lambda: kept.values == [b"a", b"b"])
        sent(kafka_broker, topic, "c")
        await until(lambda: kept.values == [b"a", b"b", b"c"])
    assert kept.begun == []


async def test_a_topic_made_again_begins_again(broker, unique) -> None:
    topic = unique("again")
    create_topic(broker.address, topic, 1)
    sent(broker, topic, "a", "b")
    kept = Kept()
    async with followed(broker, topic, kept) as following:
        await until(lambda: kept.values == [b"a", b"b"])
        delete_topic(broker.address, topic)
        create_topic(broker.address, topic, 2)
        sent(broker, topic, "c")
        await until(lambda: kept.begun and kept.values == [b"c"])
        await until(lambda: following.caught_up)
    # Where the new log ends before the old position, that is seen first, and costs one more reading.
    assert len(kept.begun) <= 2
    assert (kept.begun[-1].name, kept.begun[-1].partitions) == (topic, 2)


async def test_a_log_that_ends_before_what_was_taken_is_read_again(kafka_broker, unique) -> None:
    topic = unique("lost")
    create_topic(kafka_broker.address, topic, 1)
    sent(kafka_broker, topic, "a", "b")
    kept = Kept(p0=5_000)
    async with followed(kafka_broker, topic, kept):
        await until(lambda: kept.values == [b"a", b"b"])
    assert len(kept.begun) == 1
