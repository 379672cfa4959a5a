"""Asks the worker for the scores of pages, by topic, and waits for the answers."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import orjson
from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from pandian.errors import PandianError
from pandian.events import encode
from pandian.kafka_client import broker_errors, client_options
from pandian.settings import Settings
from pandian.topics import INTERACTIONS, RECOMMENDATIONS, REQUESTS
from streams.demo.pages import Page
from streams.transport.partitioning import partition_of

#: So long the worker may take for all answers of a portion. A worker that joins its group anew takes seconds.
PATIENCE_S = 40.0
#: Questions without an answer are asked again after this time: their answers have the same ids.
_AGAIN_S = 10.0
_POLL_MS = 100
_CONSUMER: dict[str, Any] = {
    "group_id": None,
    "enable_auto_commit": False,
    "auto_offset_reset": "latest",
    "fetch_max_wait_ms": 25,
    "metrics_enabled": False,
}
_PRODUCER: dict[str, Any] = {
    "acks": "all",
    "linger_ms": 2,
    "request_timeout_ms": 10_000,
    "delivery_timeout_ms": 30_000,
    "max_block_ms": 10_000,
    "metrics_enabled": False,
}


class Answers(Protocol):
    """Shows pages."""

    def ask(self, pages: Sequence[Page]) -> dict[str, Any]:
        """Return the answer to each page by its request id, once all are there.

        Raises:
            BrokerError: when the broker is away.
            PandianError: when the worker does not answer.
        """
        ...


class KafkaAnswers:
    """Asks on ``pandian.requests`` and hears on ``pandian.recommendations``.

    Raises:
        BrokerError: when the broker cannot be reached.
        PandianError: when the worker has not made these topics.
    """

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.monotonic) -> None:
        self._settings = settings
        self._clock = clock
        with broker_errors(settings):
            self._producer = KafkaProducer(**client_options(settings), **_PRODUCER)
            self._consumer = KafkaConsumer(**client_options(settings), **_CONSUMER)
            self._requests = len(self._partitions(REQUESTS))
            self.partitions = len(self._partitions(INTERACTIONS))
            """Of the topics keyed by user."""
            places = [TopicPartition(RECOMMENDATIONS, one) for one in self._partitions(RECOMMENDATIONS)]
            self._consumer.assign(places)
            self._consumer.seek_to_end(*places)
            for place in places:
                self._consumer.position(place)

    def ask(self, pages: Sequence[Page]) -> dict[str, Any]:
        """Return the answer to each page by its request id, once all are there."""
        open_ = {page.request_id: page for page in pages}
        found: dict[str, Any] = {}
        began = asked = self._clock()
        with broker_errors(self._settings):
            self._send(pages)
            while open_:
                for answer in self._answers():
                    if open_.pop(answer["request_id"], None):
                        found[answer["request_id"]] = answer
                now = self._clock()
                if open_ and now - began > PATIENCE_S:
                    raise _unanswered(len(open_), len(pages))
                if open_ and now - asked > _AGAIN_S:
                    asked = now
                    self._send(list(open_.values()))
        return found

    def close(self) -> None:
        """Close the connections."""
        self._producer.close(timeout=1.0)
        self._consumer.close(autocommit=False, timeout_ms=1_000)

    def _partitions(self, topic: str) -> list[int]:
        found = self._consumer.partitions_for_topic(topic)
        if not found:
            raise PandianError(
                topic, "must be there before pages are shown, and is not", "run a worker with the role serve"
            )
        return sorted(found)

    def _send(self, pages: Sequence[Page]) -> None:
        for page in pages:
            key = page.user_id.encode()
            self._producer.send(
                REQUESTS, encode(page.request()), key=key, partition=partition_of(key, self._requests)
            )
        self._producer.flush()

    def _answers(self) -> list[Any]:
        fetched = self._consumer.poll(timeout_ms=_POLL_MS)
        return [
            orjson.loads(record.value) for records in fetched.values() for record in records if record.value
        ]


def _unanswered(missing: int, of: int) -> PandianError:
    return PandianError(
        f"{missing} of {of} requests for recommendations",
        f"got no answer on {RECOMMENDATIONS} within {PATIENCE_S:.0f} s",
        "look at the worker's log lines above, and whether the broker answers",
    )
