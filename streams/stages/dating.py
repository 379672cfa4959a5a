"""How old the records were that labels are made of, from before something began until now: read when it is asked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any

import orjson

from monitoring.causes import Ages
from pandian import topics
from pandian.errors import BrokerError
from streams.stages.context import StageContext
from streams.transport.errors import KAFKA_ERRORS
from streams.transport.reader import LogReader
from streams.worklog import logger

log = logger("causes")

#: Partitions that are looked at, as users are spread over all of them alike; records of each at each look; and looks,
#: from the end back, each so many times as far: some are after what is asked about and some before, whenever it was.
_PARTITIONS, _RECORDS, _LOOKS, _FURTHER = 4, 25, 24, 1.6
#: Looks from before something began that are told: long ago a topic may have been filled with what was older still.
_BEFORE = 6
_TOPICS = (topics.INTERACTIONS, topics.IMPRESSIONS)
_TIME = "time"


async def ages(context: StageContext, settled: int, time_fields: Mapping[str, str]) -> list[Ages]:
    """Return how old the records of each source were.

    Args:
        context: the worker.
        settled: before it all was well, epoch milliseconds.
        time_fields: by asset, the field that interactions take their time from.
    """
    try:
        looks = await _looks(context)
    except (*KAFKA_ERRORS, BrokerError, OSError) as error:
        log.warning("clocks cannot be looked at, the cause is told without them: %s", error)
        return []
    fields = {topics.IMPRESSIONS: _TIME, **time_fields}
    found = defaultdict(list)
    for look in looks:
        for asset, some in look.items():
            found[asset].append((round(median(came for came, _ in some)), [age for _, age in some]))
    return [_told(asset, fields[asset], seen, settled) for asset, seen in found.items() if asset in fields]


def _told(asset: str, field: str, seen: Sequence[tuple[int, list[float]]], settled: int) -> Ages:
    ordered = sorted(seen, key=lambda one: one[0])
    before = sum(came < settled for came, _ in ordered)
    kept = ordered[max(before - _BEFORE, 0) :]
    return Ages(asset, field, [came for came, _ in kept], [some for _, some in kept])


async def _looks(context: StageContext) -> list[dict[str, list[tuple[int, float]]]]:
    """Return of each look the records by source: when each came (epoch milliseconds), and how old it was (seconds)."""
    found: list[dict[str, list[tuple[int, float]]]] = [defaultdict(list) for _ in range(_LOOKS)]
    there = await context.admin.topics(_TOPICS)
    tps = [
        (name, partition) for name in there for partition in range(min(_PARTITIONS, there[name].partitions))
    ]
    starts = await context.admin.starts(tps)
    async with LogReader(context.settings) as reader:
        ends = await reader.ends(tps)
        for tp in tps:
            for look, (start, end) in zip(found, _spans(starts[tp], ends[tp]), strict=False):
                async for records in reader.span(*tp, start, end):
                    for asset, came, age in filter(None, (_read(tp[0], record) for record in records)):
                        look[asset].append((came, age))
    return found


def _spans(start: int, end: int) -> list[tuple[int, int]]:
    """Return from where to where to read, from the end back, no record twice."""
    found: list[tuple[int, int]] = []
    until = end
    for look in range(_LOOKS):
        begin = max(start, end - round(_RECORDS * _FURTHER**look))
        if begin >= until:
            break
        found.append((begin, min(begin + _RECORDS, until)))
        until = begin
    return found


def _read(topic: str, record: Any) -> tuple[str, int, float] | None:
    """Return the source that says a record's time, when it came, and how old it was; None where it says no time."""
    try:
        said = orjson.loads(record.value)
        time, asset = said[_TIME], topic if topic == topics.IMPRESSIONS else said["source"]["topic"]
    except (ValueError, LookupError, TypeError):
        return None
    if type(time) is not int or type(asset) is not str:
        return None
    return asset, record.timestamp, (record.timestamp - time) / 1000
