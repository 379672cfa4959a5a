"""Topics that come, go, grow, expire or hold rubbish while a worker reads them."""

from __future__ import annotations

import random
import time
from collections.abc import Callable

import orjson
import pytest

from tests.faults.test_exact import order_lines
from tests.support.brokers import Broker, real_kafka
from tests.support.reference import assert_same
from tests.support.topics import (
    add_partitions,
    create_topic,
    delete_topic,
    expire,
    produce,
    read_all,
)
from tests.support.worker import WorkerProcess


def dumped(lines: list[dict[str, object]]) -> list[bytes]:
    return [orjson.dumps(line) for line in lines]


def test_a_topic_that_appears_later_is_counted_whole(broker: Broker, unique: Callable[[str], str]) -> None:
    prefix = unique("later")
    first, second = order_lines(500, 1), order_lines(700, 2)
    create_topic(broker.address, f"{prefix}.a", 1)
    produce(broker.address, f"{prefix}.a", dumped(first))
    with WorkerProcess(
        broker.address, unique("group"), [f"{prefix}.*"], options=["--from", "latest"]
    ) as worker:
        worker.wait_said(f"{prefix}.a[0]: reading")
        create_topic(broker.address, f"{prefix}.b", 3)
        produce(broker.address, f"{prefix}.b", dumped(second))
        produce(broker.address, f"{prefix}.a", dumped(first))
        assert_same(worker.wait_counted(f"{prefix}.b", len(second), 30), second)
        assert_same(worker.wait_counted(f"{prefix}.a", len(first), 30), first)


def test_a_worker_that_finds_no_topic_waits_for_one(broker: Broker, unique: Callable[[str], str]) -> None:
    topic = unique("first")
    lines = order_lines(300, 12)
    with WorkerProcess(broker.address, unique("group"), [topic], options=["--roles", "profile"]) as worker:
        worker.wait(lambda: (worker.get("/readyz") or {}) != {}, "an answer", 30)
        create_topic(broker.address, topic, 2)
        produce(broker.address, topic, dumped(lines))
        worker.wait(lambda: worker.get("/v1/status")["records_read"] == len(lines), "all records", 30)


def test_a_topic_made_again_with_more_partitions_starts_from_nothing(
    broker: Broker, unique: Callable[[str], str]
) -> None:
    topic = unique("again")
    old, new = order_lines(900, 3), order_lines(400, 4)
    create_topic(broker.address, topic, 2)
    produce(broker.address, topic, dumped(old))
    with WorkerProcess(broker.address, unique("group"), [topic]) as worker:
        assert_same(worker.wait_counted(topic, len(old)), old)
        delete_topic(broker.address, topic)
        create_topic(broker.address, topic, 4)
        produce(broker.address, topic, dumped(new))
        worker.wait(lambda: (worker.asset(topic) or {}).get("records") == len(new), "the new topic", 60)
        asset = worker.asset(topic)
        assert asset
        assert_same(asset, new)
        assert len(asset["source"]["partitions"]) == 4
        assert "deleted" in worker.said()


def test_partitions_that_are_added_are_counted(kafka_broker: Broker, unique: Callable[[str], str]) -> None:
    topic = unique("grown")
    lines = order_lines(1000, 5)
    create_topic(kafka_broker.address, topic, 1)
    produce(kafka_broker.address, topic, dumped(lines[:500]))
    with WorkerProcess(kafka_broker.address, unique("group"), [topic]) as worker:
        worker.wait_counted(topic, 500)
        add_partitions(kafka_broker.address, topic, 3)
        produce(kafka_broker.address, topic, dumped(lines[500:]))
        assert_same(worker.wait_counted(topic, len(lines)), lines)


def test_records_that_expired_unread_are_told_and_not_counted(
    kafka_broker: Broker, unique: Callable[[str], str]
) -> None:
    topic, group = unique("expired"), unique("group")
    lines = order_lines(900, 6)
    create_topic(kafka_broker.address, topic, 1)
    produce(kafka_broker.address, topic, dumped(lines[:300]))
    with WorkerProcess(kafka_broker.address, group, [topic]) as worker:
        worker.wait_counted(topic, 300)
        assert worker.terminate() == 0
        produce(kafka_broker.address, topic, dumped(lines[300:]))
        expire(kafka_broker.address, topic, {0: 500})
        worker.start()
        asset = worker.wait_counted(topic, 700)
        assert_same(asset, lines[:300] + lines[500:])
        assert asset["source"]["partitions"]["0"]["gone"] == 200
        assert "200 offsets (300 to 499) expired before they were read" in worker.said()


def test_rubbish_is_quarantined_and_costs_only_itself(broker: Broker, unique: Callable[[str], str]) -> None:
    topic = unique("rubbish")
    lines = order_lines(2000, 7)
    deep = b'{"a":' * 3000 + b"1" + b"}" * 3000
    rubbish = [
        b"\xff\xfe\x00garbage",
        b"",
        None,
        b'{"a": NaN}',
        b'{"a": 1',
        b"[1, 2]",
        b"42",
        deep,
        b"\xc3\x28{}",
    ]
    values: list[bytes | None] = []
    for number, line in enumerate(dumped(lines)):
        values.append(line)
        if number % 200 == 0:
            values += rubbish
    create_topic(broker.address, topic, 2)
    produce(broker.address, topic, values)
    with WorkerProcess(broker.address, unique("group"), [topic]) as worker:
        asset = worker.wait_counted(topic, len(values))
        assert_same(asset, lines, quarantined=10 * len(rubbish))
    documents = [orjson.loads(record.value) for record in read_all(broker.address, "pandian.quarantine")]
    mine = {(d["partition"], d["offset"]): d for d in documents if d["topic"] == topic}
    assert len(mine) == 10 * len(rubbish)
    assert all(d["reason"] and "garbage" not in d["excerpt"] for d in mine.values())


def test_hostile_values_are_counted_in_bounded_memory(
    kafka_broker: Broker, unique: Callable[[str], str]
) -> None:
    topic = unique("hostile")
    values = [
        orjson.dumps({"text": "x" * 5_000_000}),
        orjson.dumps({f"key{i}": i for i in range(10_000)}),
        b'{"big": 123456789012345678901234567890, "low": -99999999999999999999}',
        *(orjson.dumps({f"k{i}": 1}) for i in range(50_000)),
        orjson.dumps({"nested": {"a": [{"b": None}, {"b": [1, 2.5, "three", True]}]}}),
    ]
    create_topic(kafka_broker.address, topic, 1, {"max.message.bytes": "10000000"})
    produce(kafka_broker.address, topic, values)
    with WorkerProcess(kafka_broker.address, unique("group"), [topic]) as worker:
        asset = worker.wait_counted(topic, len(values), 120)
        assert (asset["records"], asset["quarantined"]) == (len(values), 0)
        assert len(asset["fields"]) <= 1_000
        assert asset["overflow"]["values"] > 0
        assert worker.process
        with open(f"/proc/{worker.process.pid}/status") as status:  # noqa: PTH123
            resident = next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))
        assert resident < 600_000


@pytest.mark.kafka
@pytest.mark.timeout(180)
def test_the_broker_goes_away_and_comes_back(unique: Callable[[str], str]) -> None:
    topic = unique("away")
    lines = order_lines(1500, 8)
    with real_kafka() as broker:
        create_topic(broker.address, topic, 2)
        produce(broker.address, topic, dumped(lines[:700]))
        with WorkerProcess(broker.address, unique("group"), [topic]) as worker:
            worker.wait_counted(topic, 700)
            broker.stop()
            worker.wait_said("waiting for it", 30)
            time.sleep(4)
            broker.start()
            produce(broker.address, topic, dumped(lines[700:]))
            assert_same(worker.wait_counted(topic, len(lines), 90), lines)
            assert "the broker is back" in worker.said()


def test_an_asset_with_a_thousand_fields_is_published(broker: Broker, unique: Callable[[str], str]) -> None:
    topic, draw = unique("wide"), random.Random(13)
    lines: list[dict[str, object]] = [
        {f"field_number_{i}": round(draw.lognormvariate(3, 2), 6) for i in range(1000)} for _ in range(30)
    ]
    create_topic(broker.address, topic, 1)
    produce(broker.address, topic, dumped(lines))
    with WorkerProcess(broker.address, unique("group"), [topic]) as worker:
        assert_same(worker.wait_counted(topic, len(lines), 90), lines)


def test_a_folder_has_one_worker(kafka_broker: Broker, unique: Callable[[str], str]) -> None:
    topic, group = unique("folder"), unique("group")
    create_topic(kafka_broker.address, topic, 1)
    with WorkerProcess(kafka_broker.address, group, [topic]) as first:
        first.wait_said("reading from offset")
        second = WorkerProcess(
            kafka_broker.address, group, [topic], settings={"PANDIAN_DATADIR": str(first.folder / "data")}
        ).start()
        assert second.process
        assert second.process.wait(20) == 2
        assert "belongs to another worker" in second.said()
