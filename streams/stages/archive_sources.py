"""What a worker archives: the source partitions that it profiles, as far as the inventory knows them, and its share of
``pandian.interactions``."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import aiokafka
from faust.types import TP

from pandian import topics
from streams.archiving.base import AssetPlan
from streams.archiving.planning import interactions_plan, plan_of
from streams.interactions.mapping import masked_fields
from streams.interactions.settling import CALM_SECONDS, ENOUGH_RECORDS
from streams.stages.context import StageContext
from streams.stages.follower import InventoryFollower
from streams.stages.profile import ProfileStage
from streams.transport.connection import aiokafka_options
from streams.transport.reader import LogReader

Document = Mapping[str, Any]

#: How often the ends of interactions are asked for.
_ENDS_SECONDS = 10.0
#: Bytes of an interaction, about.
_INTERACTION_BYTES = 250.0


@dataclass(frozen=True, slots=True)
class Ours:
    """A partition that this worker is to archive."""

    tp: TP
    topic_id: UUID
    origin: int
    """Where to begin when nothing is archived yet."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a partition."""

    end: int
    """It may be archived up to here."""
    record_bytes: float
    """Of one of its records, on average."""


class ArchiveSources:
    """Knows the partitions and plans.

    Args:
        context: the worker.
        profile: whose source partitions are archived.
        inventory: knows what fields mean; nothing is archived that it has not counted.
    """

    def __init__(self, context: StageContext, profile: ProfileStage, inventory: InventoryFollower) -> None:
        self._context = context
        self._profile = profile
        self._inventory = inventory
        self._members: Any = None
        self._interactions_id: UUID | None = None
        self._ends: dict[TP, int] = {}
        self._ask_at = 0.0
        self._document: Document = {}
        self._by_topic: dict[str, list[Document]] = {}
        self._seen: dict[tuple[str, str], float] = {}

    async def start(self) -> None:
        """Join the group that spreads ``pandian.interactions`` over the workers that archive."""
        settings = self._context.settings
        self._members = aiokafka.AIOKafkaConsumer(
            topics.INTERACTIONS,
            **aiokafka_options(settings, settings.bootstrap_servers),
            group_id=f"{settings.group}.archive",
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            session_timeout_ms=int(settings.session_seconds * 1000),
            heartbeat_interval_ms=int(settings.session_seconds * 1000 / 4),
        )
        await self._members.start()

    async def stop(self) -> None:
        """Leave it."""
        if self._members is not None:
            await self._members.stop()

    async def ours(self) -> list[Ours]:
        """Return what this worker is to archive now.

        Raises:
            BrokerError, KafkaError: when the broker cannot be asked.
        """
        found = [
            Ours(tp, source.counter.topic_id, source.counter.origin)
            for tp, source in self._profile.sources.items()
            if source.epoch is not None and source.counter.counting
        ]
        assigned = await self._assigned()
        if not assigned:
            return found
        if time.monotonic() >= self._ask_at:
            await self._ask(assigned)
        topic_id = self._interactions_id
        return found if topic_id is None else found + [Ours(tp, topic_id, 0) for tp in assigned]

    async def _assigned(self) -> list[TP]:
        """Return the partitions of interactions that are ours. Asking also tells the group that we are alive."""
        assigned = self._members.assignment()
        # They are read by others; here it is only known whose they are.
        self._members.pause(*assigned)
        await self._members.getmany(timeout_ms=0)
        return [TP(at.topic, at.partition) for at in sorted(assigned)]

    async def _ask(self, assigned: Sequence[TP]) -> None:
        found = (await self._context.admin.topics([topics.INTERACTIONS])).get(topics.INTERACTIONS)
        self._interactions_id = found.id if found else None
        async with LogReader(self._context.settings) as reader:
            ends = await reader.ends((tp.topic, tp.partition) for tp in assigned)
        self._ends = {TP(*key): end for key, end in ends.items()}
        self._ask_at = time.monotonic() + min(_ENDS_SECONDS, self._context.settings.archive_seconds / 2)

    def is_ours(self, tp: TP, topic_id: UUID) -> bool:
        """Tell whether a partition is still given to this worker, as far as it knows."""
        if tp.topic == topics.INTERACTIONS:
            at = aiokafka.TopicPartition(tp.topic, tp.partition)
            return at in self._members.assignment() and self._interactions_id == topic_id
        source = self._profile.sources.get(tp)
        if source is None:
            return False
        # While a partition is begun again its topic's id is not known: then it may be the same one.
        return (
            source.epoch is None or not source.counter.counting or source.counter.topic_id == topic_id
        )  # fmt: skip

    def documents(self, topic: str, topic_id: UUID) -> list[Document]:
        """Return the inventory's assets of a topic; the same documents while nothing changed."""
        document = self._inventory.document()
        if document is not self._document:
            self._document, self._by_topic = document, {}
            for one in document["assets"]:
                if (name := one["source"].get("topic")) is not None:
                    self._by_topic.setdefault(name, []).append(one)
        return [
            one for one in self._by_topic.get(topic, ()) if one["source"].get("topic_id") == str(topic_id)
        ]

    def known(self, tp: TP, topic_id: UUID) -> Known | None:
        """Return how far a partition may be archived; None while the inventory is not sure of its topic. Cheap."""
        if tp.topic == topics.INTERACTIONS:
            return Known(self._ends.get(tp, 0), _INTERACTION_BYTES)
        documents = self.documents(tp.topic, topic_id)
        if not documents or not self._is_settled(documents):
            return None
        records = max(sum(one["records"] for one in documents), 1)
        return Known(self.end(tp, topic_id), sum(one["bytes"] for one in documents) / records)

    def plans(
        self, tp: TP, topic_id: UUID, before: Mapping[str, AssetPlan], *, hashes: bool
    ) -> dict[str, AssetPlan]:
        """Return how the rows of a topic are written now, by asset.

        Args:
            tp: one of its partitions.
            topic_id: of the topic as it is archived.
            before: how its rows were written up to now.
            hashes: whether there is a key to hash by.
        """
        if tp.topic == topics.INTERACTIONS:
            plan = interactions_plan()
            return {plan.asset: plan}
        documents = self.documents(tp.topic, topic_id)
        plans = [plan_of(one, before.get(one["asset"]), hashes=hashes) for one in documents]
        return {plan.asset: plan for plan in plans}

    def end(self, tp: TP, topic_id: UUID) -> int:
        """Return how far a partition may be archived at most; cheap."""
        if tp.topic == topics.INTERACTIONS:
            return self._ends.get(tp, 0)
        ends = [_next_offset(one, tp.partition) for one in self.documents(tp.topic, topic_id)]
        return min(ends, default=0)

    def _is_settled(self, documents: Iterable[Document]) -> bool:
        """Tell whether what fields mean may be relied on: after enough records, or when known for a while."""
        now = time.monotonic()
        return all(
            one["records"] >= ENOUGH_RECORDS
            or now - self._seen.setdefault((one["asset"], one["source"]["topic_id"]), now) >= CALM_SECONDS
            for one in documents
        )


def masked_by_asset(documents: Iterable[Document]) -> dict[str, frozenset[str]]:
    """Return the fields of which the inventory shows no values, by asset."""
    return {one["asset"]: masked_fields(one) for one in documents}


def _next_offset(document: Document, partition: int) -> int:
    found = (document["source"].get("partitions") or {}).get(str(partition))
    return int(found["next_offset"]) if found else 0
