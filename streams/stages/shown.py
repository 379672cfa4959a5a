"""What was shown over HTTP, on its way to ``pandian.impressions``: a short while in memory, then in batches."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterator, Sequence

from pandian import topics
from pandian.events import encode
from streams.recommend.service import Grouped, impressions
from streams.recommend.shadow import Given, Shadow, Shadows
from streams.transport.errors import KAFKA_ERRORS
from streams.transport.outbox import Outbox, Outgoing
from streams.worklog import logger

log = logger("impressions")

_EVERY_SECONDS = 0.1
_RETRY_SECONDS = 1.0
#: Answers kept while the broker is away; beyond that the oldest are let go.
_KEPT = 5_000


def outgoing(given: Given, shadows: Shadows, grouped: Grouped) -> Iterator[Outgoing]:
    """Return the impressions of an answer as records.

    Args:
        given: the answer, and what it was made from.
        shadows: what another model says of its items.
        grouped: names the category of an item.
    """
    key = given.answer.user_id.encode()
    for impression in impressions(given.answer, shadows, given.history, grouped):
        yield Outgoing(topics.IMPRESSIONS, key, encode(impression))


class ShownLog:
    """Writes the impressions of answers that were given over HTTP.

    A worker that is killed takes those of its last tenth of a second with it: nobody waits for them. In an experiment
    the model that did not answer scores them on the way, for as long as there is time.

    Args:
        outbox: writes.
        shadow: scores by the other model.
        grouped: names the category of an item.
    """

    def __init__(self, outbox: Outbox, shadow: Shadow, grouped: Grouped) -> None:
        self._grouped = grouped
        self._outbox = outbox
        self._shadow = shadow
        self._waiting: deque[Given] = deque(maxlen=_KEPT)
        self._writing = asyncio.Lock()
        self._away = False

    def add(self, given: Given) -> None:
        """Take the impressions of an answer."""
        self._waiting.append(given)

    async def run(self) -> None:
        """Write them again and again until cancelled."""
        while True:
            await asyncio.sleep(_RETRY_SECONDS if self._away else _EVERY_SECONDS)
            await self.flush()

    async def flush(self) -> None:
        """Write what waits; what is not acknowledged waits on."""
        async with self._writing:
            await self._flush()

    async def _flush(self) -> None:
        if not self._waiting:
            return
        given = list(self._waiting)
        self._waiting.clear()
        try:
            await self._outbox.send(await self.records(given))
            self._away = False
        except KAFKA_ERRORS as error:
            if not self._away:
                log.warning("impressions wait: %s", error)
            self._away = True
            self._waiting = deque([*given, *self._waiting], maxlen=_KEPT)

    async def records(self, given: Sequence[Given]) -> list[Outgoing]:
        """Return the impressions of answers as records."""
        shadows = await self._shadow.scores(given)
        return [
            record
            for one, said in zip(given, shadows, strict=True)
            for record in outgoing(one, said, self._grouped)
        ]
