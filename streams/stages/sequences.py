"""Live sequences on a serving worker: followed from the stream, kept on disk with the position that they reach."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from pandian import topics
from pandian.forgetting import Erasures, Names
from pandian.settings import Settings
from streams.features.catalogue import Catalogue
from streams.features.live import TAKEN, LiveState
from streams.features.store import SequenceStore, open_store
from streams.stages.context import StageContext
from streams.stages.following import Following, RewoundError
from streams.stages.forgetting import Forgetting
from streams.transport.admin import ClusterAdmin, TopicInfo
from streams.transport.own_topics import ensure_own
from streams.transport.reader import LogReader
from streams.tuning import give_back_memory
from streams.worklog import logger

log = logger("sequences")

_FOLDER = "sequences"
#: So many users written at once leave memory behind.
_MANY = 20_000
#: How often the baselines hear of new interactions.
_LEARN_SECONDS = 0.25


class SequencesPart:
    """Follows ``pandian.interactions`` and ``pandian.items``, all partitions, without a group.

    Sequences, vocabulary, places and offsets are written in one batch at each checkpoint, so what is on disk is the
    state at one offset of each partition; after a crash reading goes on there. With an embedded broker nothing is
    written: it forgets as well.
    """

    def __init__(self, context: StageContext) -> None:
        self._settings: Settings = context.settings
        self._admin: ClusterAdmin = context.admin
        self._folder: Path | None = context.settings.datadir / _FOLDER if context.durable else None
        self.live = LiveState(
            context.settings.sequence_length,
            context.settings.max_users,
            erasures=Erasures(Names.of(context.settings)),
        )
        self.forgetting = Forgetting(context.settings, context.admin, self.live)
        self.catalogue = Catalogue()
        self._store: SequenceStore | None = None
        self._writing = asyncio.Lock()
        self._whole = False
        self._following: list[Following] = []

    async def start(self) -> None:
        """Make the topics, and load what was written before."""
        made = await ensure_own(self._admin, [topics.INTERACTIONS, topics.ITEMS])
        interactions, items = made[topics.INTERACTIONS], made[topics.ITEMS]
        if self._folder is not None:
            await self._load(self._folder, interactions)
        # Before any interaction is taken.
        forgotten = await self.forgetting.start(interactions)
        self._following = [
            forgotten,
            Following(
                self._settings, self._admin, interactions, self._take, self._positions, self._begin_again
            ),
            Following(
                self._settings, self._admin, items, self.catalogue.take, dict[int, int], self._clear_catalogue
            ),
        ]

    async def run(self) -> None:
        """Follow and write until cancelled."""
        async with asyncio.TaskGroup() as group:
            for following in self._following:
                group.create_task(following.run())
            group.create_task(self.forgetting.run())
            group.create_task(self._write_again_and_again())
            group.create_task(self._learn_again_and_again())

    async def close(self) -> None:
        """Write what is not written yet."""
        await self.forgetting.close()
        await self.checkpoint()
        async with self._writing:
            store, self._store = self._store, None
            if store is not None:
                store.close()

    def readiness(self) -> tuple[bool, str]:
        """Return whether all that the topics hold is known, and if not, what is missing."""
        if not all(following.caught_up for following in self._following):
            return False, f"reading the interactions: {self.lag:,} to go"
        return True, "ready"

    def facts(self) -> dict[str, int | None]:
        """Return flat facts for ``/v1/status``."""
        return {
            "users": len(self.live.sequences),
            "items": len(self.live.vocabulary.numbers),
            "interactions": self.live.outcomes[TAKEN],
            "interactions_lag": self.lag,
            "knows_until": self.live.knows_until,
        }

    @property
    def lag(self) -> int:
        """Records of all its topics that are not yet taken."""
        return sum(following.lag for following in self._following)

    async def checkpoint(self) -> None:
        """Write what changed, and the position that it reaches."""
        async with self._writing:
            store = self._store
            if store is None:
                return
            whole = self._whole
            changes = self.live.everything() if whole else self.live.changes()
            if not (changes.partitions or changes.users):
                return
            # Should this fail, the next write cannot build on it: then all is written anew.
            self._whole = True
            try:
                if whole:
                    await asyncio.to_thread(store.clear)
                await asyncio.to_thread(store.write, changes)
                if len(changes.users) > _MANY:
                    del changes
                    await asyncio.to_thread(give_back_memory)
            except Exception as error:  # noqa: BLE001 - rocksdict has no exception of its own
                log.error("cannot write the sequences, trying again: %s", " ".join(str(error).split())[:200])  # noqa: TRY400
            else:
                self._whole = False

    async def _write_again_and_again(self) -> None:
        while True:
            await asyncio.sleep(self._settings.checkpoint_seconds)
            await self.checkpoint()

    async def _learn_again_and_again(self) -> None:
        while True:
            await asyncio.sleep(_LEARN_SECONDS)
            self.live.learn()

    def _take(self, partition: int, records: Sequence[Any]) -> None:
        if records[0].offset < self.live.offsets.get(partition, 0):
            raise RewoundError
        self.live.take(partition, records)

    def _positions(self) -> Mapping[int, int]:
        return self.live.offsets

    async def _load(self, folder: Path, info: TopicInfo) -> None:
        began = time.monotonic()
        self._store, stored, trouble = await asyncio.to_thread(open_store, folder, _name(info.id))
        if trouble:
            log.warning("the sequences on disk cannot be read, building them anew: %s", trouble)
        if stored is None:
            return
        await asyncio.to_thread(self.live.restore, stored, time.time_ns() // 1_000_000)
        del stored
        await asyncio.to_thread(give_back_memory)
        if await self._is_beyond(info):
            log.warning(
                "%s ends before what the sequences on disk were made of: building them anew", info.name
            )
            await self._begin_again(info)
            return
        log.info(
            "%s users on disk, read in %.1f s", f"{len(self.live.sequences):,}", time.monotonic() - began
        )

    async def _is_beyond(self, info: TopicInfo) -> bool:
        """Tell whether a partition ends before our position; say when it begins after it."""
        places = [(info.name, partition) for partition in self.live.offsets]
        starts = await self._admin.starts(places)
        async with LogReader(self._settings) as reader:
            ends = await reader.ends(places)
        for place in places:
            offset = self.live.offsets[place[1]]
            if offset > ends[place]:
                return True
            if offset < starts[place]:
                log.warning("%d interactions of %s[%d] expired unread", starts[place] - offset, *place)
        return False

    async def _begin_again(self, info: TopicInfo) -> None:
        async with self._writing:
            self.live.clear()
            self.live.erasures.of_topic(_name(info.id))
            self._whole = False
            if self._store is not None and self._folder is not None:
                await asyncio.to_thread(self._store.close)
                self._store = await asyncio.to_thread(_emptied, self._folder, _name(info.id))

    async def _clear_catalogue(self, _info: TopicInfo) -> None:
        self.catalogue.clear()


def _name(topic_id: UUID) -> str:
    return topic_id.hex


def _emptied(folder: Path, name: str) -> SequenceStore:
    store = SequenceStore(folder, name)
    store.clear()
    return store
