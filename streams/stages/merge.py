"""Stage 2: partition profiles become the live inventory.

Reads its partitions of ``pandian.profiles`` from their beginning, so that the compacted topic itself is the memory:
for each source partition of a topic as it is now, the complete set that reaches furthest counts, and an asset is the
sum over partitions. What cannot be had from there (when a field was first seen, how figures moved) lives in a
checkpointed table.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson
from faust.types import TP

from pandian import topics
from pandian.errors import PandianError
from streams.counting.base import Source
from streams.counting.retirement import Retirement
from streams.counting.sets import CompleteSet, SetStore
from streams.inventory.assembly import topic_documents
from streams.inventory.base import Classification
from streams.inventory.details import Details
from streams.inventory.profile import AssetProfile, PartitionProfile
from streams.inventory.quality.thresholds import read_thresholds
from streams.stages.context import StageContext
from streams.stages.history import remember
from streams.stages.noticing import NoticingPart
from streams.stages.relating import Relations
from streams.stages.source import ProfileState
from streams.stages.turns import give_way
from streams.state import CheckpointedTable
from streams.transport.admin import TopicInfo
from streams.transport.batches import Batch, BatchTopic
from streams.transport.errors import KAFKA_ERRORS
from streams.tuning import beside
from streams.worklog import logger

log = logger("merge")

#: Sets that come within this time are merged together.
_GATHER_SECONDS = 0.2
_RETIRE_SECONDS = 60.0
#: Longest pause after merging, seconds.
_LONGEST_REST = 30.0


class MergeStage:
    """Sums the partitions of each topic and publishes its assets on ``pandian.inventory``."""

    def __init__(self, context: StageContext, table: CheckpointedTable) -> None:
        app = context.app
        self.topic = BatchTopic(app, [topics.PROFILES])
        self._app = app
        self._admin = context.admin
        self._profiles = context.profiles
        self._policy = context.policy
        self._thresholds = read_thresholds(context.settings.quality)
        self._details = Details()
        self.relations = Relations(context, self._related)
        self.noticing = NoticingPart(context, lambda: self.owned)
        self._table = table
        self._stores: dict[TP, SetStore] = {}
        self._retirements: dict[TP, Retirement] = {}
        self._epochs: dict[TP, int | None] = {}
        # The best set of each source, by topic name, as it was written. Parsed, a profile takes twenty times as much
        # memory, and nearly always all partitions of a topic have moved when it is described anew.
        self._sets: dict[str, dict[Source, CompleteSet]] = {}
        self._dirty: set[str] = set()
        self._wake = asyncio.Event()
        self._spent = 0.0
        """Processor time of the last merging, seconds."""
        self.owned: dict[str, Mapping[str, Any]] = {}
        self.version = 0
        app.agent(self.topic, name="merge")(self._consume)
        app.on_partitions_assigned.connect(self._on_assigned, weak=False)
        app.on_partitions_revoked.connect(self._on_revoked, weak=False)

    async def _consume(self, stream: Any) -> None:
        async for batch in stream:
            began = time.perf_counter()
            self._on_batch(batch)
            await give_way(began)

    def _on_batch(self, batch: Batch) -> None:
        if batch.epoch != self._epochs.get(batch.tp):
            return
        store = self._stores[batch.tp]
        for record in batch.records:
            complete = store.add(record.key, record.value)
            if complete is not None:
                self._sets.setdefault(complete.header.topic, {})[complete.source] = complete
                self._dirty.add(complete.header.topic)
        self._wake.set()

    async def _on_assigned(self, app: Any, assigned: Iterable[TP], **_: Any) -> None:
        for tp in assigned:
            if tp.topic == topics.PROFILES:
                self._stores[tp] = SetStore(ProfileState.format, keep_bodies=False)
                self._retirements[tp] = Retirement(self._stores[tp])
                app.add_future(self._begin(tp))

    async def _begin(self, tp: TP) -> None:
        while not self._app.should_stop and tp in self._app.consumer.assignment():
            try:
                starts = await self._admin.starts([(tp.topic, tp.partition)])
                epochs = await self._app.consumer.reposition({tp: starts[tp.topic, tp.partition]})
                self._epochs[tp] = epochs.get(tp)
                return
            except (PandianError, *KAFKA_ERRORS) as error:
                log.warning("cannot read %s[%d] yet: %s", tp.topic, tp.partition, error)
                await asyncio.sleep(1.0)

    async def _on_revoked(self, app: Any, revoked: Iterable[TP], **_: Any) -> None:  # noqa: ARG002 - Faust's
        for tp in revoked:
            if tp.topic == topics.PROFILES:
                self._epochs[tp] = None
                self._stores.pop(tp, None)
                self._retirements.pop(tp, None)
                self._table.forget(tp.partition)
                self._forget(tp.partition)

    def _forget(self, partition: int) -> None:
        lost = {name for name in self._sets if self._profiles.partition_of(name) == partition}
        for name in lost:
            del self._sets[name]
        self._dirty -= lost
        self.owned = {asset: doc for asset, doc in self.owned.items() if doc["source"]["topic"] not in lost}
        self.version += 1

    async def run(self) -> None:
        """Merge what changed, again and again, until cancelled."""
        retire_at = time.monotonic() + _RETIRE_SECONDS
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), _RETIRE_SECONDS)
            await asyncio.sleep(_GATHER_SECONDS)
            self._wake.clear()
            self._spent = 0.0
            try:
                await self.flush()
                if time.monotonic() > retire_at:
                    await self._retire()
                    retire_at = time.monotonic() + _RETIRE_SECONDS
            except (PandianError, *KAFKA_ERRORS) as error:
                log.warning("the inventory is not up to date, trying again: %s", error)
                await asyncio.sleep(1.0)
                self._wake.set()
            # Of hundreds of assets, describing all anew takes seconds: at most half of the time goes into it.
            await asyncio.sleep(min(self._spent, _LONGEST_REST))

    async def flush(self) -> None:
        """Merge and publish the topics that changed."""
        names, self._dirty = self._dirty, set()
        try:
            infos = await self._admin.topics(names)
            sends = []
            for name in sorted(names):
                # Looked up here: it may have gone to another worker while the one before was sent.
                if name in self._sets:
                    began = time.perf_counter()
                    sends += await self._publish(name, infos.get(name))
                    await give_way(began)
            await asyncio.gather(*sends)
            await self._table.checkpoint()
        except BaseException:
            self._dirty |= names
            raise

    async def _publish(self, name: str, info: TopicInfo | None) -> list[Any]:
        """Send what changed of a topic's assets; an asset that is no more gets a tombstone."""
        sets = self._of_topic(name, info)
        documents = await self._documents(name, info, list(sets.values())) if info and sets else {}
        if self._sets.get(name) is not sets:
            return []  # it went to another worker meanwhile
        if info is None:
            del self._sets[name]
        before = {asset for asset, document in self.owned.items() if document["source"]["topic"] == name}
        if info is None:
            before |= {name}
        for asset in before - documents.keys():
            self.owned.pop(asset, None)
        self.relations.forget(before - documents.keys())
        self.owned.update(documents)
        self.version += 1
        changed: dict[str, Mapping[str, Any] | None] = {
            **dict.fromkeys(before - documents.keys()),
            **documents,
        }
        return [await self._send(asset, document) for asset, document in changed.items()]

    def _of_topic(self, name: str, info: TopicInfo | None) -> dict[Source, CompleteSet]:
        """Return the sets of a topic as it is now; those of one that was made again are dropped."""
        sets = self._sets[name]
        if info is not None:
            sets = {source: one for source, one in sets.items() if source.topic_id == info.id}
            self._sets[name] = sets
        return sets

    async def _documents(
        self, name: str, info: TopicInfo, sets: Sequence[CompleteSet]
    ) -> dict[str, Mapping[str, Any]]:
        partitions = {
            str(one.source.partition): {"next_offset": one.header.end, "gone": one.header.gone.offsets}
            for one in sorted(sets, key=lambda one: one.source.partition)
        }
        seen: list[tuple[str, str, AssetProfile, Mapping[str, Classification]]] = []

        def work_out() -> dict[str, dict[str, Any]]:
            began = time.thread_time()
            documents = topic_documents(
                [PartitionProfile.from_bytes(one.body(), self._policy) for one in sets],
                name,
                {"topic": name, "topic_id": str(info.id), "partitions": partitions},
                self._policy,
                now_ms=time.time_ns() // 1_000_000,
                thresholds=self._thresholds,
                details=self._details,
                see=lambda *asset: seen.append(asset),
            )
            self._spent += time.thread_time() - began
            return documents

        # On a thread: an asset of many fields takes a tenth of a second, in which nobody would be answered.
        documents = await beside(work_out)
        for asset, kind, profile, meanings in seen:
            self.relations.see(asset, kind, profile, meanings)
            self.noticing.see(asset, profile)
        partition = self._profiles.partition_of(name)
        return {
            asset: remember(self._table, partition, document | self.relations.document(asset))
            for asset, document in documents.items()
        }

    def _related(self, assets: frozenset[str]) -> None:
        """Tell the references of these assets anew, as far as they are merged here."""
        self._dirty |= {self.owned[asset]["source"]["topic"] for asset in assets & self.owned.keys()}
        self._wake.set()

    async def _send(self, asset: str, document: Mapping[str, Any] | None) -> Any:
        value = None if document is None else orjson.dumps(document, option=orjson.OPT_NON_STR_KEYS)
        return await self._app.producer.send(topics.INVENTORY, asset.encode(), value, 0, None, None)

    async def _retire(self) -> None:
        """Remove from ``pandian.profiles`` what belongs to topics that are no more."""
        for tp, retirement in list(self._retirements.items()):
            names = retirement.look()
            infos = await self._admin.topics(names)
            keys = retirement.judge({name: info.id for name, info in infos.items()})
            sends = [
                await self._app.producer.send(topics.PROFILES, key, None, tp.partition, None, None)
                for key in keys
            ]
            await asyncio.gather(*sends)
            self._dirty |= {
                name for name in names & self._sets.keys() if self._outdated(name, infos.get(name))
            }
        if self._dirty:
            self._wake.set()

    def _outdated(self, name: str, info: TopicInfo | None) -> bool:
        """Tell whether a topic is shown that is no more, or was made again."""
        return info is None or any(source.topic_id != info.id for source in self._sets[name])
