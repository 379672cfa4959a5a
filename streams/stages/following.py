"""Follows one of Pandian's own topics for as long as the worker lives, also when it is made again or grows."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from pandian.errors import PandianError
from pandian.settings import Settings
from streams.transport.admin import ClusterAdmin, TopicInfo
from streams.transport.follower import Take, TopicFollower
from streams.worklog import logger

log = logger("follower")

#: What one fetch brings of a partition is taken in one go, while nobody is answered: some milliseconds.
_FETCH_BYTES = 256 << 10
_PAUSE_SECONDS = 0.1


class RewoundError(Exception):
    """A log ended before what was taken of it, and began again from its start."""


class Following:
    """Hands all records of a topic to ``take``, each once.

    Args:
        settings: the broker.
        admin: tells the topic's id and partitions.
        info: the topic as it is.
        take: gets records; raises :class:`RewoundError` for those that it had before.
        positions: where to go on, by partition.
        begin_again: forgets what was taken; called when the topic was made again, or lost records that were taken.
    """

    def __init__(
        self,
        settings: Settings,
        admin: ClusterAdmin,
        info: TopicInfo,
        take: Take,
        positions: Callable[[], Mapping[int, int]],
        begin_again: Callable[[TopicInfo], Awaitable[None]],
    ) -> None:
        self._settings = settings
        self._admin = admin
        self._info = info
        self._take = take
        self._positions = positions
        self._begin_again = begin_again
        self._follower: TopicFollower | None = None
        self._caught_up = False

    @property
    def caught_up(self) -> bool:
        """Whether it has once been at the end of the topic as it is now."""
        self._caught_up = self._caught_up or (self._follower is not None and self._follower.caught_up)
        return self._caught_up

    @property
    def lag(self) -> int:
        """Records not yet taken, as of the last fetch."""
        return self._follower.lag if self._follower else 0

    async def run(self) -> None:
        """Follow until cancelled."""
        while True:
            self._follower = TopicFollower(
                self._settings,
                self._info.name,
                self._take,
                starts=dict(self._positions()),
                max_bytes=_FETCH_BYTES,
                pause=_PAUSE_SECONDS,
            )
            following = asyncio.ensure_future(self._follower.run())
            try:
                changed = await self._until_changed(following)
            except RewoundError:
                log.warning("%s ends before what was read of it: reading it again", self._info.name)
                changed = None
            finally:
                following.cancel()
                await asyncio.gather(following, return_exceptions=True)
            if changed is None or changed.id != self._info.id:
                self._caught_up = False
                await self._begin_again(changed or self._info)
            self._info = changed or self._info

    async def _until_changed(self, following: asyncio.Future[None]) -> TopicInfo:
        """Return the topic as it is when it is another one, or has more partitions.

        Raises:
            Exception: what ended the following.
        """
        while True:
            await asyncio.wait([following], timeout=self._settings.discovery_seconds)
            if following.done():
                following.result()
            try:
                found = (await self._admin.topics([self._info.name])).get(self._info.name)
            except PandianError:
                continue  # the broker is away; the follower waits for it too
            if found is not None and found != self._info:
                log.info(
                    "%s %s",
                    found.name,
                    f"has {found.partitions} partitions now"
                    if found.id == self._info.id
                    else "was made again",
                )
                return found
