"""Forgets people on a serving worker: obeys ``pandian.forgotten``, and writes to it what was asked here."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from typing import Any

from pandian import topics
from pandian.errors import BrokerError
from pandian.forgetting import Erasure
from pandian.hashing import keyed_hash
from pandian.settings import Settings
from streams.features.live import LiveState
from streams.stages.following import Following
from streams.transport.admin import ClusterAdmin, TopicInfo
from streams.transport.errors import KAFKA_ERRORS
from streams.transport.outbox import Outbox, Outgoing
from streams.transport.own_topics import ensure_own
from streams.transport.reader import LogReader
from streams.worklog import logger

log = logger("forgetting")


class Forgetting:
    """Keeps out of the live state who asked to be forgotten.

    The topic is read to its end before any interaction is taken. What is on disk says how far it was obeyed: so one
    that was killed, or was away, obeys the rest when it starts.

    Args:
        settings: the broker.
        admin: tells ids and partitions of topics.
        live: what is known of everybody.
    """

    def __init__(self, settings: Settings, admin: ClusterAdmin, live: LiveState) -> None:
        self._settings = settings
        self._admin = admin
        self._live = live
        self._outbox = Outbox(settings)
        self._topic_id = ""
        self._end = 0
        self._names: set[str] = set()
        self._own: set[tuple[bytes | None, bytes | None]] = set()
        self._came = asyncio.Event()
        self._foreign = 0

    async def start(self, interactions: TopicInfo) -> Following:
        """Obey all that was asked until now; return what follows the topic from there.

        Raises:
            BrokerError: when the broker does not answer.
        """
        info = (await ensure_own(self._admin, [topics.FORGOTTEN]))[topics.FORGOTTEN]
        self._live.erasures.of_topic(interactions.id.hex)
        known_id, done = self._live.forgotten
        self._topic_id, self._end = info.id.hex, 0
        async with LogReader(self._settings) as reader:
            async for records in reader.read(topics.FORGOTTEN, 0):
                self._note(records, done if known_id == self._topic_id else 0)
        await self._obey()
        await self._outbox.start()
        return Following(
            self._settings, self._admin, info, self._take, lambda: {0: self._end}, self._begin_again
        )

    async def run(self) -> None:
        """Forget whom other workers are asked to forget, until cancelled."""
        while True:
            await self._came.wait()
            self._came.clear()
            await self._obey()

    async def close(self) -> None:
        """Disconnect."""
        await self._outbox.stop()

    async def forget(self, user_id: str) -> Mapping[str, Any]:
        """Forget a user here, now, and everywhere within a second; return what is answered.

        When it returns, it is written: a worker that is killed then obeys it when it starts again.

        Raises:
            BrokerError: when it could not be written. Nobody was forgotten then.
        """
        names = self._live.erasures.names
        # Who is known by an e-mail address stands on the topic by its pseudonym.
        pseudonym = keyed_hash(self._settings)
        users = {user_id, pseudonym(user_id)} if pseudonym else {user_id}
        try:
            info = (await ensure_own(self._admin, [topics.INTERACTIONS]))[topics.INTERACTIONS]
            async with LogReader(self._settings) as reader:
                ends = await reader.ends((info.name, number) for number in range(info.partitions))
            until = {partition: end for (_, partition), end in ends.items()}
            erasure = Erasure(info.id.hex, until, names.fingerprint, time.time_ns() // 1_000_000)
            records = [Outgoing(topics.FORGOTTEN, names(one).encode(), erasure.encode()) for one in users]
            await self._outbox.send(records)
        except KAFKA_ERRORS as error:
            raise BrokerError(
                topics.FORGOTTEN, "must take what is to be forgotten, and does not", "ask again"
            ) from error
        for record in records:
            self._live.erasures.take(record.key, record.value)
        known = self._live.forget(users)
        # Obeyed: once more, when it is followed, would take what the person did since. Only now that it is done, so
        # that one which was written although sending it failed is obeyed like another worker's.
        self._own.update((record.key, record.value) for record in records)
        log.info("forgot a user (%s)", "known here" if known else "not known here")
        return {"user_id": user_id, "time": erasure.time, "known": bool(known)}

    def _take(self, _partition: int, records: Sequence[Any]) -> None:
        self._note(records, 0)
        self._came.set()

    def _note(self, records: Sequence[Any], done: int) -> None:
        erasures = self._live.erasures
        for record in records:
            name = erasures.take(record.key, record.value)
            own = (record.key, record.value)
            if name is not None and record.offset >= done and own not in self._own:
                self._names.add(name)
            self._own.discard(own)
            self._end = record.offset + 1
        if erasures.foreign > self._foreign:
            log.error(
                "%d records of %s were written with another PANDIAN_HASH_KEY and cannot be obeyed: set the same"
                " key for all workers and trainings",
                erasures.foreign,
                topics.FORGOTTEN,
            )
            self._foreign = erasures.foreign

    async def _obey(self) -> None:
        names, end = frozenset(self._names), self._end
        if names:
            # Whoever comes meanwhile comes by a record that the erasure does not reach.
            users = list(self._live.sequences.all())
            found = await asyncio.to_thread(self._live.erasures.named, users, names)
            if self._live.forget(found):
                log.info(
                    "forgot %d users who asked for it elsewhere, or before this worker started", len(found)
                )
            self._names -= names
        self._live.forgotten = (self._topic_id, end)

    async def _begin_again(self, info: TopicInfo) -> None:
        self._topic_id, self._end = info.id.hex, 0
