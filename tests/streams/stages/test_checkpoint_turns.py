"""Checkpoints of more partitions than may be written at once: each has its turn, and none is counted twice."""

from __future__ import annotations

import re

import orjson

from pandian import metrics
from tests.support.brokers import embedded_broker
from tests.support.topics import create_topic, produce
from tests.support.worker import WorkerProcess

_TOPICS = 8
_RECORDS = 300
_BYTES = 10_000
"""A second: one or two profiles in a checkpoint."""


def test_every_partition_has_its_turn() -> None:
    settings = {"PANDIAN_PROFILE_BYTES_PER_SECOND": str(_BYTES)}
    names = [f"turn.{number}" for number in range(_TOPICS)]
    with embedded_broker() as broker:
        for name in names:
            create_topic(broker.address, name)
            produce(broker.address, name, [_record(name, number) for number in range(_RECORDS)])
        with WorkerProcess(broker.address, "turns", ["turn.*"], settings=settings) as worker:
            for name in names:
                assert worker.wait_counted(name, _RECORDS, 90)["records"] == _RECORDS
            found = re.search(
                rf"^{metrics.CHECKPOINT.name}_count (\S+)$", worker.text("/metrics"), re.MULTILINE
            )
            assert found
            assert float(found[1]) >= _TOPICS / 2


def _record(name: str, number: int) -> bytes:
    return orjson.dumps({"name": f"{name} {number}", "number": number * 7, "kind": "abc"[number % 3]})
