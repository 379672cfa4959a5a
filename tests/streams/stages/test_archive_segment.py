"""Crashes at every step, in any number: the files hold every record once. Two workers at once: its readers do."""

from __future__ import annotations

import asyncio
import contextlib
import random
import uuid
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow.parquet as pq
import pytest
from faust.types import TP

from pandian.archive import ArchiveFile, ArchiveStore, open_archive
from pandian.archive.reading import ArchiveReader
from pandian.settings import Settings
from streams.archiving.base import AssetPlan
from streams.archiving.state import ArchiveState
from streams.counting.base import Source
from streams.decode.registry import BatchDecoder
from streams.stages import archive_ranges
from streams.stages.archive_ranges import RangeReader
from streams.stages.archive_segment import Archiving, NoLongerOursError, SchemaAwaitedError, SegmentWriter
from tests.streams.archiving.plans import DAY, NOW, TOPIC_ID, Record, archiver, column, plan

SOURCE = Source(TOPIC_ID, 3)
AT = TP("shop", 3)
DECODER, ARCHIVER = BatchDecoder(), archiver()


class CrashError(Exception):
    """The process is killed here."""


@dataclass
class World:
    """A topic's log, the log of states, the archive, and when to crash."""

    records: list[Record]
    store: ArchiveStore = field(default_factory=lambda: open_archive(f"memory://{uuid.uuid4().hex}"))
    states: list[bytes] = field(default_factory=list)
    crash_at: int | None = None
    steps: int = 0
    draw: random.Random = field(default_factory=lambda: random.Random(1))
    log_start: int = 0
    lost: bool = False
    names: list[str] = field(default_factory=list)

    def step(self) -> None:
        """Pass a point at which the process may be killed."""
        self.steps += 1
        if self.steps == self.crash_at:
            raise CrashError

    async def write(self, state: ArchiveState) -> None:
        self.step()
        self.states.append(state.encode())
        self.step()

    async def check(self, _: Archiving) -> None:
        self.step()
        if self.lost:
            raise NoLongerOursError

    async def start_of_log(self, _: TP) -> int:
        self.step()
        return self.log_start

    def began(self) -> Archiving:
        """Begin as a worker does that takes the partition."""
        state = ArchiveState.decode(self.states[-1]) if self.states else ArchiveState("shop", SOURCE, 0)
        return Archiving(AT, state)

    def writer(self, decoder: BatchDecoder | None = None) -> SegmentWriter:
        return SegmentWriter(
            _Store(self),
            _Ranges(self),
            decoder or DECODER,
            ARCHIVER,
            self.write,
            lambda _: not self.lost,
            self.check,
            self.start_of_log,
        )

    def raw(self, asset: str) -> list[int]:
        """Return the offsets in the files of an asset, as any tool would read them."""
        found: list[int] = []
        for file in self.store.files(asset):
            with self.store.open(file) as opened:
                found += pq.read_table(opened).column("_offset").to_pylist()
        return sorted(found)


class _Store(ArchiveStore):
    """The world's archive, in which the process may be killed too."""

    def __init__(self, world: World) -> None:
        self.__dict__ |= world.store.__dict__
        self._world = world

    def put(self, path: Any, file: ArchiveFile) -> None:
        self._world.step()
        super().put(path, file)
        self._world.names.append(file.path)
        self._world.step()


class _Ranges(RangeReader):
    """Fetches of any size from the world's records."""

    def __init__(self, world: World) -> None:
        super().__init__(Settings(broker="nowhere:1"))
        self._world = world

    async def _records(self, tp: TP, first: int, end: int) -> AsyncIterator[Any]:
        for record in self._world.records:
            if max(first, self._world.log_start) <= record.offset < end:
                if self._world.draw.random() < 0.05:
                    self._world.step()
                    await asyncio.sleep(0)
                yield record


def records(count: int, first: int = 0) -> list[Record]:
    """Return records of two kinds over four days, with gaps as compaction leaves them, and rubbish."""
    found = []
    for number in range(first, first + count):
        at = number + number // 9
        when = NOW + (number % 4) * DAY
        if number % 13 == 0:
            value: bytes | None = b'{"cut": "o' if number % 2 else None
        elif number % 3:
            value = b'{"user":"u%d","item":%d,"at":%d}' % (number % 5, number, when)
        else:
            value = b'{"order":"o%d","total":"%d.5","when":%d,"extra%d":1}' % (
                number,
                number,
                when,
                number % 2,
            )
        found.append(Record(at, value, when))
    return found


def plans(version: int) -> Mapping[str, AssetPlan]:
    """Return plans that grow."""
    clicks = {"user": "text", "item": column("item", "text"), "at": column("at", "timestamp", reader="epoch")}
    orders: dict[str, Any] = {
        "order": "text",
        "total": "double",
        "when": column("when", "timestamp", reader="epoch"),
    }
    for number in range(min(version, 2)):
        orders[f"extra{number}"] = "int64"
    return {
        one.asset: one for one in (plan("shop:clicks", "at", **clicks), plan("shop:orders", "when", **orders))
    }


def wanted(found: Sequence[Record]) -> dict[str, list[int]]:
    """Return the offsets of each asset."""
    return {
        "shop:clicks": [one.offset for one in found if one.value and b"user" in one.value],
        "shop:orders": [one.offset for one in found if one.value and b"order" in one.value],
    }


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cut what is read into chunks of a few records."""
    monkeypatch.setattr(archive_ranges, "CHUNK_RECORDS", 7)


def archive(world: World, ends: Sequence[int], crashes: Sequence[int] = ()) -> int:
    """Archive up to each of the ends; begin again after each crash. Return the steps that it took."""
    left, version = list(crashes), 0
    one, writer = world.began(), world.writer()
    for end in ends:
        while one.state.end < end:
            world.crash_at = world.steps + left[0] if left else None
            version += 1
            # Who goes on after a crash may know more records by then.
            until = min(end + world.draw.randrange(6), ends[-1])
            try:
                asyncio.run(writer.write(one, until, plans(version)))
            except CrashError:
                left.pop(0)
                one, writer = world.began(), world.writer()
    return world.steps


LOG = records(45)
END = LOG[-1].offset + 1
ENDS = (25, 26, END)


def check(world: World) -> None:
    for asset, offsets in wanted(world.records).items():
        assert world.raw(asset) == offsets
        assert len(ArchiveReader(world.store, asset).table()) == len(offsets)
    assert {file.asset for file in world.store.files()} == {"shop:clicks", "shop:orders"}
    state = ArchiveState.decode(world.states[-1])
    assert (state.end, state.pending) == (END, None)
    assert state.outcomes["archived"] == sum(map(len, wanted(world.records).values()))
    assert state.outcomes["unreadable"] == sum(
        1 for one in world.records if not one.value or b"cut" in one.value
    )


def test_without_a_crash() -> None:
    world = World(LOG)
    archive(world, ENDS)
    check(world)
    assert len(set(world.names)) == len(world.names)
    days = {file.day.isoformat() for file in world.store.files()}
    assert days == {"2023-11-14", "2023-11-15", "2023-11-16", "2023-11-17"}


def test_a_crash_at_every_step() -> None:
    steps = archive(World(LOG), ENDS)
    assert steps > 50
    for place in range(1, steps + 1):
        # What is drawn is the same each time, so that the steps are.
        world = World(LOG)
        archive(world, ENDS, [place])
        check(world)


@pytest.mark.parametrize("seed", range(15))
def test_many_crashes(seed: int) -> None:
    draw = random.Random(seed)
    world = World(LOG, draw=draw)
    archive(world, sorted({*draw.sample(range(1, END), 3), END}), [draw.randrange(1, 40) for _ in range(12)])
    check(world)


def test_columns_and_kinds_are_the_same_after_a_crash() -> None:
    whole, broken = World(LOG), World(LOG)
    archive(whole, [END])
    archive(broken, [END], [9, 14, 20, 23])
    assert whole.store.files() == [
        ArchiveFile(one.asset, one.day, one.segment, one.rows, one.bytes) for one in broken.store.files()
    ]
    for asset in wanted(LOG):
        mine, theirs = (ArchiveReader(world.store, asset).table() for world in (whole, broken))
        assert mine.equals(theirs)


@pytest.mark.parametrize("seed", range(15))
def test_two_workers_at_once(seed: int) -> None:
    """A worker that was taken for dead goes on: readers take each place once, and none is missing."""
    draw = random.Random(seed)
    world = World(LOG, draw=draw)
    archive(world, [draw.randrange(1, 20)])
    zombie, its_writer = world.began(), world.writer()
    archive(world, sorted(draw.sample(range(20, END), 2)))
    owner, writer = world.began(), world.writer()
    for _ in range(2):
        asyncio.run(its_writer.write(zombie, min(END, zombie.state.end + draw.randrange(1, 20)), plans(1)))
        if owner.state.end < END:
            asyncio.run(writer.write(owner, END, plans(2)))
    after = world.began()
    while after.state.end < END or after.state.pending is not None:
        asyncio.run(world.writer().write(after, END, plans(2)))
    for asset, offsets in wanted(LOG).items():
        found = ArchiveReader(world.store, asset, ["_offset"]).table().column(0).to_pylist()
        assert sorted(found) == offsets


def test_what_retention_removed_is_counted_and_what_was_written_stays() -> None:
    world = World(LOG)
    done = archive(world, [30])
    # Killed when the first of its files was there; then the log loses the first half of the segment.
    world.crash_at = None
    one, writer = world.began(), world.writer()
    puts = len(world.names)
    for place in range(1, 200):
        world.crash_at = world.steps + place
        with contextlib.suppress(CrashError):
            asyncio.run(writer.write(one, END, plans(3)))
        if len(world.names) > puts:
            break
        one, writer = world.began(), world.writer()
    assert done
    first = world.names[-1]
    before = {file.path: file.bytes for file in world.store.files()}
    world.crash_at, world.log_start = None, 42
    one = world.began()
    assert one.state.pending == END
    outcomes = asyncio.run(world.writer().write(one, END, plans(3)))
    assert outcomes["expired"] == 12
    assert {file.path: file.bytes for file in world.store.files()}[first] == before[first]
    for asset in wanted(LOG):
        assert len(set(world.raw(asset))) == len(world.raw(asset))
    assert one.state.end == END


def test_a_range_that_is_gone_altogether() -> None:
    world = World([one for one in LOG if one.offset >= 40], log_start=40)
    one = world.began()
    outcomes = asyncio.run(world.writer().write(one, 30, plans(1)))
    assert outcomes == {"expired": 30}
    assert one.state.end == 30
    assert world.store.files() == []


def test_a_partition_that_went_elsewhere_is_let_go() -> None:
    world = World(LOG, lost=True)
    with pytest.raises(NoLongerOursError):
        asyncio.run(world.writer().write(world.began(), END, plans(1)))
    assert world.states == []
    assert world.store.files() == []


def test_records_wait_for_a_schema_registry_that_is_down() -> None:
    class Down(BatchDecoder):
        def decode(self, *given: Any, **more: Any) -> Any:
            from streams.decode.base import Reject
            from streams.decode.reasons import SCHEMA_REGISTRY_DOWN

            decoded = super().decode(*given, **more)
            decoded.rejects.append(Reject(0, SCHEMA_REGISTRY_DOWN, "down"))
            return decoded

    world = World(LOG)
    one = world.began()
    with pytest.raises(SchemaAwaitedError, match="the schema registry must answer"):
        asyncio.run(world.writer(Down()).write(one, END, plans(1)))
    assert (one.state.end, one.state.pending) == (0, END)
    asyncio.run(world.writer().write(one, END, plans(2)))
    check(world)


def test_fields_that_turn_out_to_be_personal_are_taken_out_of_files_and_of_half_written_segments() -> None:
    world = World(LOG)
    archive(world, [25])
    one, writer = world.began(), world.writer()
    assert "user" in one.state.plain["shop:clicks"]
    asyncio.run(writer.hide(one, {"shop:clicks": {"user": None}}))
    assert "user" not in one.state.plain["shop:clicks"]
    assert "user" not in ArchiveReader(world.store, "shop:clicks").schema().names
    # A segment begun by the old plan goes on by it, but for what is personal now.
    pending = World(LOG)
    pending.crash_at = 12
    with pytest.raises(CrashError):
        asyncio.run(pending.writer().write(pending.began(), END, plans(1)))
    one = pending.began()
    assert one.state.pending == END
    now = dict(plans(1))
    now["shop:clicks"] = plan(
        "shop:clicks", "at", hidden=["user"], item="text", at=column("at", "timestamp", reader="epoch")
    )
    asyncio.run(pending.writer().write(one, END, now))
    assert "user" not in ArchiveReader(pending.store, "shop:clicks").schema().names
    assert pending.raw("shop:clicks") == wanted(LOG)["shop:clicks"]
