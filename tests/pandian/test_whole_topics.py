import pytest
from kafka import KafkaConsumer

from pandian import whole_topics
from pandian.errors import BrokerError
from pandian.settings import Settings
from pandian.whole_topics import partitions, reading, to_the_end
from tests.support.topics import create_topic, produce

NOON_MS = 1_767_268_800_000


@pytest.fixture
def filled(broker, unique):
    """Nine records in two of three partitions of a topic, and what reads it."""
    name = unique("whole")
    create_topic(broker.address, name, 3)
    for number in range(2):
        produce(broker.address, name, [str(each) for each in range(number, 9, 2)], partition=number)
    return Settings(broker=broker.address), name


def values(settings, name, **wanted):
    with reading(settings) as consumer:
        read = to_the_end(consumer, partitions(consumer, name), settings, **wanted)
        return sorted(int(record.value) for records in read for record in records)


def test_all_of_all_partitions_comes_also_where_one_is_empty(filled):
    assert values(*filled) == list(range(9))


def test_each_partition_begins_where_the_broker_has_the_time(broker, unique):
    settings, name = Settings(broker=broker.address), unique("whole")
    create_topic(broker.address, name, 2)
    for partition in range(2):
        for hour in range(3):
            produce(
                broker.address,
                name,
                [f"{hour}{partition}"],
                partition,
                timestamp_ms=NOON_MS + hour * 3_600_000,
            )
    found = values(settings, name, since=NOON_MS + 1)
    # The embedded broker may begin a little before.
    assert [each for each in found if each > 1] == [10, 11, 20, 21]


def test_the_newest_of_each_partition(broker, unique):
    settings, name = Settings(broker=broker.address), unique("whole")
    create_topic(broker.address, name, 2)
    for partition, count in enumerate((5, 1)):
        for number in range(count):
            produce(broker.address, name, [f"{number}{partition}"], partition)
    found = values(settings, name, newest=2)
    assert {30, 40, 1} <= set(found) <= {20, 30, 40, 1}


def test_a_topic_that_is_not_there_has_no_partitions_and_nothing_comes(broker, unique):
    settings = Settings(broker=broker.address)
    assert values(settings, unique("none")) == []


def test_a_broker_that_falls_silent_is_said(filled, monkeypatch):
    monkeypatch.setattr(whole_topics, "_SILENT_S", 0.2)
    monkeypatch.setattr(KafkaConsumer, "highwater", lambda *_: None)
    monkeypatch.setattr(KafkaConsumer, "poll", lambda *_, **__: {})
    with pytest.raises(BrokerError, match="nothing came of whole"):
        values(*filled)
