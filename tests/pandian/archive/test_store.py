"""Archives on a file system and in memory keep the same contract: whole files or none, whatever goes wrong."""

from __future__ import annotations

import errno
import uuid
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pandian.archive import ArchiveError, ArchiveFile, ArchiveStore, Segment, open_archive
from pandian.archive.hiding import hide
from pandian.archive.listing import summary
from pandian.archive.reading import ArchiveReader
from pandian.archive.retention import retain
from pandian.errors import SettingError
from pandian.stores import PARTIAL

TOPIC = "a" * 32


@pytest.fixture(params=["file", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ArchiveStore]:
    """An empty archive of each kind."""
    if request.param == "file":
        yield open_archive(str(tmp_path / "archive"))
    else:
        import fsspec

        name = f"/{uuid.uuid4().hex}"
        yield open_archive(f"memory:/{name}")
        memory = fsspec.filesystem("memory")
        if memory.exists(name):
            memory.rm(name, recursive=True)


def rows(first: int, end: int, **columns: Any) -> list[dict[str, Any]]:
    return [{"_offset": offset, "_index": 0, "x": offset, **columns} for offset in range(first, end)]


def put(
    store: ArchiveStore,
    found: list[dict[str, Any]],
    first: int,
    end: int,
    *,
    day: date = date(2026, 1, 1),
    asset: str = "shop",
    partition: int = 0,
    schema: pa.Schema | None = None,
) -> ArchiveFile:
    file = ArchiveFile(asset, day, Segment(TOPIC, partition, first, end), len(found))
    with store.spool() as path:
        pq.write_table(pa.Table.from_pylist(found, schema), path)
        store.put(path, file)
    return file


def read(store: ArchiveStore, asset: str = "shop", **how: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = ArchiveReader(store, asset, **how).table().to_pylist()
    return found


def test_an_archive_that_is_not_there_is_empty(store: ArchiveStore) -> None:
    assert store.files() == []
    assert store.files("shop") == []
    assert read(store) == []
    assert not store.holds("shop", date(2026, 1, 1), Segment(TOPIC, 0, 0, 1))
    assert summary(store.files()) == []


def test_files_are_listed_read_and_removed(store: ArchiveStore) -> None:
    file = put(store, rows(0, 3), 0, 5)
    other = put(store, rows(0, 2), 0, 2, asset="shop.more")
    (found,) = store.files("shop")
    assert (found.asset, found.day, found.segment, found.rows) == ("shop", file.day, file.segment, 3)
    assert found.bytes > 100
    assert len(store.files()) == 2
    assert store.holds("shop", file.day, file.segment)
    assert not store.holds("shop", file.day, Segment(TOPIC, 0, 0, 6))
    with store.open(found) as opened:
        assert pq.read_table(opened).num_rows == 3
    store.remove(other)
    store.remove(other)
    assert [one.asset for one in store.files()] == ["shop"]


def test_a_repeat_replaces_the_same_file(store: ArchiveStore) -> None:
    put(store, rows(0, 3), 0, 5)
    put(store, rows(0, 3), 0, 5)
    assert len(store.files()) == 1
    assert len(read(store)) == 3


def test_a_file_that_cannot_be_put_is_not_seen(store: ArchiveStore, monkeypatch: pytest.MonkeyPatch) -> None:
    put(store, rows(0, 3), 0, 3)

    def full(*_: Any, **__: Any) -> Any:
        raise OSError(errno.ENOSPC, "no")

    monkeypatch.setattr(type(store._store.fs), "mv", full)
    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(ArchiveError, match="No space left on device"):
        put(store, rows(3, 6), 3, 6)
    monkeypatch.undo()
    assert [file.segment.end for file in store.files()] == [3]
    assert store._store.find(PARTIAL) == {}


def test_columns_come_and_go_and_types_change(store: ArchiveStore) -> None:
    put(store, rows(0, 2, price=1, tags=["a"]), 0, 2)
    put(store, rows(2, 4, price=1.5, colour="red"), 2, 4)
    put(store, rows(4, 6, price="free", tags=[1]), 4, 6)
    found = read(store)
    assert [row["price"] for row in found] == ["1", "1", "1.5", "1.5", "free", "free"]
    assert [row["colour"] for row in found] == [None, None, "red", "red", None, None]
    assert [row["tags"] for row in found] == [["a"], ["a"], None, None, ["1"], ["1"]]
    assert list(found[0]) == ["_offset", "_index", "x", "price", "tags", "colour"]


def test_columns_and_days_are_chosen(store: ArchiveStore) -> None:
    for number in range(3):
        put(store, rows(number, number + 1), number, number + 1, day=date(2026, 1, 1 + number))
    put(store, [{"_offset": 9, "_index": 0, "x.y": 1, "x": 2}], 9, 10)
    assert read(store, columns=["x", "none"], since=date(2026, 1, 2)) == [
        {"x": 1, "none": None},
        {"x": 2, "none": None},
    ]
    assert len(read(store, until=date(2026, 1, 2))) == 3
    assert [row["x"] for row in read(store, columns=["x"], until=date(2026, 1, 1))] == [0, 2]


def test_each_place_once_where_two_workers_archived(store: ArchiveStore) -> None:
    """One was taken for dead and was not: its segments lie across those of its successor."""
    put(store, rows(0, 100), 0, 100)
    put(store, rows(0, 60), 0, 60)
    put(store, rows(60, 150), 60, 150)
    put(store, rows(150, 155), 60, 155, day=date(2026, 1, 2))
    put(store, rows(155, 160), 150, 160)
    put(store, rows(0, 10), 0, 10, partition=1)
    found = read(store, columns=["_offset"])
    assert sorted(row["_offset"] for row in found) == sorted([*range(160), *range(10)])
    assert len(read(store, columns=["x"])) == 170


def test_old_days_go_but_never_the_newest(store: ArchiveStore) -> None:
    for day in (1, 2, 3):
        put(store, rows(day, day + 1), day, day + 1, day=date(2026, 1, day))
    put(store, rows(0, 1), 0, 1, day=date(2025, 1, 1), asset="old")
    assert retain(store, 5, date(2026, 1, 4)) == []
    assert retain(store, 2, date(2026, 1, 4)) == [("shop", date(2026, 1, 1)), ("shop", date(2026, 1, 2))]
    assert retain(store, 2, date(2026, 1, 4)) == []
    assert retain(store, 1, date(2027, 1, 1)) == []
    assert {(file.asset, file.day.isoformat()) for file in store.files()} == {
        ("old", "2025-01-01"),
        ("shop", "2026-01-03"),
    }


def test_the_summary_counts(store: ArchiveStore) -> None:
    put(store, rows(0, 3), 0, 3)
    put(store, rows(3, 5), 3, 5, day=date(2026, 1, 3))
    (one,) = summary(store.files())
    assert one.pop("bytes") > 200
    assert one == {
        "asset": "shop",
        "days": 2,
        "files": 2,
        "rows": 5,
        "from": "2026-01-01",
        "to": "2026-01-03",
    }


def test_columns_are_taken_out_of_files(store: ArchiveStore) -> None:
    text = pa.map_(pa.string(), pa.string())
    schema = pa.schema(
        {
            "_offset": pa.int64(),
            "_index": pa.int64(),
            "name": pa.string(),
            "mail": pa.list_(pa.string()),
            "age": pa.int64(),
            "_misfits": text,
        }
    )
    secret = [
        {
            "_offset": n,
            "_index": 0,
            "name": "Ann",
            "mail": ["a@b.c", None],
            "age": 7,
            "_misfits": [("age", "x"), ("k", "v")],
        }
        for n in range(4)
    ]
    put(store, secret[:2], 0, 2, schema=schema)
    put(store, secret[2:], 2, 4, schema=schema)
    put(store, secret[:1], 0, 1, schema=schema, partition=1)
    put(store, rows(5, 6), 5, 6)
    assert hide(store, "shop", 0, {"name": None, "mail": str.upper, "age": None}) == 2
    assert hide(store, "shop", 0, {"name": None, "mail": str.upper, "age": None}) == 0
    found = read(store)
    mine, others = [row for row in found if row["_offset"] < 4][:4], found[-1]
    assert all(row["name"] is None and row["mail"] == ["A@B.C", None] for row in mine)
    assert all(row["_misfits"] == [("k", "v")] and row["age"] is None for row in mine)
    assert others["name"] == "Ann"


def test_a_damaged_file_is_an_error_that_says_where(store: ArchiveStore, tmp_path: Path) -> None:
    file = put(store, rows(0, 1), 0, 1)
    with store.spool() as path:
        path.write_bytes(b"PAR1 secret PAR1")
        store.put(path, file)
    with pytest.raises(ArchiveError) as error:
        read(store)
    assert "secret" not in str(error.value)


def test_an_address_that_nothing_opens_is_a_setting_error() -> None:
    with pytest.raises(SettingError, match="no address of a store"):
        open_archive("nonsense://x")
    with pytest.raises(SettingError, match="nothing is installed that opens gdrive"):
        open_archive("gdrive://bucket/x")


def test_keys_in_addresses_are_not_shown() -> None:
    with pytest.raises(SettingError) as error:
        open_archive("s4://user:hunter2@host/x")
    assert "hunter2" not in str(error.value)


def test_what_a_crash_left_is_removed_when_it_is_old(tmp_path: Path) -> None:
    import os
    import time

    store = open_archive(str(tmp_path))
    folder = tmp_path / PARTIAL
    folder.mkdir()
    old, new, other = folder / "pandian-1", folder / "pandian-2", folder / "mine"
    for path in (old, new, other):
        path.write_bytes(b"x")
    os.utime(old, (time.time() - 90_000,) * 2)
    os.utime(other, (time.time() - 90_000,) * 2)
    store.tidy()
    assert not old.exists()
    assert new.exists()
    assert other.exists()
