"""The archiving part: when a segment is due, what it does with trouble, and what becomes personal later."""

from __future__ import annotations

import asyncio
import copy
import uuid
from collections import Counter
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from aiokafka.errors import KafkaTimeoutError
from faust.types import TP
from prometheus_client import CollectorRegistry, generate_latest

from pandian import topics
from pandian.archive import ArchiveFile, Segment
from pandian.settings import Settings
from streams.archiving.state import ArchiveState
from streams.counting.base import Source
from streams.inventory.policy import default_policy
from streams.stages import archive
from streams.stages.archive import ArchivePart
from streams.stages.archive_segment import Archiving, NoLongerOursError
from streams.stages.archive_sources import Known
from tests.streams.archiving.plans import plan
from tests.streams.interactions.assets import asset_of_rows

ID = UUID(int=7)
ORDERS = TP("orders", 0)


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    rows = [{"order_id": f"o{n}", "user_id": f"u{n % 50}", "price": 1.5 + n % 9} for n in range(1_200)]
    asset = asset_of_rows(tmp_path_factory.mktemp("asset"), "orders", rows)
    partitions = {"0": {"next_offset": 700}, "1": {"next_offset": 500}}
    return {**asset, "source": {"topic": "orders", "topic_id": str(ID), "partitions": partitions}}


class Bench:
    """A part with an inventory of its own, and no broker."""

    def __init__(self, *assets: dict[str, Any], **settings: Any) -> None:
        self.inventory: Any = SimpleNamespace(document=lambda: self.held)
        self.held = {"assets": list(assets)}
        self.registry = CollectorRegistry()
        source = SimpleNamespace(
            epoch=1, counter=SimpleNamespace(counting=True, topic_id=ID, origin=0), lag=0
        )
        self.profile: Any = SimpleNamespace(sources={ORDERS: source})
        context: Any = SimpleNamespace(
            app=None,
            admin=None,
            settings=Settings(
                broker="nowhere:1", archive=f"memory://{uuid.uuid4().hex}", archive_seconds=5, **settings
            ),
            policy=default_policy(100),
            metrics=SimpleNamespace(registry=self.registry),
        )
        self.part: Any = ArchivePart(context, self.profile, self.inventory)
        self.one = Archiving(ORDERS, ArchiveState("orders", Source(ID, 0), 0))
        self.part._archiving = {ORDERS: self.one}
        self.wrote: list[tuple[int, set[str]]] = []
        self.hid: list[dict[str, Any]] = []
        self.error: Exception | None = None

        async def write(one: Archiving, end: int, plans: Any) -> Counter[str]:
            if self.error:
                raise self.error
            self.wrote.append((end, set(plans)))
            one.state = ArchiveState("orders", Source(ID, 0), end)
            return Counter(archived=3, expired=1)

        async def hide(_: Archiving, hidden: Any) -> None:
            self.hid.append(hidden)

        self.part._writer = SimpleNamespace(write=write, hide=hide)

    def step(self, now: float, monkeypatch: pytest.MonkeyPatch) -> bool:
        monkeypatch.setattr(archive.time, "monotonic", lambda: now)
        found: bool = asyncio.run(self.part._step())
        return found


def test_few_records_wait_and_no_more_are_archived_than_the_inventory_has_counted(
    document: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = Bench(document)
    assert not bench.step(100.0, monkeypatch)
    bench.one.since = 100.0
    assert not bench.step(104.0, monkeypatch)
    assert bench.step(105.0, monkeypatch)
    assert bench.wrote == [(700, {"orders"})]
    assert bench.part.archived == 3
    assert bench.one.since is None
    said = generate_latest(bench.registry).decode()
    assert 'pandian_archive_rows_total{outcome="archived",topic="orders"} 3.0' in said
    assert 'pandian_archive_rows_total{outcome="expired",topic="orders"} 1.0' in said


def test_a_segment_is_full_after_so_many_bytes() -> None:
    bench = Bench()
    known = Known(10**6, record_bytes=1_000.0)
    bench.one.since = 0.0
    assert bench.part._due(bench.one, known, 0.1) == (64 << 20) // 1_000
    assert bench.part._due(bench.one, Known(10**6, 1.0), 0.1) == 250_000
    assert bench.part._due(bench.one, Known(10**6, 10**9), 0.1) == 1_000
    bench.one.state = ArchiveState("orders", Source(ID, 0), 0, pending=77)
    assert bench.part._due(bench.one, known, 0.1) == 77


def test_an_asset_of_few_records_must_be_known_for_a_while(
    document: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = Bench({**document, "records": 5})
    bench.one.since = 0.0
    assert not bench.step(1_000.0, monkeypatch)
    assert not bench.step(1_009.0, monkeypatch)
    assert bench.step(1_010.0, monkeypatch)


def test_a_topic_that_the_inventory_does_not_know_waits(
    document: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    other = copy.deepcopy(document)
    other["source"]["topic_id"] = str(UUID(int=8))
    for bench in (Bench(), Bench(other)):
        bench.one.since = 0.0
        assert not bench.step(1_000.0, monkeypatch)
        assert bench.part.lag == 0


def test_trouble_waits_and_tells_no_values(
    document: dict[str, Any], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    bench = Bench(document)
    bench.one.since = 0.0
    bench.error = ValueError("jane.doe@example.org")
    assert not bench.step(1_000.0, monkeypatch)
    assert "ValueError" in caplog.text
    assert "jane" not in caplog.text
    bench.error = None
    assert not bench.step(1_004.0, monkeypatch)
    assert bench.step(1_005.0, monkeypatch)
    bench.one.since, bench.error = 0.0, KafkaTimeoutError()
    bench.one.state = ArchiveState("orders", Source(ID, 0), 0)
    assert not bench.step(1_010.0, monkeypatch)
    assert bench.one.state.end == 0


def test_a_partition_that_is_ours_no_longer_is_forgotten(
    document: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = Bench(document)
    bench.one.since, bench.error = 0.0, NoLongerOursError()
    assert not bench.step(1_000.0, monkeypatch)
    assert bench.part._archiving == {}


@pytest.mark.parametrize("key", [None, "a key of sixteen or more"])
def test_what_turns_out_to_be_personal_is_taken_out_once(
    document: dict[str, Any], monkeypatch: pytest.MonkeyPatch, key: str | None
) -> None:
    bench = Bench(document, **({"hash_key": key} if key else {}))
    bench.one.state = ArchiveState(
        "orders", Source(ID, 0), 700, plain={"orders": frozenset({"user_id", "order_id"})}
    )
    assert not bench.step(1.0, monkeypatch)
    assert bench.hid == []
    later = copy.deepcopy(document)
    for field in later["fields"]:
        if field["field"] in ("user_id", "order_id"):
            field["masked"] = True
            field["semantic_type"] = "email" if field["field"] == "user_id" else "person_name"
    bench.held = {"assets": [later]}
    bench.step(2.0, monkeypatch)
    bench.step(3.0, monkeypatch)
    ((columns),) = [hidden["orders"] for hidden in bench.hid]
    assert columns["order_id"] is None
    assert (columns["user_id"] is None) == (key is None)


def test_only_partitions_that_are_given_to_this_worker_are_ours(document: dict[str, Any]) -> None:
    bench = Bench(document)
    sources = bench.part._sources
    assert sources.is_ours(ORDERS, ID)
    assert not sources.is_ours(ORDERS, UUID(int=8))
    assert not sources.is_ours(TP("orders", 1), ID)
    bench.profile.sources[ORDERS].epoch = None
    assert sources.is_ours(ORDERS, UUID(int=8))
    sources._members = SimpleNamespace(assignment=set)
    assert not sources.is_ours(TP(topics.INTERACTIONS, 0), ID)


def test_how_far_it_is_known_is_what_all_assets_of_the_topic_have(document: dict[str, Any]) -> None:
    other = copy.deepcopy(document)
    other["asset"] = "orders:more"
    other["source"]["partitions"]["0"]["next_offset"] = 600
    bench = Bench(document, other)
    found = bench.part._sources.known(ORDERS, ID)
    assert found.end == 600 == bench.part._sources.end(ORDERS, ID)
    assert set(bench.part._sources.plans(ORDERS, ID, {}, hashes=False)) == {"orders", "orders:more"}
    assert bench.part._sources.end(TP("orders", 9), ID) == 0


def test_an_archive_that_cannot_be_opened_is_said_at_the_start(tmp_path: Path) -> None:
    from pandian.archive import ArchiveError, open_archive

    file = tmp_path / "file"
    file.write_text("x", encoding="utf-8")
    with pytest.raises(ArchiveError, match="cannot be used"), open_archive(str(file / "below")).spool():
        pass


def test_small_files_of_our_partitions_become_one_when_nothing_else_is_to_do(
    document: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = Bench(document)
    day = date(2020, 1, 1)
    for partition in (0, 1):
        for number in range(3):
            segment = Segment(ID.hex, partition, number, number + 1)
            with bench.part._store.spool() as path:
                pq.write_table(pa.table({"_offset": [number], "_index": [0]}), path)
                bench.part._store.put(path, ArchiveFile("orders", day, segment, 1))

    async def known(_: Archiving) -> None:
        """Ask no broker."""

    async def compacted() -> list[bool]:
        return [await bench.part._compact() for _ in range(3)]

    bench.part._check = known
    bench.part._compact_at = 0.0
    bench.one.state = ArchiveState("orders", Source(ID, 0), 0, pending=9)
    assert asyncio.run(compacted()) == [False] * 3
    bench.one.state = ArchiveState("orders", Source(ID, 0), 9)
    bench.part._compact_at = 0.0
    assert asyncio.run(compacted()) == [True, False, False]
    files = bench.part._store.files()
    assert sorted((file.segment.partition, file.rows) for file in files) == [(0, 3), (1, 1), (1, 1), (1, 1)]


def test_a_state_of_very_many_fields_fits_a_record() -> None:
    columns = {f"field_{number}.of_many": "text" for number in range(30_000)}
    state = ArchiveState("orders", Source(ID, 0), 5, 9, {"orders": plan("orders", **columns)})
    written = state.encode()
    assert len(written) < 1 << 20
    assert ArchiveState.decode(written) == state
