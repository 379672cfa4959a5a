"""What was shown over HTTP, on its way to ``pandian.impressions``: a short while in memory, then in batches."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterator

from pandian import topics
from pandian.events import Recommendation, encode
from streams.recommend.service import impressions
from streams.transport.errors import KAFKA_ERRORS
from streams.transport.outbox import Outbox, Outgoing
from streams.worklog import logger

log = logger("impressions")

_EVERY_SECONDS = 0.1
_RETRY_SECONDS = 1.0
#: Answers kept while the broker is away; beyond that the oldest are let go.
_KEPT = 5_000


def outgoing(answer: Recommendation) -> Iterator[Outgoing]:
    """Return the impressions of an answer as records."""
    key = answer.user_id.encode()
    for impression in impressions(answer):
        yield Outgoing(topics.IMPRESSIONS, key, encode(impression))


class ShownLog:
    """Writes the impressions of answers that were given over HTTP.

    A worker that is killed takes those of its last tenth of a second with it: nobody waits for them.
    """

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox
        self._waiting: deque[Recommendation] = deque(maxlen=_KEPT)
        self._away = False

    def add(self, answer: Recommendation) -> None:
        """Take the impressions of an answer."""
        self._waiting.append(answer)

    async def run(self) -> None:
        """Write them again and again until cancelled."""
        while True:
            await asyncio.sleep(_RETRY_SECONDS if self._away else _EVERY_SECONDS)
            await self.flush()

    async def flush(self) -> None:
        """Write what waits; what is not acknowledged waits on."""
        if not self._waiting:
            return
        answers = list(self._waiting)
        self._waiting.clear()
        try:
            await self._outbox.send(record for answer in answers for record in outgoing(answer))
            self._away = False
        except KAFKA_ERRORS as error:
            if not self._away:
                log.warning("impressions wait: %s", error)
            self._away = True
            self._waiting = deque([*answers, *self._waiting], maxlen=_KEPT)
