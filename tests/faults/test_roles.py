"""Workers with one role each, and workers behind TLS and SASL, give the same inventory as one that does it all."""

from __future__ import annotations

from collections.abc import Callable

import orjson
import pytest

from tests.faults.test_exact import order_lines
from tests.support.brokers import Broker, RealKafka
from tests.support.reference import assert_same
from tests.support.security import Security
from tests.support.topics import create_topic, produce
from tests.support.worker import WorkerProcess


def test_each_role_in_a_process_of_its_own(broker: Broker, unique: Callable[[str], str]) -> None:
    topic, group = unique("roles"), unique("group")
    lines = order_lines(3000, 9)
    create_topic(broker.address, topic, 3)
    produce(broker.address, topic, [orjson.dumps(line) for line in lines])
    profile, merge, serve = (
        WorkerProcess(broker.address, group, [topic], options=["--roles", role])
        for role in ("profile", "merge,watch", "serve")
    )
    with profile, merge, serve:
        asset = serve.wait_counted(topic, len(lines), 90)
        assert_same(asset, lines)
        metrics = merge.text("/metrics")
        assert f'pandian_quality_score{{asset="{topic}"}}' in metrics
        assert f'pandian_records_total{{outcome="profiled",topic="{topic}"}} {len(lines)}.0' in profile.text(
            "/metrics"
        )


@pytest.mark.parametrize("protocol", ["SSL", "SASL_PLAINTEXT", "SASL_SSL"])
def test_a_secured_kafka(
    secured_kafka: RealKafka, security: Security, protocol: str, unique: Callable[[str], str]
) -> None:
    topic = unique("secured")
    lines = order_lines(500, 10)
    create_topic(secured_kafka.address, topic, 1)
    produce(secured_kafka.address, topic, [orjson.dumps(line) for line in lines])
    settings = security.environment(protocol)
    with WorkerProcess(settings["PANDIAN_BROKER"], unique("group"), [topic], settings=settings) as worker:
        assert_same(worker.wait_counted(topic, len(lines)), lines)
