"""Posts every alert to the webhook, at least once: the place in ``pandian.alerts`` is kept by the broker.

The topic itself is what keeps alerts while the webhook is away. The place is committed behind what was delivered, so
whoever goes on after a crash posts again at most what was under way; such a repeat has the same ``alert_id`` and
``state``.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

import aiokafka

from monitoring.webhook import WebhookMetrics
from pandian import topics
from streams.stages.context import StageContext
from streams.transport.connection import aiokafka_options
from streams.transport.errors import KAFKA_ERRORS
from streams.transport.own_topics import ensure_own
from streams.webhook import Webhook, body, wait_before
from streams.worklog import logger

log = logger("webhook")

#: Alerts that wait for the webhook at most; of more, the oldest are dropped.
MOST = 1_000
_POLL_MS = 200
_LOOK_SECONDS = 0.2
_RETRY_SECONDS = 1.0
#: Brokers forget a place that nobody confirms for a week.
_CONFIRM_SECONDS = 3_600.0
_TP = aiokafka.TopicPartition(topics.ALERTS, 0)


class _Waiting(NamedTuple):
    offset: int
    content: bytes


class PostingPart:
    """Follows ``pandian.alerts`` and posts what it says, in its order, one at a time.

    Args:
        context: the worker; its settings must name a webhook.
        owned: tells whether this worker is the one that posts.
        most: alerts that wait at most.
        webhook: where to post; by default what the settings say.
    """

    def __init__(
        self,
        context: StageContext,
        owned: Callable[[], bool],
        *,
        most: int = MOST,
        webhook: Webhook | None = None,
    ) -> None:
        url = context.settings.alert_webhook
        assert url is not None  # noqa: S101 - else there is no such part
        self._context = context
        self._owned = owned
        self._most = most
        self._webhook = webhook or Webhook(url)
        self._waiting: deque[_Waiting] = deque()
        self._metrics = WebhookMetrics(context.metrics.registry, lambda: len(self._waiting))
        self._began_ms = time.time_ns() // 1_000_000
        self._next = self._kept = 0
        """Offset behind the last alert read; offset that the broker keeps."""
        self._confirmed = 0.0
        self._attempts = 0
        self._again = 0.0
        """Monotonic time of the next attempt."""
        self._said = ""
        self._where_said = False

    async def start(self) -> None:
        """Make the topic."""
        await ensure_own(self._context.admin, [topics.ALERTS])

    async def run(self) -> None:
        """Post until cancelled, whenever this worker is the one; connect again when the broker went away."""
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            if not self._owned():
                continue
            try:
                async with self._webhook, self._consumer() as consumer:
                    await self._begin(consumer)
                    self._say_where()
                    while self._owned():
                        await self._round(consumer)
            except (*KAFKA_ERRORS, OSError) as error:
                log.debug("lost %s, trying again: %s", topics.ALERTS, error)
                await asyncio.sleep(_RETRY_SECONDS)
            finally:
                self._waiting.clear()

    async def close(self) -> None:
        """Do nothing: what was not posted is in the topic, and the broker knows where."""

    @asynccontextmanager
    async def _consumer(self) -> AsyncIterator[Any]:
        settings = self._context.settings
        # In no group as a member: the group's name is only where the place is kept.
        consumer = aiokafka.AIOKafkaConsumer(
            **aiokafka_options(settings, settings.bootstrap_servers),
            group_id=f"{settings.group}.webhook",
            enable_auto_commit=False,
            auto_offset_reset="earliest",
        )
        try:
            await consumer.start()
            consumer.assign([_TP])
            yield consumer
        finally:
            await consumer.stop()

    async def _begin(self, consumer: Any) -> None:
        """Go on at the place that is kept; where there is none, with what was told since this worker began."""
        kept = await consumer.committed(_TP)
        if kept is None:
            found = (await consumer.offsets_for_times({_TP: self._began_ms}))[_TP]
            kept = (await consumer.end_offsets([_TP]))[_TP] if found is None else found.offset
            # Before anything is posted: whoever comes after a crash began later than what was under way was told.
            await consumer.commit({_TP: kept})
        consumer.seek(_TP, kept)
        self._next, self._kept, self._confirmed = kept, -1, 0.0
        self._attempts, self._again = 0, 0.0

    async def _round(self, consumer: Any) -> None:
        """Read what there is, post what can be posted, keep the place."""
        for records in (await consumer.getmany(_TP, timeout_ms=_POLL_MS)).values():
            for record in records:
                self._take(record)
        while self._waiting and self._owned() and time.monotonic() >= self._again:
            await self._attempt()
            await self._keep(consumer)
        await self._keep(consumer)

    def _take(self, record: Any) -> None:
        self._next = record.offset + 1
        content = body(record.value or b"")
        if content is None:
            return  # not an alert of ours
        self._waiting.append(_Waiting(record.offset, content))
        if len(self._waiting) > self._most:
            self._waiting.popleft()
            self._metrics.posted("dropped")
            self._say(f"more than {self._most} alerts wait: the oldest are dropped")

    async def _attempt(self) -> None:
        """Post the first of those that wait, once."""
        attempt = await self._webhook.post(self._waiting[0].content)
        if attempt.outcome == "failed":
            self._attempts += 1
            self._again = time.monotonic() + max(attempt.wait, wait_before(self._attempts))
            self._metrics.posted("failed")
            self._say(f"{attempt.reason}; alerts are kept and posted again")
            return
        self._waiting.popleft()
        self._attempts, self._again = 0, 0.0
        if attempt.outcome == "refused":
            self._metrics.posted("dropped")
            self._say(f"{attempt.reason}; this alert is dropped")
            return
        self._metrics.posted("delivered")
        self._said = ""

    async def _keep(self, consumer: Any) -> None:
        place = self._waiting[0].offset if self._waiting else self._next
        now = time.monotonic()
        if place == self._kept and now - self._confirmed < _CONFIRM_SECONDS:
            return
        await consumer.commit({_TP: place})
        self._kept, self._confirmed = place, now

    def _say_where(self) -> None:
        """Say once that alerts are posted, and where: until the first alert nothing else would."""
        if not self._where_said:
            self._where_said = True
            log.info("alerts are posted to the webhook at %s", self._webhook)

    def _say(self, trouble: str) -> None:
        """Say once what is wrong, not at every attempt."""
        if trouble != self._said:
            self._said = trouble
            log.warning("the webhook at %s does not take alerts: %s", self._webhook, trouble)
