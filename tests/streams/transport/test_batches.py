"""Batches: what one fetch brought, in order, and cut into parts that follow each other."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka import TopicPartition
from aiokafka.consumer.subscription_state import SubscriptionState
from aiokafka.errors import IllegalStateError
from faust.types import TP
from hypothesis import given
from hypothesis import strategies as st

from streams.transport.batches import Batch, BatchConsumer, rest_after
from streams.transport.recovery import RecoveringConsumer

TP0 = TP("orders", 0)


def batch(offsets: list[int], follows: int) -> Batch:
    records = [
        SimpleNamespace(offset=offset, timestamp=1000 + offset, timestamp_type=0) for offset in offsets
    ]
    return Batch(tp=TP0, epoch=1, follows=follows, records=records, highwater=10_000)


@given(st.sets(st.integers(5, 200), min_size=1), st.one_of(st.none(), st.integers(1, 50)))
def test_parts_hold_every_record_once_and_follow_each_other(offsets: set[int], size: int | None) -> None:
    whole = batch(sorted(offsets), follows=5)

    parts = list(whole.parts(size))

    assert [record.offset for part in parts for record in part.records] == sorted(offsets)
    assert parts[0].follows == 5
    assert [part.follows for part in parts[1:]] == [part.next_offset for part in parts[:-1]]
    assert all(size is None or len(part.records) <= size for part in parts)


def test_a_batch_looks_like_one_record_to_faust() -> None:
    whole = batch([7, 9], follows=7)

    assert (whole.topic, whole.partition, whole.offset, whole.next_offset) == ("orders", 0, 7, 10)
    assert (whole.timestamp, whole.value) == (1007, whole)
    with pytest.raises(AttributeError):
        whole.epoch = 2  # type: ignore[misc]  # frozen


def test_what_the_records_hold() -> None:
    header = ("h", b"x")
    records = [
        SimpleNamespace(offset=1, timestamp=10, value=b"ab", headers=()),
        SimpleNamespace(offset=2, timestamp=20, value=None, headers=()),
        SimpleNamespace(offset=3, timestamp=30, value=b"", headers=(header,)),
    ]
    whole = Batch(tp=TP0, epoch=1, follows=1, records=records, highwater=4)

    assert (whole.values, whole.size, list(whole.timestamps)) == ([b"ab", None, b""], 2, [10, 20, 30])
    assert whole.headers_of_records == [(), (), (header,)]
    assert next(whole.parts(2)).headers_of_records is None


@pytest.mark.parametrize(
    ("sizes", "seconds"),
    [
        ([], 0.0),
        ([5_000] * 500, 0.0),
        ([1] * 4, 0.1),
        ([5_000, 3, 0], 0.1),
        ([2] * 100, 0.2),
        ([2] * 10_000, 1.0),
    ],
)
def test_many_small_batches_gather_and_large_ones_do_not_wait(sizes: list[int], seconds: float) -> None:
    assert rest_after(sizes) == pytest.approx(seconds)


class Thread:
    """The fetching thread, with aiokafka's own book of what is assigned."""

    def __init__(self) -> None:
        self.calls = 0
        self.book = SubscriptionState()
        self._consumer = SimpleNamespace(
            _subscription=self.book,
            assignment=self.book.assigned_partitions,
            seek=self.book.seek,
            committed=self.committed,
        )

    def assign(self, *numbers: int) -> None:
        self.book.assign_from_user({TopicPartition("orders", number) for number in numbers})

    async def seek_wait(self, partitions: dict[TP, int]) -> None:
        for tp, offset in partitions.items():
            self.book.seek(tp, offset)

    async def committed(self, tp: TopicPartition) -> int:
        """Another member comes while the broker is asked."""
        self.book.unsubscribe()
        return 7

    def _ensure_consumer(self) -> Any:
        return self._consumer

    def assignment(self) -> set[TP]:
        return {TP(*tp) for tp in self.book.assigned_partitions()}

    async def call_thread(self, function: Any, *arguments: Any) -> Any:
        self.calls += 1
        return await function(*arguments)


def consumer_of(thread: Thread, *batched: str) -> BatchConsumer:
    consumer: Any = object.__new__(BatchConsumer)
    vars(consumer).update(_thread=thread, app=SimpleNamespace(batched_topics=set(batched)), _ready=set())
    vars(consumer).update(_epochs={}, _handed={}, _settled={}, _last_epoch=0, _read_offset=defaultdict(int))
    consumer._fetching = asyncio.Lock()
    return consumer  # type: ignore[no-any-return]


async def test_what_was_revoked_meanwhile_is_not_read_and_stops_nobody() -> None:
    """A rebalance goes on in the fetching thread while the stages ask for offsets."""
    thread = Thread()
    consumer = consumer_of(thread, "orders")
    wanted = {TP0: 5, TP("orders", 1): 6}
    assert await consumer.reposition(wanted) == {}
    thread.assign(1)
    found = await consumer.reposition(wanted)
    assert list(found) == [TP("orders", 1)]
    assert consumer.epoch(TP0) is None
    assert consumer.epoch(TP("orders", 1)) == found[TP("orders", 1)]
    assert thread.book.subscription.assignment.state_value(TopicPartition("orders", 1)).position == 6


async def test_where_a_log_ends_is_not_known_of_what_was_revoked() -> None:
    thread = Thread()
    consumer = consumer_of(thread, "orders")
    assert consumer.highwater(TP0) == 0
    thread.assign(0)
    assert consumer.highwater(TP0) == 0
    thread.book.subscription.assignment.state_value(TopicPartition("orders", 0)).highwater = 9
    assert consumer.highwater(TP0) == 9


async def test_a_partition_revoked_while_its_committed_offset_is_asked_for_is_left_alone() -> None:
    thread = Thread()
    thread.assign(0)
    assert await consumer_of(thread).seek_to_committed() == {TopicPartition("orders", 0): 7}


async def test_a_table_that_recovers_while_nothing_is_assigned_waits_for_the_next_assignment() -> None:
    """The topics that are read have changed, and the group has not met yet: aiokafka asserts an assignment."""
    thread = Thread()
    consumer = object.__new__(RecoveringConsumer)
    vars(consumer).update(_thread=thread)
    with pytest.raises(IllegalStateError):
        await consumer.seek_wait({TP0: 5})
    thread.assign(0)
    await consumer.seek_wait({TP0: 5})
    assert thread.book.subscription.assignment.state_value(TopicPartition("orders", 0)).position == 5


async def test_in_a_rebalance_of_batched_partitions_alone_the_thread_is_not_asked() -> None:
    """It may be waiting for the rebalance to end, which waits for this."""
    thread = Thread()
    thread.assign(0, 1)
    assert await consumer_of(thread, "orders").seek_to_committed() == {}
    assert thread.calls == 0
