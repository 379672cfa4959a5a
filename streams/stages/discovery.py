"""Finds source topics by glob, again and again, so that a new one is read without a restart."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from pandian import topics
from pandian.errors import BrokerError
from streams.transport.admin import ClusterAdmin
from streams.transport.batches import BatchTopic
from streams.worklog import logger

log = logger("topics")


class Discovery:
    """Keeps a batched topic's names equal to the cluster's topics that match the globs."""

    def __init__(self, admin: ClusterAdmin, topic: BatchTopic, globs: Sequence[str], seconds: float) -> None:
        self._admin = admin
        self._topic = topic
        self._globs = globs
        self._seconds = seconds
        self.away = False
        """Whether the broker did not answer the last time."""

    async def look(self) -> frozenset[str]:
        """Look once; return the names that are read now."""
        found = topics.matching(await self._admin.topics(), self._globs)
        new = sorted(set(found) - set(self._topic.names))
        gone = sorted(set(self._topic.names) - set(found))
        if new:
            log.info("reading %s", ", ".join(new))
        if gone:
            log.warning("deleted: %s", ", ".join(gone))
        self._topic.rename(found)
        return frozenset(found)

    async def run(self) -> None:
        """Look again and again; say once when the broker is away and once when it is back."""
        while True:
            await asyncio.sleep(self._seconds)
            try:
                await self.look()
            except BrokerError as error:
                if not self.away:
                    log.warning("%s; waiting for it", error)
                self.away = True
                continue
            if self.away:
                log.warning("the broker is back")
            self.away = False
