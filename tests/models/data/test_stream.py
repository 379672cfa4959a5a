import pytest

from models.data.stream import read_topic
from models.exceptions import DataError
from pandian.errors import BrokerError, SettingError
from pandian.events import Interaction, Origin, encode
from pandian.settings import Settings
from tests.support import topics
from tests.support.processes import free_port


def interaction(user="u", item="a", action="view", time=1, offset=None, **origin):
    source = (
        None
        if offset is None
        else Origin("shop", "abc", origin.get("part", 0), offset, origin.get("index", 0))
    )
    return encode(Interaction(user, item, action, time, source=source))


@pytest.fixture
def topic(broker, unique):
    def fill(values, partitions=2, keys=None, partition=None):
        name = unique("interactions")
        topics.create_topic(broker.address, name, partitions)
        topics.produce(broker.address, name, values, partition=partition, keys=keys)
        return Settings(broker=broker.address), name

    return fill


def read(settings, name):
    said, counted = [], []
    log = read_topic(settings, said.append, lambda _, rows: counted.append(rows), name)
    return log, said, counted


def test_all_partitions_are_read_from_beginning_to_end(topic):
    values = [interaction(f"u{number % 50}", f"i{number % 7}", time=number) for number in range(3_000)]
    log, said, counted = read(
        *topic(values, partitions=8, keys=[f"u{n % 50}".encode() for n in range(3_000)])
    )
    assert len(log) == 3_000
    assert log.times.tolist() == list(range(3_000))
    assert (log.n_users, log.n_items) == (50, 7)
    assert not said
    assert counted[-1] == 3_000
    assert log.read == 3_000


def test_one_batch_is_read_to_its_end(topic):
    log, _, _ = read(*topic([interaction(time=number) for number in range(10)], partition=0))
    assert len(log) == 10


def test_repeats_of_a_source_place_are_taken_once(topic):
    first = [interaction(time=number, offset=number) for number in range(5)]
    arrays = [interaction(item=f"i{index}", time=9, offset=9, index=index) for index in range(3)]
    other_source = [interaction(time=20, offset=0, part=1)]
    foreign = [interaction(time=30), interaction(time=30)]
    values = [*first, *arrays, *first[2:], *arrays, *other_source, *other_source, *foreign]
    log, said, _ = read(*topic(values, partitions=1))
    assert len(log) == 5 + 3 + 1 + 2
    assert "7 repeated" in said[0]


def test_a_place_counts_for_its_own_partition(topic):
    """A chunk is spread over partitions: what is far in one says nothing of another."""
    settings, name = topic([interaction(offset=100)], partition=0)
    topics.produce(settings.bootstrap_servers[0], name, [interaction(offset=50)], partition=1)
    log, _, _ = read(settings, name)
    assert len(log) == 2


def test_only_positive_actions_with_all_their_parts_are_taken(topic):
    values = [
        interaction(),
        interaction(action="refund"),
        interaction(action="search"),
        b"nonsense",
        b"[1]",
        None,
        b'{"user_id":"u","item_id":"a","action":"view"}',
        b'{"user_id":"u","item_id":"a","action":"view","time":true}',
        b'{"user_id":"u","item_id":null,"action":"view","time":1}',
        b'{"user_id":" ","item_id":"a","action":"view","time":1}',
        b'{"user_id":"u","item_id":"a","action":["view"],"time":1}',
        b'{"user_id":"u","item_id":"a","action":"view","time":1,"source":{"offset":"x"}}',
        b'{"user_id":"u","item_id":"a","action":"view","time":1,"source":7}',
        b'{"user_id":7.0,"item_id":8,"action":"view","time":2.0,"more":{}}',
    ]
    log, said, _ = read(*topic(values))
    assert sorted(log.user_ids) == ["7", "u"]
    assert log.read == len(values)
    assert len(log) == 2
    for part in ("2 not JSON", "1 no objects", "2 without time", "2 without user or item", "2 with a source"):
        assert part in said[0]


def test_an_empty_topic_is_said(topic):
    settings, name = topic([])
    with pytest.raises(DataError, match="0 records: must have interactions"):
        read(settings, name)
    settings, name = topic([interaction(action="remove")] * 3)
    with pytest.raises(DataError, match="3 records"):
        read(settings, name)


def test_a_topic_that_is_not_there_is_said(broker, unique):
    with pytest.raises(DataError, match="no such topic"):
        read_topic(Settings(broker=broker.address), topic=unique("none"))


def test_no_broker_is_said():
    with pytest.raises(SettingError, match="PANDIAN_BROKER"):
        read_topic(Settings())


def test_a_broker_that_does_not_answer_is_said(monkeypatch):
    monkeypatch.setattr("pandian.kafka_client.CONNECT_MS", 300)
    with pytest.raises(BrokerError, match="must answer there"):
        read_topic(Settings(broker=f"127.0.0.1:{free_port()}"))
