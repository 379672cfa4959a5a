"""Labels: impressions joined with what the users did next, partition by partition, exact whatever crashes.

The two topics have equal partitions and the same keys, so Faust gives partition *i* of both to one worker. What is
written at a checkpoint is small: labels to ``pandian.feedback`` first, then one record on ``pandian.measures`` that
counts them and says from where to read again.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Iterable, Mapping
from functools import partial
from hashlib import blake2b
from typing import Any

from faust.types import TP

from export.registry import open_registry
from monitoring.measures import Measures, Quota
from pandian import topics
from pandian.errors import PandianError
from pandian.events import Feedback, encode
from streams.feedback.base import JoinPolicy
from streams.feedback.join import Resume
from streams.feedback.state import PartitionState, StateError, decode_state
from streams.stages.context import StageContext
from streams.stages.joining import JoinedPartition
from streams.stages.lane import Lane
from streams.stages.score_edges import ScoreEdges
from streams.stages.unlabelled import Unlabelled
from streams.statelog import StateLog
from streams.transport.admin import TopicInfo
from streams.transport.batches import Batch, BatchTopic
from streams.transport.errors import KAFKA_ERRORS
from streams.transport.outbox import Outbox, Outgoing
from streams.transport.own_topics import ensure_own
from streams.transport.partitioning import partition_of
from streams.transport.reader import LogReader
from streams.tuning import give_back_memory
from streams.worklog import logger

log = logger("feedback")

_PAIR = (topics.IMPRESSIONS, topics.INTERACTIONS)
#: Records joined before others get the event loop.
_AT_ONCE = 500
_WAIT_SECONDS = 0.05
#: So many records without a rest are a backlog: what was read of it is megabytes that are free again, and stay here.
_BACKLOG = 100_000
_RETRY_SECONDS = 1.0
#: Impressions of a partition that may wait for their label, and actions that are remembered.
MOST = 500_000


class FeedbackPart:
    """Joins the partitions that the consumer group gives to this worker."""

    def __init__(self, context: StageContext) -> None:
        settings = context.settings
        self._app: Any = context.app
        self._context = context
        self._states = StateLog(context.app, context.admin, topics.MEASURES, topics.USER_PARTITIONS)
        self._outbox = Outbox(settings)
        self._edges = ScoreEdges(open_registry(settings))
        self._policy = JoinPolicy.of(settings, MOST)
        self._infos: Mapping[str, TopicInfo] = {}
        self._quota = Quota.of(topics.USER_PARTITIONS)
        self._unlabelled = Unlabelled(log.warning)
        self._joined: dict[int, JoinedPartition] = {}
        self._wake = asyncio.Event()
        self._writing = asyncio.Lock()
        self._closed = False
        # Some partition has so many labels that it waits until they are written.
        self._full = asyncio.Event()
        # Records joined since there was nothing to join.
        self._since_rest = 0
        self._topic = BatchTopic(context.app, list(_PAIR))
        context.app.agent(self._topic, name="feedback")(self._consume)
        context.app.on_partitions_assigned.connect(self._on_assigned, weak=False)
        context.app.on_partitions_revoked.connect(self._on_revoked, weak=False)

    def owns(self, partition: int) -> bool:
        """Tell whether this worker joins a partition now."""
        return partition in self._joined

    async def start(self) -> None:
        """Make the topics and connect.

        Raises:
            PandianError: when impressions and interactions cannot be joined partition by partition.
        """
        made = await ensure_own(self._context.admin, [*_PAIR, topics.FEEDBACK])
        shown, acted = (made[name].partitions for name in _PAIR)
        if shown != acted:
            raise PandianError(
                f"{topics.IMPRESSIONS} with {shown} partitions",
                f"must have as many as {topics.INTERACTIONS}, which has {acted}: partitions are joined one by one",
                f"make {topics.IMPRESSIONS} again with {acted} partitions",
            )
        self._infos = made
        self._states.partitions = shown
        await self._states.make()
        self._quota = Quota.of(shown)
        await self._outbox.start()

    async def run(self) -> None:
        """Join and write until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._edges.follow())
            group.create_task(self._join())
            group.create_task(self._checkpoints())
            group.create_task(self._relieve())

    async def close(self) -> None:
        """Write what was counted."""
        self._closed = True
        await self.checkpoint()
        await self._outbox.stop()

    async def checkpoint(self) -> None:
        """Write labels and state of every partition that moved.

        Raises:
            KafkaError, BrokerError: when the broker did not take them; they are kept.
        """
        async with self._writing:
            await _all(self._write(one) for one in list(self._joined.values()) if one.dirty)

    async def _write(self, one: JoinedPartition) -> None:
        frozen = one.freeze()
        try:
            await self._send(frozen.labels)
            # Another worker's turn may have come meanwhile: an older state is a valid one, but costs it work.
            if self._joined.get(one.number) is one:
                await self._states.write(one.number, _key(one.number), frozen.state)
        except BaseException:
            one.give_up(frozen.labels)
            raise

    async def _write_labels(self, one: JoinedPartition) -> None:
        labels = one.take_labels()
        try:
            await self._send(labels)
        except BaseException:
            one.give_up(labels)
            raise

    async def _send(self, labels: Iterable[Feedback]) -> None:
        await self._outbox.send(
            Outgoing(topics.FEEDBACK, label.user_id.encode(), encode(label)) for label in labels
        )

    async def _relieve(self) -> None:
        """Write labels between checkpoints where they are too many to wait. Their state is large, and follows later."""
        while not self._closed:
            await self._full.wait()
            self._full.clear()
            try:
                async with self._writing:
                    await _all(self._write_labels(one) for one in list(self._joined.values()) if one.is_full)
            except (PandianError, *KAFKA_ERRORS) as error:
                log.warning("labels cannot be written, trying again: %s", error)
                await asyncio.sleep(_RETRY_SECONDS)
            self._wake.set()

    async def _checkpoints(self) -> None:
        while not self._closed:
            await asyncio.sleep(self._context.settings.checkpoint_seconds)
            try:
                await self._check_topics()
                await self.checkpoint()
            except (PandianError, *KAFKA_ERRORS) as error:
                log.warning("labels cannot be written, trying again: %s", error)
            for one in self._joined.values():
                self._unlabelled.add(one.rejected())
            self._unlabelled.tell(time.monotonic())

    async def _check_topics(self) -> None:
        """Begin again when a topic was made again: its offsets mean something else now."""
        found = await self._context.admin.topics(_PAIR)
        changed = [name for name in _PAIR if name in found and found[name].id != self._infos[name].id]
        if changed:
            log.warning("%s was made again: labels begin anew", ", ".join(changed))
            self._infos = {**self._infos, **found}
            await self._begin(list(self._joined))

    async def _join(self) -> None:
        while not self._closed:
            taken = 0
            for one in list(self._joined.values()):
                taken += one.advance(_AT_ONCE)
                if one.is_full:
                    self._full.set()
                await asyncio.sleep(0)
                for lane in (one.shown, one.acted):
                    await self._regulate(lane)
            self._since_rest += taken
            if not taken:
                if self._since_rest > _BACKLOG:
                    give_back_memory()
                self._since_rest = 0
                self._wake.clear()
                try:
                    await asyncio.wait_for(self._wake.wait(), _WAIT_SECONDS)
                except TimeoutError:
                    continue

    async def _regulate(self, lane: Lane) -> None:
        """Let no more come than is soon joined."""
        self._hold(lane)
        if lane.held and lane.is_short:
            epoch = (await self._app.consumer.reposition({lane.tp: lane.end})).get(lane.tp)
            if epoch is not None:
                lane.begin(epoch, lane.end)

    def _hold(self, lane: Lane) -> None:
        if not lane.held and lane.is_long:
            self._app.consumer.hold([lane.tp])
            lane.held = True

    async def _consume(self, stream: Any) -> None:
        async for batch in stream:
            self._on_batch(batch)
            await asyncio.sleep(0)

    def _on_batch(self, batch: Batch) -> None:
        one = self._joined.get(batch.partition)
        if one is not None and not one.put(batch):
            log.warning(
                "a batch of %s[%d] was lost on its way: reading it again", batch.topic, batch.partition
            )
            self._app.add_future(self._begin([batch.partition]))
        elif one is not None:
            # At once: until the next look at all lanes, each could get several fetches more.
            self._hold(one.lane(batch.tp))
        self._wake.set()

    async def _on_assigned(self, app: Any, assigned: Iterable[TP], **_: Any) -> None:
        found = {name: {tp.partition for tp in assigned if tp.topic == name} for name in _PAIR}
        both = found[topics.IMPRESSIONS] & found[topics.INTERACTIONS]
        alone = found[topics.IMPRESSIONS] ^ found[topics.INTERACTIONS]
        if alone:
            log.error("partitions %s came without their other half and are not joined", sorted(alone))
        if both:
            app.add_future(self._begin(sorted(both)))

    async def _on_revoked(self, app: Any, revoked: Iterable[TP], **_: Any) -> None:  # noqa: ARG002 - Faust's
        gone = {tp.partition for tp in revoked if tp.topic in _PAIR}
        if not gone & self._joined.keys():
            return
        try:
            if not self._closed:
                await asyncio.wait_for(self.checkpoint(), self._context.settings.session_seconds / 3)
        except (TimeoutError, PandianError, *KAFKA_ERRORS) as error:
            log.info("no last state of labels before the partitions went: %s", str(error) or "not in time")
        for number in gone:
            self._joined.pop(number, None)

    async def _begin(self, numbers: Iterable[int]) -> None:
        """Begin partitions from their states; try again for as long as they are ours."""
        waiting = set(numbers)
        for number in waiting:
            self._joined.pop(number, None)
        while waiting and not self._app.should_stop and not self._closed:
            try:
                waiting = await self._attempt(waiting)
                if not waiting:
                    return
            except (PandianError, *KAFKA_ERRORS, OSError) as error:
                log.warning("cannot join %d partitions yet, trying again: %s", len(waiting), error)
            await asyncio.sleep(_RETRY_SECONDS)

    async def _attempt(self, numbers: set[int]) -> set[int]:
        """Try once; return those that must wait."""
        ours = {tp.partition for tp in self._app.consumer.assignment() if tp.topic == topics.IMPRESSIONS}
        numbers = numbers & ours
        places = [(name, number) for name in _PAIR for number in sorted(numbers)]
        async with LogReader(self._context.settings) as reader:
            stored = await self._states.read(reader, sorted(numbers))
            ends = await reader.ends(places)
        starts = await self._context.admin.starts(places)
        begun = {number: self._joined_partition(number, stored.get(_key(number)), ends) for number in numbers}
        positions: dict[TP, int] = {}
        for number, one in begun.items():
            one.join.impressions_end = max(one.join.impressions_end, starts[topics.IMPRESSIONS, number])
            one.join.actions_end = max(one.join.actions_end, starts[topics.INTERACTIONS, number])
            positions[one.shown.tp] = one.join.impressions_end
            positions[one.acted.tp] = one.join.actions_end
        epochs = await self._app.consumer.reposition(positions)
        for number, one in begun.items():
            if epochs.keys() >= {one.shown.tp, one.acted.tp}:
                for lane in (one.shown, one.acted):
                    lane.begin(epochs[lane.tp], positions[lane.tp])
                self._joined[number] = one
        return numbers - self._joined.keys()

    def _joined_partition(
        self, number: int, stored: bytes | None, ends: Mapping[tuple[str, int], int]
    ) -> JoinedPartition:
        return JoinedPartition(
            number,
            self._state(number, stored, ends),
            self._policy,
            self._edges.of,
            partial(_belongs, number, self._infos[topics.IMPRESSIONS].partitions),
            self._app.consumer.nothing_behind,
        )

    def _state(
        self, number: int, stored: bytes | None, ends: Mapping[tuple[str, int], int]
    ) -> PartitionState:
        """Return the stored state where it is of these topics; else one of nothing."""
        ids = [self._infos[name].id.hex for name in _PAIR]
        fresh = PartitionState(ids[0], ids[1], Measures(self._quota), Resume(series=_series(*ids)))
        if stored is None:
            return fresh
        try:
            state = decode_state(stored, self._quota)
        except StateError as error:
            log.error("partition %d: %s", number, error)  # noqa: TRY400 - the error is its own one line
            raise
        if [state.impressions_id, state.interactions_id] != ids:
            log.warning("partition %d: its labels were of topics that are no more; counting anew", number)
            return fresh
        shown, acted = (ends[name, number] for name in _PAIR)
        if state.resume.impressions_end > shown or state.resume.actions_end > acted:
            log.warning("partition %d: its topics have lost records that were counted; counting anew", number)
            fresh.resume.series = _series(state.resume.series, str(state.resume.labels))
            return fresh
        return state


async def _all(works: Iterable[Awaitable[None]]) -> None:
    """Wait for all of them, also where one fails: nothing is under way when it is tried again."""
    for result in await asyncio.gather(*works, return_exceptions=True):
        if isinstance(result, BaseException):
            raise result


def _key(number: int) -> bytes:
    return str(number).encode()


def _series(*of: str) -> str:
    """Return a name for a count of labels: equal for whoever begins it again."""
    return blake2b("/".join(of).encode(), digest_size=4).hexdigest()


def _belongs(number: int, partitions: int, user_id: str) -> bool:
    return partition_of(user_id.encode(), partitions) == number
