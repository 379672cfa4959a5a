"""The brokers that tests run on do what the tests rely on."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from tests.support.brokers import Broker, embedded_broker, real_kafka
from tests.support.topics import (
    add_partitions,
    create_topic,
    delete_topic,
    end_offsets,
    expire,
    produce,
    read_all,
    topic_id,
    topics,
)

ROOT = Path(__file__).resolve().parents[2]


def test_records_come_back_as_they_went_in(broker: Broker, unique: Callable[[str], str]) -> None:
    topic = unique("roundtrip")
    create_topic(broker.address, topic, partitions=2)
    values = [b"\xff\x00", "text", {"a": 1}, None, b""]
    ends = produce(
        broker.address, topic, values, partition=1, headers=[("h", b"1")], timestamp_ms=1_314_810_000_000
    )
    assert ends == {1: 5}
    records = read_all(broker.address, topic)
    assert [record.value for record in records] == [b"\xff\x00", b"text", b'{"a":1}', None, b""]
    assert [record.offset for record in records] == [0, 1, 2, 3, 4]
    assert {record.partition for record in records} == {1}
    assert {record.timestamp for record in records} == {1_314_810_000_000}
    assert {record.headers for record in records} == {(("h", b"1"),)}
    assert end_offsets(broker.address, topic) == {0: 0, 1: 5}


def test_many_records_are_spread_and_counted(broker: Broker, unique: Callable[[str], str]) -> None:
    topic = unique("many")
    create_topic(broker.address, topic, partitions=3)
    assert produce(broker.address, topic, [b"%d" % i for i in range(30_000)], compression="zstd") == {
        0: 10_000,
        1: 10_000,
        2: 10_000,
    }
    assert sorted(int(record.value or b"") for record in read_all(broker.address, topic)) == list(
        range(30_000)
    )
    assert len(read_all(broker.address, topic, partition=2)) == 10_000


def test_a_key_always_goes_to_its_partition(broker: Broker, unique: Callable[[str], str]) -> None:
    topic = unique("keyed")
    create_topic(broker.address, topic, partitions=4)
    keys = [b"user-%d" % (i % 50) for i in range(500)]
    produce(broker.address, topic, ["x"] * 500, keys=keys)
    seen = {(record.key, record.partition) for record in read_all(broker.address, topic)}
    assert len(seen) == 50
    assert len({partition for _, partition in seen}) == 4


def test_large_values_pass(broker: Broker, unique: Callable[[str], str]) -> None:
    topic = unique("large")
    create_topic(broker.address, topic)
    produce(broker.address, topic, [b"x" * 5_000_000, b"y"])
    assert [len(record.value or b"") for record in read_all(broker.address, topic)] == [5_000_000, 1]


def test_a_topic_made_again_has_another_id(broker: Broker, unique: Callable[[str], str]) -> None:
    topic = unique("again")
    assert topic_id(broker.address, topic) is None
    create_topic(broker.address, topic, config={"retention.ms": 3_600_000})
    first = topic_id(broker.address, topic)
    assert isinstance(first, uuid.UUID)
    assert topic_id(broker.address, topic) == first
    delete_topic(broker.address, topic)
    assert topic not in topics(broker.address)
    create_topic(broker.address, topic, partitions=3)
    assert topic in topics(broker.address)
    assert topic_id(broker.address, topic) not in (None, first)
    assert end_offsets(broker.address, topic) == {0: 0, 1: 0, 2: 0}


async def test_helpers_work_inside_a_running_event_loop(broker: Broker, unique: Callable[[str], str]) -> None:
    topic = unique("async")
    create_topic(broker.address, topic)
    assert produce(broker.address, topic, ["a"]) == {0: 1}
    assert len(read_all(broker.address, topic)) == 1


def test_records_can_expire_and_partitions_be_added(
    kafka_broker: Broker, unique: Callable[[str], str]
) -> None:
    topic = unique("expiring")
    create_topic(kafka_broker.address, topic)
    produce(kafka_broker.address, topic, ["a", "b", "c"])
    expire(kafka_broker.address, topic, {0: 2})
    assert [record.offset for record in read_all(kafka_broker.address, topic)] == [2]
    add_partitions(kafka_broker.address, topic, 2)
    assert end_offsets(kafka_broker.address, topic) == {0: 3, 1: 0}


def test_compaction_happens_while_a_test_waits(kafka_broker: Broker, unique: Callable[[str], str]) -> None:
    topic = unique("compacted")
    config = {"cleanup.policy": "compact", "segment.ms": 100, "min.compaction.lag.ms": 0}
    create_topic(kafka_broker.address, topic, config=config)
    for value in ("old", "new"):
        produce(kafka_broker.address, topic, [value], keys=[b"k"])
        time.sleep(0.15)
    deadline = time.monotonic() + 20
    while [r.value for r in read_all(kafka_broker.address, topic) if r.key == b"k"] != [b"new"]:
        assert time.monotonic() < deadline, "not compacted within 20 s"
        produce(kafka_broker.address, topic, ["roll"], keys=[b"other"])
        time.sleep(0.2)


@pytest.mark.kafka
def test_real_kafka_comes_back_with_its_data(unique: Callable[[str], str]) -> None:
    topic = unique("durable")
    with real_kafka({"message.max.bytes": 2_000}) as kafka:
        create_topic(kafka.address, topic)
        produce(kafka.address, topic, ["a", "b"])
        before = topic_id(kafka.address, topic)
        for end in (kafka.stop, kafka.kill):
            end()
            assert kafka.process is not None
            assert kafka.process.poll() is not None
            kafka.start()
            assert topic_id(kafka.address, topic) == before
            assert [record.value for record in read_all(kafka.address, topic)] == [b"a", b"b"]
        with pytest.raises(Exception, match=r"MessageSizeTooLarge|too large"):
            produce(kafka.address, topic, [b"x" * 5_000])
        process = kafka.process
    assert process is not None
    assert process.poll() is not None


def test_an_embedded_broker_ends_with_its_block() -> None:
    with embedded_broker() as broker:
        create_topic(broker.address, "t")
        process = broker.process
        broker.stop()
        assert process.poll() is not None
    with embedded_broker() as broker:
        process = broker.process
    assert process.poll() == -signal.SIGKILL


@pytest.mark.skipif(sys.platform != "linux", reason="the death signal is Linux's")
def test_a_broker_dies_with_a_killed_test_run(tmp_path: Path) -> None:
    code = (
        "import sys, time, threading\n"
        "from tests.support.brokers import EmbeddedBroker\n"
        "from pathlib import Path\n"
        "def go():\n"
        "    print(EmbeddedBroker(Path(sys.argv[1])).process.pid, flush=True)\n"
        "t = threading.Thread(target=go); t.start(); t.join()\n"
        "time.sleep(60)\n"
    )
    run = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert run.stdout is not None
    broker = psutil.Process(int(run.stdout.readline()))
    time.sleep(0.2)
    assert broker.is_running(), "the broker must outlive the thread that started it"
    run.kill()
    run.wait()
    run.stdout.close()
    broker.wait(timeout=5)
    assert not broker.is_running()
