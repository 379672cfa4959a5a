"""Small files become one: the same rows for every reader, whenever it is interrupted."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

import pytest

from pandian.archive import ArchiveFile, ArchiveStore, open_archive
from pandian.archive import compaction as compaction_module
from pandian.archive.compaction import compact, small_together
from pandian.archive.reading import ArchiveReader
from tests.pandian.archive.test_store import put, read, rows

OLD, NEW = date(2026, 1, 1), date(2026, 1, 5)


class CrashError(Exception):
    """The process is killed here."""


class Fragile(ArchiveStore):
    """An archive in which the process is killed before or after the n-th change."""

    crash_at = 0
    changes = 0

    def __init__(self, store: ArchiveStore, crash_at: int) -> None:
        self.__dict__ |= store.__dict__
        self.crash_at = crash_at

    def _step(self) -> None:
        self.changes += 1
        if self.changes == self.crash_at:
            raise CrashError

    def put(self, path: Any, file: ArchiveFile) -> None:
        self._step()
        super().put(path, file)
        self._step()

    def remove(self, file: ArchiveFile) -> None:
        self._step()
        super().remove(file)
        self._step()


def store() -> ArchiveStore:
    return open_archive(f"memory://{uuid.uuid4().hex}")


def filled() -> ArchiveStore:
    """Return an archive with many small files of an old day, some of a new one, and of two partitions."""
    made = store()
    for number in range(6):
        put(
            made,
            rows(10 * number, 10 * number + 8, **{f"c{number}": number}),
            10 * number,
            10 * number + 10,
            day=OLD,
        )
        put(made, rows(10 * number + 8, 10 * number + 10), 10 * number, 10 * number + 10, day=NEW)
    put(made, rows(0, 3), 0, 3, day=OLD, partition=1)
    return made


def run(made: ArchiveStore) -> int:
    groups = list(small_together(made.files(), NEW))
    for group in groups:
        compact(made, group)
    return len(groups)


def raw(made: ArchiveStore) -> list[tuple[int, int]]:
    """Return partition and offset of all rows in all files."""
    import pyarrow.parquet as pq

    found = []
    for file in made.files():
        with made.open(file) as opened:
            offsets = pq.read_table(opened).column("_offset").to_pylist()
        found += [(file.segment.partition, offset) for offset in offsets]
    return sorted(found)


def test_files_of_days_that_are_over_become_one() -> None:
    made = filled()
    before, schema = raw(made), set(ArchiveReader(made, "shop").schema().names)
    assert run(made) == 1
    assert raw(made) == before
    assert set(ArchiveReader(made, "shop").schema().names) == schema
    (one,) = [file for file in made.files() if file.day == OLD and file.segment.partition == 0]
    assert (one.segment.first, one.segment.end, one.rows) == (0, 60, 48)
    assert len([file for file in made.files() if file.day == NEW]) == 6
    assert run(made) == 0


def test_it_may_be_killed_at_any_change() -> None:
    before = raw(filled())
    for place in range(1, 15):
        made = filled()
        broken = Fragile(made, place)
        with pytest.raises(CrashError):
            run(broken)
        assert sorted(row["_offset"] for row in read(made)) == sorted(offset for _, offset in before)
        run(made)
        assert raw(made) == before
        assert len(made.files()) == 8


def test_large_files_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    made = filled()
    sizes = [file.bytes for file in made.files()]
    monkeypatch.setattr(compaction_module, "LARGE_BYTES", 3 * max(sizes))
    assert run(made) == 2
    assert len([file for file in made.files() if file.day == OLD and file.segment.partition == 0]) == 2


def test_what_two_workers_wrote_becomes_one_without_repeats_and_without_loss() -> None:
    made = store()
    put(made, rows(0, 50), 0, 60, day=OLD)
    put(made, rows(5, 20), 5, 20, day=OLD)
    put(made, rows(20, 70), 20, 70, day=OLD)
    while run(made):
        pass
    assert raw(made) == [(0, offset) for offset in range(70)]
    # The second of two wrote a row to this day that the first, whose segment is the larger, wrote to another.
    put(made, rows(100, 120), 100, 140, day=OLD, asset="other")
    put(made, rows(118, 125), 118, 125, day=OLD, asset="other")
    run(made)
    assert [row["_offset"] for row in read(made, "other")] == list(range(100, 125))
    assert len(made.files("other")) == 1


def test_the_same_segment_twice_is_told_by_its_places() -> None:
    made = store()
    put(made, rows(0, 5), 0, 9, day=OLD)
    put(made, rows(0, 6), 0, 9, day=OLD)
    assert [row["_offset"] for row in read(made)] == list(range(6))
    run(made)
    assert raw(made) == [(0, offset) for offset in range(6)]
