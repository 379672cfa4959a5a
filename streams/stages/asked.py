"""Requests on ``pandian.requests``: read in batches, answered, and committed once their answers are acknowledged."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any

from faust.types import TP

from pandian import topics
from pandian.errors import PandianError
from streams.stages.context import StageContext
from streams.transport.batches import Batch, BatchTopic
from streams.transport.errors import KAFKA_ERRORS
from streams.worklog import logger

log = logger("requests")

_COMMIT_SECONDS = 1.0
_RETRY_SECONDS = 1.0
_WAIT_SECONDS = 0.1
#: Records answered together, and such portions that may be under way: answers wait for their acknowledgement while the
#: next ones are made.
_PORTION = 64
_UNDER_WAY = 8

#: Answers the values of some records; returns once the answers are acknowledged.
Reply = Callable[[Sequence[bytes | None]], Awaitable[None]]


class _Reading:
    """One partition of requests that is ours."""

    def __init__(self, epoch: int, position: int) -> None:
        self.epoch = epoch
        self.done = self.committed = position
        """Offset below which all is answered, and up to which that was committed."""
        self.under_way: deque[tuple[int, asyncio.Future[None]]] = deque()

    def advance(self) -> None:
        """Move ``done`` over what is answered, in order.

        Raises:
            KafkaError: when an answer was not acknowledged.
        """
        while self.under_way and self.under_way[0][1].done():
            offset, answered = self.under_way[0]
            answered.result()
            self.under_way.popleft()
            self.done = offset


class RequestsReader:
    """Hands the requests of this worker's partitions to ``reply``, each at least once.

    Args:
        context: the worker's app and broker.
        ready: whether answers would know what the topics hold; requests wait until then.
        reply: answers.
    """

    def __init__(self, context: StageContext, ready: Callable[[], bool], reply: Reply) -> None:
        self._app: Any = context.app
        self._admin = context.admin
        self._ready = ready
        self._reply = reply
        self._readings: dict[TP, _Reading] = {}
        self._closed = asyncio.Event()
        self._room = asyncio.Semaphore(_UNDER_WAY)
        self._topic = BatchTopic(context.app, [topics.REQUESTS])
        context.app.agent(self._topic, name="requests")(self._consume)
        context.app.on_partitions_assigned.connect(self._on_assigned, weak=False)
        context.app.on_partitions_revoked.connect(self._on_revoked, weak=False)

    async def run(self) -> None:
        """Commit what is answered, again and again until cancelled."""
        while True:
            await asyncio.sleep(_COMMIT_SECONDS)
            await self.commit()

    async def close(self) -> None:
        """Take no more requests; return once those under way are answered and that is committed."""
        self._closed.set()
        under_way = [answer for reading in self._readings.values() for _, answer in reading.under_way]
        if under_way:
            await asyncio.wait(under_way)
        await self.commit()

    async def commit(self) -> None:
        """Commit what is answered; what could not be answered is read again."""
        for tp, reading in list(self._readings.items()):
            try:
                reading.advance()
            except KAFKA_ERRORS as error:
                log.warning("answers were not acknowledged, reading the requests again: %s", error)
                self._app.add_future(self._begin(tp, reading.done))
        moved = {tp: one.done for tp, one in self._readings.items() if one.done > one.committed}
        if moved:
            with contextlib.suppress(*KAFKA_ERRORS):
                await self._app.consumer.commit_positions(moved)
                for tp, offset in moved.items():
                    if tp in self._readings:
                        self._readings[tp].committed = offset

    async def _consume(self, stream: Any) -> None:
        async for batch in stream:
            reading = self._readings.get(batch.tp)
            if self._closed.is_set() or reading is None or batch.epoch != reading.epoch:
                continue
            if batch.follows != _end(reading):
                await self._begin(batch.tp, reading.done)
                continue
            for part in batch.parts(_PORTION):
                await self._room.acquire()
                if self._closed.is_set():
                    self._room.release()
                    break
                answered = asyncio.ensure_future(self._answer(part))
                reading.under_way.append((part.next_offset, answered))

    async def _answer(self, part: Batch) -> None:
        try:
            await self._reply(part.values)
        finally:
            self._room.release()

    async def _on_assigned(self, app: Any, assigned: Iterable[TP], **_: Any) -> None:
        for tp in assigned:
            if tp.topic == topics.REQUESTS:
                app.add_future(self._begin(tp))

    async def _on_revoked(self, app: Any, revoked: Iterable[TP], **_: Any) -> None:  # noqa: ARG002 - Faust's
        gone = [tp for tp in revoked if tp.topic == topics.REQUESTS]
        if gone:
            await self.commit()
        for tp in gone:
            self._readings.pop(tp, None)

    async def _begin(self, tp: TP, position: int | None = None) -> None:
        """Read a partition from a position; without one, from what the group has committed, or else its start."""
        self._readings.pop(tp, None)
        while not (self._closed.is_set() or self._app.should_stop) and tp in self._app.consumer.assignment():
            if not self._ready():
                await asyncio.sleep(_WAIT_SECONDS)
                continue
            try:
                consumer = self._app.consumer
                if position is None:
                    position = (await consumer.committed_positions([tp])).get(tp)
                starts = await self._admin.starts([(tp.topic, tp.partition)])
                offset = max(position or 0, starts[tp.topic, tp.partition])
                epoch = (await consumer.reposition({tp: offset})).get(tp)
                if epoch is not None:
                    self._readings[tp] = _Reading(epoch, offset)
                return
            except (PandianError, *KAFKA_ERRORS) as error:
                log.warning("cannot read %s[%d] yet: %s", tp.topic, tp.partition, error)
                await asyncio.sleep(_RETRY_SECONDS)


def _end(reading: _Reading) -> int:
    return reading.under_way[-1][0] if reading.under_way else reading.done
