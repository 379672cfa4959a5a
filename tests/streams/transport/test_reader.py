"""Where logs end: asked of brokers that answer, and of one that has lost the topic meanwhile."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pandian.errors import BrokerError
from pandian.settings import Settings
from streams.transport import reader
from tests.support.brokers import Broker
from tests.support.topics import create_topic, produce


async def test_the_end_is_behind_the_last_record(broker: Broker, unique: Callable[[str], str]) -> None:
    topic = unique("ends")
    create_topic(broker.address, topic, 2)
    produce(broker.address, topic, [b"{}"] * 7)
    async with reader.LogReader(Settings(broker=broker.address)) as log:
        assert sum((await log.ends([(topic, 0), (topic, 1)])).values()) == 7


async def test_a_topic_that_is_gone_is_not_waited_for(
    kafka_broker: Broker, unique: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # The only change is how long it waits: a broker's silence is the same after 20 s, which no test should take.
    monkeypatch.setattr(reader, "_REQUEST_MS", 1_500)
    async with reader.LogReader(Settings(broker=kafka_broker.address)) as log:
        with pytest.raises(BrokerError, match="still there"):
            await log.ends([(unique("gone"), 0)])


async def test_a_reader_that_is_not_used_ends_quietly(broker: Broker) -> None:
    async with reader.LogReader(Settings(broker=broker.address)):
        pass
