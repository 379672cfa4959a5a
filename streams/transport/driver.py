"""The transport that Faust finds under the URL scheme ``pandian://`` (entry point ``faust.transports``)."""

from __future__ import annotations

from typing import ClassVar

from faust.transport.drivers.aiokafka import Transport as AIOKafkaTransport

from streams.transport.recovery import RecoveringConsumer


class Transport(AIOKafkaTransport):
    """Kafka through aiokafka, as in stock Faust, with :class:`~streams.transport.recovery.RecoveringConsumer`."""

    Consumer: ClassVar[type[RecoveringConsumer]] = RecoveringConsumer
