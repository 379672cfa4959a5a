"""Tells on ``pandian.models`` who answers and who is tried out, for whoever follows it. The registry is what counts."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any

import orjson
from kafka.admin import KafkaAdminClient, NewTopic
from kafka.errors import TopicAlreadyExistsError

from export.registry import Standing
from pandian.kafka_client import broker_errors, client_options
from pandian.kafka_writing import write
from pandian.settings import Settings
from pandian.topics import MODELS


def announce(settings: Settings, before: Standing, now: Standing, *, time: int, by: str, why: str) -> None:
    """Write who answers and who is tried out to ``pandian.models``, which is made when it is not there.

    Each model that has a part, or had one before, gets a record: of all the keys of the topic, one has a champion, and
    one at most a challenger (which may be the same model, in another version).

    Args:
        settings: the broker.
        before: how it was.
        now: how it is.
        time: epoch milliseconds of the change.
        by: who changed it.
        why: and why.

    Raises:
        BrokerError: when the broker cannot be reached, or does not take it.
    """
    with broker_errors(settings):
        _ensure_topic(settings)
    change = {"time": time, "by": by, "why": why}
    write(settings, MODELS, _records(before, now, change))


def _records(before: Standing, now: Standing, change: Mapping[str, Any]) -> Iterator[tuple[bytes, bytes]]:
    champion, challenger = now.champion, now.challenger
    # The champion comes last: whoever reads on finds at no time two of them.
    models = dict.fromkeys((*before.models(), *now.models()))
    for model in sorted(models, key=lambda name: champion is not None and name == champion.model):
        challenges = challenger is not None and challenger.model == model
        said = {
            "model": model,
            "champion": champion.version if champion and champion.model == model else None,
            "challenger": challenger.version if challenger and challenges else None,
            "share": challenger.share if challenger and challenges else 0.0,
            **change,
        }
        yield model.encode(), orjson.dumps(said)


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
