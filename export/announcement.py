"""Tells on ``pandian.models`` which model answers, for whoever follows that topic. The pointer is what counts."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import orjson
from kafka import KafkaProducer
from kafka.admin import KafkaAdminClient, NewTopic
from kafka.errors import TopicAlreadyExistsError

from export.registry import Pointer
from pandian.kafka_client import broker_errors, client_options
from pandian.settings import Settings
from pandian.topics import MODELS

_ANSWER_S = 10.0
_OPTIONS: dict[str, Any] = {
    "acks": "all",
    "request_timeout_ms": 8_000,
    "delivery_timeout_ms": 10_000,
    "max_block_ms": 8_000,
    "metrics_enabled": False,
}


def announce(settings: Settings, pointer: Pointer, before: Pointer | None) -> None:
    """Write the champion to ``pandian.models``, which is made when it is not there.

    Where the champion before was another model, its record says that it has no champion any more: of all the keys of
    the topic, one has.

    Raises:
        BrokerError: when the broker cannot be reached, or does not take it.
    """
    with broker_errors(settings):
        _ensure_topic(settings)
        producer = KafkaProducer(**client_options(settings), **_OPTIONS)
        try:
            futures = [producer.send(MODELS, value, key) for key, value in _records(pointer, before)]
            for future in futures:
                future.get(timeout=_ANSWER_S)
        finally:
            producer.close(timeout=_ANSWER_S)


def _records(pointer: Pointer, before: Pointer | None) -> Iterator[tuple[bytes, bytes]]:
    if before and before.model != pointer.model:
        yield _record(pointer, before.model, None)
    yield _record(pointer, pointer.model, pointer.version)


def _record(pointer: Pointer, model: str, champion: str | None) -> tuple[bytes, bytes]:
    said = {
        "model": model,
        "champion": champion,
        "challenger": None,
        "share": 0.0,
        "time": pointer.time,
        "by": pointer.by,
        "why": pointer.why,
    }
    return model.encode(), orjson.dumps(said)


def _ensure_topic(settings: Settings) -> None:
    admin = KafkaAdminClient(**client_options(settings))
    try:
        if all(found["error_code"] for found in admin.describe_topics([MODELS])):
            topic = NewTopic(
                MODELS, 1, settings.replication_factor, topic_configs={"cleanup.policy": "compact"}
            )
            with contextlib.suppress(TopicAlreadyExistsError):
                admin.create_topics([topic])
    finally:
        admin.close()
