"""Many records at once: where Kafka's own clients would send them, one batch a partition, acknowledged."""

from __future__ import annotations

from collections import defaultdict

import pytest
from aiokafka.errors import KafkaError
from aiokafka.partitioner import DefaultPartitioner

from pandian.settings import Settings
from streams.transport.outbox import Outbox, Outgoing
from tests.support.processes import free_port
from tests.support.topics import create_topic, read_all

PARTITIONS = 5


@pytest.fixture
async def outbox(broker):
    opened = Outbox(Settings(broker=broker.address), batch_bytes=20_000)
    await opened.start()
    yield opened
    await opened.stop()


async def test_records_are_where_clients_send_their_keys_in_the_order_given(broker, outbox, unique) -> None:
    first, second = unique("first"), unique("second")
    create_topic(broker.address, first, PARTITIONS)
    create_topic(broker.address, second, 1)
    keys = [f"用户-{number % 37}".encode() for number in range(2_000)]
    sent = [Outgoing(first, key, str(number).encode()) for number, key in enumerate(keys)]
    await outbox.send([*sent, Outgoing(second, b"", b"empty key")])
    parts = list(range(PARTITIONS))
    expected = defaultdict(list)
    for _, key, value in sent:
        expected[DefaultPartitioner()(key, parts, parts)].append((key, value))
    found = defaultdict(list)
    for record in read_all(broker.address, first):
        found[record.partition].append((record.key, record.value))
        assert record.timestamp > 1_700_000_000_000
    assert found == expected
    assert [record.value for record in read_all(broker.address, second)] == [b"empty key"]
    await outbox.send([])


async def test_a_record_larger_than_a_batch_is_a_batch_of_its_own(broker, outbox, unique) -> None:
    topic = unique("large")
    create_topic(broker.address, topic, 1)
    values = [b"a", b"x" * 300_000, b"b"]
    await outbox.send([Outgoing(topic, b"k", value) for value in values])
    assert [record.value for record in read_all(broker.address, topic)] == values


async def test_trouble_is_told_when_the_broker_does_not_answer() -> None:
    outbox = Outbox(Settings(broker=f"127.0.0.1:{free_port()}"))
    with pytest.raises(KafkaError):
        await outbox.start()
    await outbox.stop()
