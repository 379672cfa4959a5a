"""How old the records were that labels are made of, from before something began until now: read when it is asked."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from itertools import chain, repeat
from statistics import median
from typing import Any, NamedTuple

import orjson

from monitoring.causes import Ages
from pandian import topics
from pandian.errors import BrokerError
from streams.stages.context import StageContext
from streams.transport.admin import TopicInfo
from streams.transport.background import BackgroundThread
from streams.transport.errors import KAFKA_ERRORS
from streams.transport.reader import LogReader
from streams.worklog import logger

log = logger("causes")

#: Partitions that are looked at, as users are spread over all of them alike; records of each at each look; and looks,
#: from the end back, each so many times as far: some are after what is asked about and some before, whenever it was.
_PARTITIONS, _RECORDS, _LOOKS, _FURTHER = 2, 50, 48, 1.25
#: What is fetched for a look: of most topics that is as many records.
_FETCH_BYTES = 16_384
#: Looks from before something began that are told: long ago a topic may have been filled with what was older still.
_BEFORE = 8
#: Where records are so much older than at another look, it is asked whether they waited for a worker: so often at most,
#: and those that nobody was asked about tell nothing.
_WAITED_S, _ASKED = 60.0, 150
#: An alarm waits no longer for it.
_PATIENCE_S = 5.0
_TOPICS = (topics.INTERACTIONS, topics.IMPRESSIONS)
_TIME = "time"


class _Dated(NamedTuple):
    """A record."""

    came: int
    """Epoch milliseconds, by the broker's clock."""
    age: float
    """Seconds before that, as it says itself."""
    origin: tuple[str, int, int] | None
    """Id of the topic, partition and offset of what it was made from; None: it was written as it is."""


class _Part(NamedTuple):
    """Records of a look that were made from one partition."""

    look: int
    records: Sequence[_Dated]


_Look = Mapping[str, Sequence[_Dated]]
"""Records by the source that says their time."""


async def ages(context: StageContext, settled: int, time_fields: Mapping[str, str]) -> list[Ages]:
    """Return how old the records of each source were.

    Args:
        context: the worker.
        settled: before it all was well, epoch milliseconds.
        time_fields: by asset, the field that interactions take their time from.
    """
    # On a loop of its own: that of the worker is busy with records, and each look takes several turns of it.
    thread = BackgroundThread("clocks")
    reading = partial(asyncio.run, _ages(context, settled, {topics.IMPRESSIONS: _TIME, **time_fields}))
    try:
        return await asyncio.get_running_loop().run_in_executor(thread, reading)
    except (*KAFKA_ERRORS, BrokerError, OSError) as error:
        why = str(error) or f"it takes more than {_PATIENCE_S:g} s"
        log.warning("clocks cannot be looked at, the cause is told without them: %s", why)
        return []
    finally:
        thread.shutdown(wait=False)


async def _ages(context: StageContext, settled: int, fields: Mapping[str, str]) -> list[Ages]:
    async with asyncio.timeout(_PATIENCE_S):
        looks = await _looks(context)
        known = {asset: _kept(looks, asset, settled) for asset in fields}
        return [await _told(context, asset, fields[asset], some) for asset, some in known.items() if some]


def _kept(looks: Iterable[_Look], asset: str, settled: int) -> list[tuple[int, Sequence[_Dated]]]:
    """Return when a source's records came, look by look, oldest first, and the records."""
    seen = [(round(median(one.came for one in look[asset])), look[asset]) for look in looks if asset in look]
    ordered = sorted(seen, key=lambda one: one[0])
    before = sum(came < settled for came, _ in ordered)
    return ordered[max(before - _BEFORE, 0) :]


async def _told(
    context: StageContext, asset: str, field: str, looks: Sequence[tuple[int, Sequence[_Dated]]]
) -> Ages:
    usual = min(median(one.age for one in some) for _, some in looks)
    parts = [part for place, (_, some) in enumerate(looks) for part in _parts(place, some)]
    late: list[_Part] = []
    timely: list[_Part] = []
    for part in parts:
        (late if median(one.age for one in part.records) > usual + _WAITED_S else timely).append(part)
    asked = late[:: max(-(-len(late) // _ASKED), 1)]
    delays = await _delays(context, asset, [part.records[-1] for part in asked])
    seconds: list[list[float]] = [[] for _ in looks]
    for part, delay in zip([*timely, *asked], [*repeat(0.0, len(timely)), *delays], strict=True):
        seconds[part.look] += [one.age - delay for one in part.records]
    return Ages(asset, field, [came for came, _ in looks], seconds)


def _parts(look: int, records: Iterable[_Dated]) -> list[_Part]:
    """Return the records of a look by the partition that they were made from: those wait for a worker together."""
    found = defaultdict(list)
    for one in records:
        found[one.origin[1] if one.origin is not None else None].append(one)
    return [_Part(look, some) for some in found.values()]


async def _delays(context: StageContext, asset: str, records: Sequence[_Dated]) -> list[float]:
    """Return how long what each record was made from waited for a worker, in seconds: that is no clock's fault.

    0 where it is not known, as what it was made from is there no more.
    """
    there = (await context.admin.topics([asset])).get(asset) if records else None
    places = [None if there is None else _place(one, there) for one in records]
    if not any(places):
        return [0.0] * len(records)
    found = []
    async with LogReader(context.settings, _FETCH_BYTES) as reader:
        for one, place in zip(records, places, strict=True):
            delay = 0.0
            if place is not None:
                async for some in reader.span(asset, *place, place[1] + 1):
                    delay = max([(one.came - source.timestamp) / 1000 for source in some], default=delay)
            found.append(max(delay, 0.0))
    return found


def _place(record: _Dated, there: TopicInfo) -> tuple[int, int] | None:
    """Return partition and offset of what a record was made from; None where they are no place of the topic."""
    if record.origin is None:
        return None
    topic_id, partition, offset = record.origin
    known = topic_id == there.id.hex and 0 <= partition < there.partitions and offset >= 0
    return (partition, offset) if known else None


async def _looks(context: StageContext) -> Sequence[_Look]:
    """Return what was seen at each look, from the newest back."""
    there = await context.admin.topics(_TOPICS)
    tps = [
        (name, partition) for name in there for partition in range(min(_PARTITIONS, there[name].partitions))
    ]
    starts = await context.admin.starts(tps)
    async with LogReader(context.settings) as reader:
        ends = await reader.ends(tps)
    spans = {tp: some for tp in tps if (some := _spans(starts[tp], ends[tp]))}
    parts = await asyncio.gather(
        *(_looks_at(context, tp, some) for tp, some in spans.items()), return_exceptions=True
    )
    found: list[dict[str, list[_Dated]]] = [defaultdict(list) for _ in range(_LOOKS)]
    for part in parts:
        if isinstance(part, BaseException):
            raise part
        for look, records in zip(found, part, strict=False):
            for asset, one in records:
                look[asset].append(one)
    return found


async def _looks_at(
    context: StageContext, tp: tuple[str, int], spans: Iterable[tuple[int, int]]
) -> list[list[tuple[str, _Dated]]]:
    """Return the records of each span of a partition that say whose they are, and when."""
    found = []
    async with LogReader(context.settings, _FETCH_BYTES) as reader:
        for start, end in spans:
            fetched = [records async for records in reader.span(*tp, start, end)]
            read = (_read(tp[0], record) for record in chain.from_iterable(fetched))
            found.append([one for one in read if one is not None])
    return found


def _spans(start: int, end: int) -> list[tuple[int, int]]:
    """Return from where to where to read, from the end back, no record twice."""
    found: list[tuple[int, int]] = []
    until = end
    for look in range(_LOOKS):
        begin = max(start, min(until - _RECORDS, end - round(_RECORDS * _FURTHER**look)))
        if begin >= until:
            break
        found.append((begin, min(begin + _RECORDS, until)))
        until = begin
    return found


def _read(topic: str, record: Any) -> tuple[str, _Dated] | None:
    """Return the source that says a record's time, and the record; None where it says no time."""
    try:
        said = orjson.loads(record.value)
        time, source = said[_TIME], None if topic == topics.IMPRESSIONS else said["source"]
        asset = topic if source is None else source["topic"]
    except (ValueError, LookupError, TypeError):
        return None
    if type(time) is not int or type(asset) is not str:
        return None
    return asset, _Dated(record.timestamp, (record.timestamp - time) / 1000, _origin(source))


def _origin(source: Mapping[str, Any] | None) -> tuple[str, int, int] | None:
    if source is None:
        return None
    topic_id, partition, offset = (source.get(name) for name in ("topic_id", "partition", "offset"))
    if type(topic_id) is not str or type(partition) is not int or type(offset) is not int:
        return None
    return topic_id, partition, offset
