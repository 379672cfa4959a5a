"""One Faust message per fetched partition batch, read from positions that the stages decide.

Stock Faust spends about 85 microseconds on a message. Here a message carries everything that one fetch
brought from one partition (about 1 MB), so that cost is shared by thousands of records; agents, streams,
rebalancing and the web server stay Faust's own.

For a *batched* topic Faust's bookkeeping of acknowledged offsets is not used: the position lives in the
partition's profile (see :mod:`streams.counting`). A batched partition is therefore *held* from the moment it
is assigned until its owner calls :meth:`BatchConsumer.reposition`. Each reposition begins a new *epoch*, which
every batch carries, so that batches fetched before it are recognised and dropped.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import Any

from aiokafka.consumer.fetcher import FetchResult
from faust import Topic
from faust.events import Event
from faust.transport.drivers.aiokafka import AIOKafkaConsumerThread, ensure_aiokafka_TP
from faust.transport.drivers.aiokafka import Consumer as AIOKafkaConsumer
from faust.types import TP

from pandian import topics
from streams.transport.raw_records import RawRecords

#: How long one fetch may wait. Repositioning waits for a running fetch, so this bounds it too.
FETCH_WAIT_SECONDS = 0.25
_HELD_WAIT_SECONDS = 0.05
#: How long the broker may hold a fetch that finds nothing. aiokafka has one fetch under way per broker: while it
#: waits for quiet partitions, busy ones that were just emptied wait as well. Faust lets it wait for 1.5 s.
_BROKER_WAIT_MS = 25
#: A batch of a source costs about a millisecond however few its records are. So where they are few they gather for a
#: while, and where many sources bring few, for some multiple of that; what others ask for in topics of ours never does.
_REST_SECONDS, _FEW = 0.002, 50
_SHORTEST_REST_SECONDS, _LONGEST_REST_SECONDS = 0.1, 1.0
_IDLE_TOPIC = topics.INVENTORY
# Of a whole batch by C loops: a quarter less time than comprehensions.
_VALUE, _HEADERS = attrgetter("value"), attrgetter("headers")
_TIMESTAMP, _OFFSET = attrgetter("timestamp"), attrgetter("offset")


@dataclass(frozen=True, slots=True)
class Batch:
    """What one fetch brought from one partition. Looks like one Kafka record to Faust."""

    tp: TP
    epoch: int
    """Which reposition of the partition it was read after."""
    follows: int
    """Where the batch handed out before it in this epoch ended, or the repositioned offset: if this is not where
    its reader stands, a batch between was lost on the way."""
    records: Sequence[Any]
    """aiokafka's parsed records in offset order, at least one: offset, timestamp, key, value, headers."""
    highwater: int
    """Offset behind the last record that the broker had at the time of the fetch."""

    # What Faust reads of a record.
    headers: None = None
    key: None = None
    checksum: None = None
    serialized_key_size: int = -1
    serialized_value_size: int = -1

    def parts(self, size: int | None) -> Iterator[Batch]:
        """Yield this batch cut into batches of at most ``size`` records; None: as it is."""
        if size is None or len(self.records) <= size:
            yield self
            return
        follows = self.follows
        for start in range(0, len(self.records), size):
            part = replace(self, follows=follows, records=self.records[start : start + size])
            follows = part.next_offset
            yield part

    @property
    def values(self) -> list[bytes | None]:
        """Value of every record; None is a tombstone."""
        return list(map(_VALUE, self.records))

    @property
    def size(self) -> int:
        """Bytes of all values."""
        return sum(map(len, filter(None, map(_VALUE, self.records))))

    @property
    def headers_of_records(self) -> list[Sequence[tuple[str, bytes]]] | None:
        """Headers of every record, or None when no record has any."""
        return list(map(_HEADERS, self.records)) if any(map(_HEADERS, self.records)) else None

    @property
    def timestamps(self) -> Iterable[int]:
        """Broker time of every record, epoch milliseconds."""
        return map(_TIMESTAMP, self.records)

    @property
    def offsets(self) -> Iterable[int]:
        """Offset of every record."""
        return map(_OFFSET, self.records)

    @property
    def value(self) -> Batch:
        """The value that agents receive: the batch itself."""
        return self

    @property
    def topic(self) -> str:
        """Topic of every record."""
        return str(self.tp.topic)

    @property
    def partition(self) -> int:
        """Partition of every record."""
        return int(self.tp.partition)

    @property
    def offset(self) -> int:
        """Offset of the first record."""
        return int(self.records[0].offset)

    @property
    def next_offset(self) -> int:
        """Offset behind the last record."""
        return int(self.records[-1].offset) + 1

    @property
    def timestamp(self) -> int:
        """Broker time of the first record, epoch milliseconds."""
        return int(self.records[0].timestamp)

    @property
    def timestamp_type(self) -> int:
        """Kafka's timestamp type of the first record."""
        return int(self.records[0].timestamp_type)


class BatchTopic(Topic):
    """A Faust topic whose messages are whole batches.

    Its names may change while the app runs; the conductor subscribes to what was added. Acknowledgement is off:
    Faust neither counts offsets nor commits for these topics.
    """

    def __init__(self, app: Any, names: list[str] | None = None, **options: Any) -> None:
        # Agents read clones of their topic: all of them share one list, so that a rename reaches them.
        self._names = [] if names is None else names
        app.batched_topics.update([*self._names, _IDLE_TOPIC])
        super().__init__(app, **{**options, "topics": None, "acks": False, "internal": False})

    @property
    def names(self) -> Sequence[str]:
        """Names of the topics that are read now."""
        return self._names

    @property
    def topics(self) -> Sequence[str]:
        """What Faust subscribes to. A consumer cannot subscribe to nothing: then it joins for a topic of ours,
        of which it reads nothing, as nobody repositions it."""
        return self._names or [_IDLE_TOPIC]

    @topics.setter
    def topics(self, names: Sequence[str]) -> None:
        """Ignore what Faust's constructor sets: the names are ours."""

    def _clone_args(self) -> Mapping[str, Any]:
        return {**super()._clone_args(), "names": self._names}

    def _compile_decode(self) -> None:
        async def decode(message: Any, *, propagate: bool = False) -> Any:  # noqa: ARG001 - Faust's signature
            return Event(self.app, None, message.value, None, message)

        self.decode = decode

    def rename(self, names: Iterable[str]) -> None:
        """Read exactly these topics from now on. Subscribes again only when that changes something."""
        wanted = sorted(names)
        conductor = self.app.topics
        if wanted == self._names and all(name in conductor._topic_name_index for name in self.topics):
            return
        self.app.batched_topics.difference_update(self._names)
        self._names[:] = wanted
        self.app.batched_topics.update(wanted)
        # The conductor offers no public call for a topic that grew, and forgets a change that comes during a
        # rebalance: so this is called again and again, and looks at what is really subscribed.
        conductor._flag_changes()


class _RawFetches(OrderedDict[TP, Any]):
    """What aiokafka keeps of answered fetches. Batched topics get its parsed records as they are."""

    def __init__(self, is_batched: Callable[[TP], bool]) -> None:
        super().__init__()
        self._is_batched = is_batched

    def __setitem__(self, tp: TP, fetched: Any) -> None:
        if isinstance(fetched, FetchResult) and self._is_batched(tp):
            fetched._partition_records = RawRecords(fetched._partition_records)
        super().__setitem__(tp, fetched)


def rest_after(sizes: Iterable[int]) -> float:
    """Return how long sources rest after a fetch that brought batches of so many records, seconds."""
    few = sum(0 < size < _FEW for size in sizes)
    return min(max(_SHORTEST_REST_SECONDS, few * _REST_SECONDS), _LONGEST_REST_SECONDS) if few else 0.0


class _BatchConsumerThread(AIOKafkaConsumerThread):
    """The thread that talks to the broker."""

    def _create_worker_consumer(self, transport: Any) -> Any:
        consumer = super()._create_worker_consumer(transport)
        consumer._fetch_max_wait_ms = _BROKER_WAIT_MS
        return consumer

    async def on_start(self) -> None:
        await super().on_start()
        self._consumer._fetcher._records = _RawFetches(self.consumer.is_batched)


class BatchConsumer(AIOKafkaConsumer):
    """Faust's aiokafka consumer, with batches and held partitions for the app's ``batched_topics``."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._epochs: dict[TP, int] = {}
        self._handed: dict[TP, int] = {}
        # Where aiokafka stood when all that it had given was handed out, of partitions that were asked about.
        self._settled: dict[TP, int | None] = {}
        self._ready: set[TP] = set()
        self._last_epoch = 0
        self._rests_until = 0.0
        # A seek while a fetch is under way could hand out records from before it as records from after it.
        self._fetching = asyncio.Lock()

    def _new_consumer_thread(self) -> AIOKafkaConsumerThread:
        return _BatchConsumerThread(self, loop=self.loop, beacon=self.beacon)

    def is_batched(self, tp: TP) -> bool:
        """Tell whether this partition belongs to a batched topic."""
        return tp.topic in self.app.batched_topics

    def _gathers(self, tp: TP) -> bool:
        return self.is_batched(tp) and not tp.topic.startswith(topics.OWN_PREFIX)

    def epoch(self, tp: TP) -> int | None:
        """Return the partition's epoch; None while it is held or not ours."""
        return self._epochs.get(tp) if tp in self._ready else None

    def hold(self, tps: Iterable[TP]) -> None:
        """Hand out nothing more of these partitions until they are repositioned."""
        self._ready.difference_update(tps)

    def nothing_behind(self, tp: TP) -> tuple[int, int] | None:
        """Return where the last batch handed out of a partition ended, when nothing stands behind it in the log.

        Returns:
            That offset (the repositioned one if there was no batch), and the time (epoch milliseconds) when the broker
            last said so. None when more is on its way, when it is not known, or the first time that it is asked.
        """
        settled = self._settled.setdefault(tp, None)
        state = self._fetch_state(tp)
        if settled is None or state is None or tp not in self._ready:
            return None
        # In this order, as the fetching thread sets the time last.
        said, position, end = state.timestamp, state._position, state.highwater
        if said is None or end is None or position != settled or settled < end:
            return None
        return self._handed[tp], int(said)

    def _fetch_state(self, tp: TP) -> Any:
        consumer = self._thread._consumer if self._thread else None
        subscription = consumer._subscription.subscription if consumer else None
        assignment = subscription.assignment if subscription else None
        place = ensure_aiokafka_TP(tp)
        return assignment.state_value(place) if assignment and place in assignment.tps else None

    async def reposition(self, positions: Mapping[TP, int]) -> dict[TP, int]:
        """Read partitions from these offsets on. One call for many costs no more than one for one.

        Returns:
            The epoch that batches read from there carry, of those partitions that are still ours.
        """
        self.hold(positions)
        async with self._fetching:
            ours = await self._thread.call_thread(self._seek, positions)
            self._last_epoch += 1
            for tp in ours:
                self._epochs[tp] = self._last_epoch
                self._handed[tp] = positions[tp]
                self._settled.pop(tp, None)
            self._ready.update(ours)
            return dict.fromkeys(ours, self._last_epoch)

    async def _seek(self, positions: Mapping[TP, int]) -> list[TP]:
        """Seek what is assigned; return it. Runs in the fetching thread: elsewhere it may be revoked meanwhile."""
        consumer = self._thread._ensure_consumer()
        assigned = consumer.assignment()
        ours = [tp for tp in positions if ensure_aiokafka_TP(tp) in assigned]
        for tp in ours:
            consumer.seek(ensure_aiokafka_TP(tp), positions[tp])
            self._read_offset[tp] = positions[tp] or None
        return ours

    def highwater(self, tp: TP) -> int:
        """Return the offset behind the last record that the broker told; 0 when it is not known.

        Faust asks aiokafka, which fails when the partition was revoked since its records were fetched.
        """
        state = self._fetch_state(tp)
        return (state.highwater if state else None) or 0

    async def committed_positions(self, tps: Iterable[TP]) -> dict[TP, int]:
        """Return how far the group has committed these partitions; those of which nothing is known are left out."""
        consumer = self._thread._ensure_consumer()
        found = {
            tp: await self._thread.call_thread(consumer.committed, ensure_aiokafka_TP(tp))
            for tp in self.assignment() & set(tps)
        }
        return {tp: offset for tp, offset in found.items() if offset is not None}

    async def commit_positions(self, offsets: Mapping[TP, int]) -> None:
        """Commit how far the partitions are done. Those of source topics are for lag tools only: never read back."""
        ours = {ensure_aiokafka_TP(tp): at for tp, at in offsets.items() if tp in self.assignment()}
        if ours:
            await self._thread.call_thread(self._thread._ensure_consumer().commit, ours)

    async def on_partitions_revoked(self, revoked: set[TP]) -> None:
        """Stop handing out what is taken away after the stages have had their last word."""
        await super().on_partitions_revoked(revoked)
        self.hold(revoked)
        for tp in revoked:
            self._epochs.pop(tp, None)

    async def on_partitions_assigned(self, assigned: set[TP], generation_id: int = 0) -> None:
        """Hold every batched partition until its owner knows the position."""
        self.hold(assigned)
        await super().on_partitions_assigned(assigned, generation_id)

    async def seek_to_committed(self) -> Mapping[TP, int]:
        """Seek to the committed offsets, but never the batched partitions."""
        # The fetching thread is not asked in vain: Faust waits for this in a rebalance, and a fetch that waits for the
        # rebalance to end may keep the thread from answering.
        if all(map(self.is_batched, self.assignment())):
            return {}
        result: Mapping[TP, int] = await self._thread.call_thread(self._seek_to_committed)
        return result

    async def _seek_to_committed(self) -> Mapping[TP, int]:
        # aiokafka's own fails when one of them is revoked while it asks.
        consumer, found = self._thread._ensure_consumer(), {}
        for tp in consumer.assignment():
            if not self.is_batched(tp):
                found[tp] = offset = await consumer.committed(tp)
                if offset and tp in consumer.assignment():
                    consumer.seek(tp, offset)
        return found

    async def _getmany(self, active_partitions: set[TP] | None, timeout: float) -> dict[TP, list[Any]]:
        wanted = {
            tp
            for tp in active_partitions or self.assignment()
            if tp in self._ready or not self.is_batched(tp)
        }
        rest = self._rests_until - time.monotonic()
        if rest > 0:
            wanted = {tp for tp in wanted if not self._gathers(tp)}
            timeout = min(timeout, rest)
        if not wanted:
            await self.sleep(min(_HELD_WAIT_SECONDS, rest) if rest > 0 else _HELD_WAIT_SECONDS)
            return {}
        async with self._fetching:
            wanted &= self._ready | {tp for tp in wanted if not self.is_batched(tp)}
            fetched = await super()._getmany(wanted, min(timeout, FETCH_WAIT_SECONDS)) if wanted else {}
            batches = {tp: self._wrap(tp, records) for tp, records in (fetched or {}).items() if records}
            for tp in self._settled.keys() & wanted:
                state = self._fetch_state(tp)
                self._settled[tp] = state._position if state else None
            if rest <= 0:
                self._rest(fetched or {})
            return batches

    def _rest(self, fetched: Mapping[TP, Sequence[Any]]) -> None:
        sizes = [len(records) for tp, records in fetched.items() if self._gathers(tp)]
        self._rests_until = time.monotonic() + rest_after(sizes)

    def _wrap(self, tp: TP, records: list[Any]) -> list[Any]:
        if not self.is_batched(tp):
            return records
        batch = Batch(tp, self._epochs.get(tp, -1), self._handed.get(tp, -1), records, self.highwater(tp))
        self._handed[tp] = batch.next_offset
        return [batch]
