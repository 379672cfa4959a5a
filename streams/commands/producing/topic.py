"""The topic that records are sent to."""

from __future__ import annotations

import contextlib
import re
import time
from typing import Any, NamedTuple

from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient, NewTopic
from kafka.errors import KafkaError, TopicAlreadyExistsError

from pandian.errors import BrokerError, UsageError
from pandian.kafka_client import broker_errors, client_options
from pandian.settings import Settings

_NAME = re.compile(r"[A-Za-z0-9._-]{1,249}")
_APPEAR_S = 10.0


class Topic(NamedTuple):
    """A topic on the broker."""

    partitions: int
    made: bool
    """Whether it was not there before."""
    max_bytes: int | None
    """The largest batch of records that it takes; None when the broker does not say (the embedded one)."""


def check_name(topic: str) -> None:
    """Check what Kafka allows.

    Raises:
        UsageError: when it is no topic name.
    """
    if not _NAME.fullmatch(topic) or topic in (".", ".."):
        raise UsageError(
            f"--topic {topic}", "must be 1 to 249 letters, digits, dots, hyphens or underscores", "rename it"
        )


def ensure_topic(settings: Settings, topic: str, partitions: int | None) -> Topic:
    """Make the topic unless it is there, with ``partitions`` (default: 1), and return it as it is.

    Raises:
        BrokerError: when the broker cannot be reached, or refuses.
    """
    with broker_errors(settings):
        admin = KafkaAdminClient(**client_options(settings))
        try:
            found = _partitions(admin, topic)
            if not found:
                with contextlib.suppress(TopicAlreadyExistsError):
                    admin.create_topics([NewTopic(topic, partitions or 1, settings.replication_factor)])
            return Topic(found or _wait_for(admin, topic), not found, _max_bytes(admin, topic))
        finally:
            admin.close()


def _wait_for(admin: Any, topic: str) -> int:
    """Wait until the broker's metadata shows a topic that it has just made."""
    deadline = time.monotonic() + _APPEAR_S
    while not (found := _partitions(admin, topic)):
        if time.monotonic() > deadline:
            raise BrokerError(
                f"topic {topic}", f"did not appear within {_APPEAR_S:.0f} s", "ask the broker's log why"
            )
        time.sleep(0.05)
    return found


def _max_bytes(admin: Any, topic: str) -> int | None:
    resource = ConfigResource(ConfigResourceType.TOPIC, topic, ["max.message.bytes"])
    try:
        described = admin.describe_configs([resource], config_filter="all")
        return int(described["topic"][topic]["max.message.bytes"]["value"])
    except (KafkaError, KeyError, TypeError, ValueError):
        return None


def _partitions(admin: Any, topic: str) -> int:
    described = admin.describe_topics([topic])
    return sum(len(found["partitions"]) for found in described if not found["error_code"])
