"""A source partition on its way to interactions: chunks in order, and a state that covers what is acknowledged."""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple
from uuid import UUID

import orjson
import pytest
from faust.types import TP

from pandian import topics
from streams.counting.base import Source
from streams.decode.registry import BatchDecoder
from streams.interactions.base import FieldMapping, Part, Target
from streams.interactions.items import ItemsReader
from streams.interactions.state import ExtractionState
from streams.inventory.masking import ShapeMasker
from streams.stages import extracting
from streams.stages.extracting import Chunk, Extracting

NOW = 1_700_000_000_000
HOUR = 3_600_000


class Record(NamedTuple):
    """What is used of aiokafka's records."""

    offset: int
    value: bytes | None
    timestamp: int = NOW
    headers: Sequence[tuple[str, bytes]] = ()


def partition(target: Target = "interactions", item: str = "item") -> Extracting:
    mapping = FieldMapping(
        target, {"user": Part("user", "-"), "item": Part(item, "-"), "price": Part("price", "-")}
    )
    state = ExtractionState("t", Source(UUID(int=1), 0), mapping, 0)
    return Extracting(TP("t", 0), state, ItemsReader(ShapeMasker()))


def clicks(first: int, count: int) -> list[Record]:
    return [
        Record(at, orjson.dumps({"user": f"u{at % 7}", "item": at})) for at in range(first, first + count)
    ]


def chunks(one: Extracting, records: Sequence[Record]) -> list[Chunk]:
    async def all_of() -> list[Chunk]:
        return [chunk async for chunk in one.chunks(records, BatchDecoder())]

    return asyncio.run(all_of())


def offsets(found: Sequence[Chunk]) -> list[int]:
    return [orjson.loads(sent.value)["source"]["offset"] for chunk in found for sent in chunk.outgoing]


def test_records_are_cut_into_chunks_in_order() -> None:
    one = partition()
    found = chunks(one, clicks(0, 4_000))
    assert [chunk.records for chunk in found] == [1_500, 1_500, 1_000]
    assert [chunk.end for chunk in found] == [1_500, 3_000, 4_000]
    assert offsets(found) == list(range(4_000))
    assert {sent.topic for chunk in found for sent in chunk.outgoing} == {topics.INTERACTIONS}


def test_the_state_moves_only_when_a_chunk_is_taken() -> None:
    one = partition()
    first, second = chunks(one, clicks(0, 2_000))
    assert one.state.end == 0
    one.take(first)
    assert (one.state.end, one.state.outcomes["interaction"]) == (1_500, 1_500)
    one.take(second)
    assert (one.state.end, one.state.outcomes["interaction"]) == (2_000, 2_000)


def timed(first: int, count: int, began: int) -> list[Record]:
    """Clicks an hour apart, all of them written just now; of every tenth nobody can read the time."""
    return [
        Record(
            at,
            orjson.dumps({"user": "u", "item": at, "at": began + at * HOUR if at % 10 else "soon"}),
            NOW + at,
        )
        for at in range(first, first + count)
    ]


@pytest.mark.parametrize("target", ["interactions", "items"])
@pytest.mark.parametrize("ago", [0, 15 * 365 * 24 * HOUR])
def test_what_has_no_readable_time_is_not_made_newer_than_the_rest_of_its_topic(
    target: Target, ago: int
) -> None:
    def fresh() -> Extracting:
        one = partition(target)
        mapping = FieldMapping(target, {**one.state.mapping.parts, "time": Part("at", "-")})
        return replace(one, state=replace(one.state, mapping=mapping))

    def times(found: Sequence[Chunk]) -> list[int]:
        return [orjson.loads(sent.value)["time"] for chunk in found for sent in chunk.outgoing]

    one = fresh()
    records = timed(0, 20, NOW - ago - 10 * HOUR)
    first = times(chunks(one, records))
    newest = max(first[at] for at in range(20) if at % 10)
    assert all(newest - 20 * HOUR <= first[at] <= newest for at in (0, 10))
    assert one.state.behind is not None
    # After the first send it stays, also over a restart: what is read again gets the same time.
    one.state.pinned = True
    again = replace(fresh(), state=ExtractionState.decode(one.state.encode()))
    assert times(chunks(again, records)) == first
    later = times(chunks(again, timed(20, 10, NOW)))
    assert later[0] == NOW + 20 - one.state.behind


def test_what_lies_below_the_state_is_passed_over() -> None:
    one = partition()
    one.state.end = 1_900
    assert offsets(chunks(one, clicks(0, 2_000))) == list(range(1_900, 2_000))
    assert chunks(one, clicks(0, 1_900)) == []


def test_formats_in_turn_and_no_value_keep_the_order() -> None:
    names = [("pandian.columns", b"user,item")]
    records = [
        Record(at, None)
        if at % 10 == 9
        else Record(at, b"u%d,i%d" % (at, at), headers=names)
        if at % 3
        else Record(at, orjson.dumps({"user": at, "item": at}))
        for at in range(600)
    ]
    (chunk,) = chunks(partition(), records)
    assert offsets([chunk]) == [at for at in range(600) if at % 10 != 9]
    assert chunk.outcomes["unreadable"] == 60


def test_a_chunk_that_becomes_too_much_is_halved_and_nothing_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extracting, "_MOST_BYTES", 40_000)
    for target in ("interactions", "items"):
        one = partition(target)
        found = chunks(one, clicks(0, 1_000))
        assert len(found) > 1
        assert all(sum(len(sent.value) for sent in chunk.outgoing) <= 40_000 for chunk in found)
        assert sum(len(chunk.outgoing) for chunk in found) == 1_000
        for chunk in found:
            one.take(chunk)
        assert one.state.end == 1_000
        assert sum(one.state.outcomes[name] for name in ("interaction", "item")) == 1_000


def test_items_whose_send_failed_are_said_again() -> None:
    one = partition("items")
    records = [Record(at, orjson.dumps({"item": at % 50, "price": 1})) for at in range(200)]
    (failed,) = chunks(one, records)
    (again,) = chunks(one, records)
    assert again.outgoing == failed.outgoing
    assert len(again.outgoing) == 50
    assert again.outcomes == {"item": 50, "same-item": 150}
    one.take(again)
    one.state.end = 0
    assert chunks(one, records)[0].outcomes == {"same-item": 200}


@pytest.mark.parametrize(
    ("end", "log_start", "first", "gone", "moved"),
    [
        (0, 0, 5, 0, 0),  # compaction: the log still begins at 0
        (10, 40, 40, 30, 40),
        (10, 40, 55, 30, 40),  # what follows the log's start was compacted away
        (10, 60, 40, 30, 40),  # retention went on after the fetch: what was fetched is read
        (50, 40, 40, 0, 50),
    ],
)
def test_expired_is_what_lies_below_the_logs_start_and_was_not_read(
    end: int, log_start: int, first: int, gone: int, moved: int
) -> None:
    one = partition()
    one.state.end, one.log_start = end, log_start
    assert one.pass_over(first) == gone
    assert (one.state.end, one.state.outcomes["expired"]) == (moved, gone)


def test_long_arrays_do_not_take_the_loop() -> None:
    one = partition(item="seen[]")
    value = orjson.dumps({"user": "u", "seen": [1] * 1_000})
    records = [Record(at, value) for at in range(90)]
    longest = 0.0

    async def watch() -> None:
        nonlocal longest
        while True:
            began = time.thread_time()
            await asyncio.sleep(0)
            longest = max(longest, time.thread_time() - began)

    async def run() -> int:
        watching = asyncio.ensure_future(watch())
        made = sum([len(chunk.outgoing) async for chunk in one.chunks(records, BatchDecoder())])
        watching.cancel()
        return made

    # What other tests left behind is not walked through meanwhile: that may take a second.
    gc.collect()
    gc.freeze()
    began = time.thread_time()
    try:
        assert asyncio.run(run()) == 90_000
    finally:
        gc.unfreeze()
    assert longest < (time.thread_time() - began) / 5
