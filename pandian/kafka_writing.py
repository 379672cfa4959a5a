"""Writes a few records to a topic with kafka-python, and waits until the broker has them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from kafka import KafkaProducer

from pandian.kafka_client import broker_errors, client_options
from pandian.settings import Settings

_ANSWER_S = 10.0
_OPTIONS: dict[str, Any] = {
    "acks": "all",
    "request_timeout_ms": 8_000,
    "delivery_timeout_ms": 10_000,
    "max_block_ms": 8_000,
    "metrics_enabled": False,
}


def write(settings: Settings, topic: str, records: Iterable[tuple[bytes, bytes]]) -> None:
    """Write keys and values to a topic, in order.

    Raises:
        SettingError: when no broker is set.
        BrokerError: when the broker cannot be reached, or does not take them.
    """
    with broker_errors(settings):
        producer = KafkaProducer(**client_options(settings), **_OPTIONS)
        try:
            for future in [producer.send(topic, value, key) for key, value in records]:
                future.get(timeout=_ANSWER_S)
        finally:
            producer.close(timeout=_ANSWER_S)
