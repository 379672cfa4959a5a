"""The copy on disk is the state of one moment, or it is made anew."""

from __future__ import annotations

import os
import random

import pytest

from pandian.errors import FormatVersionError, SettingError
from streams.features import store as module
from streams.features.base import EVENT
from streams.features.live import Changes
from streams.features.store import SequenceStore, open_store

ONE = EVENT.pack(3, 1 << 40)
POSITION = (7, [("topic", 0, 5, 1)])


def changes(users=None, items=(), partitions=None, knows_until=None) -> Changes:
    return Changes(users or {}, list(items), partitions or {}, knows_until)


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "sequences"


def plain(found: Changes | None) -> Changes | None:
    """Return what was loaded with places as tuples, as they were written."""
    if found is None:
        return None
    partitions = {
        one: (offset, list(map(tuple, places))) for one, (offset, places) in found.partitions.items()
    }
    return Changes(found.users, sorted(found.items), partitions, found.knows_until)


def test_what_was_written_is_there_after_it_was_closed(folder) -> None:
    store, stored, trouble = open_store(folder, "a")
    assert (stored, trouble) == (None, "")
    store.write(changes({"订/u": ONE, "gone": ONE}, [(0, "a"), (300, "订")], {0: POSITION, 7: (1, [])}, 5))
    store.write(changes({"gone": None, "later": ONE * 2}, [(0, "b")], {7: (9, [])}, 6))
    store.close()
    store, stored, trouble = open_store(folder, "a")
    assert trouble == ""
    assert plain(stored) == Changes(
        {"订/u": ONE, "later": ONE * 2}, [(0, "b"), (300, "订")], {0: POSITION, 7: (9, [])}, 6
    )
    store.clear()
    assert store.load() is None
    store.write(changes({"u": ONE}, knows_until=1))
    store.close()


def test_a_topic_made_again_begins_anew_and_nothing_of_the_old_one_stays(folder) -> None:
    store, _, _ = open_store(folder, "a")
    store.write(changes({"u": ONE}))
    store.close()
    store, stored, trouble = open_store(folder, "b")
    assert (stored, trouble) == (None, "")
    assert [path.name for path in folder.iterdir()] == ["b"]
    store.close()


def spoil_manifest(path) -> None:
    (path / "CURRENT").write_bytes(b"MANIFEST-999999\n")


def spoil_tables(path) -> None:
    for table in [*path.glob("*.sst"), *path.glob("*.log")]:
        size = table.stat().st_size
        table.write_bytes(random.Random(1).randbytes(size))


def cut_tables(path) -> None:
    for table in path.glob("*.sst"):
        os.truncate(table, table.stat().st_size // 2)


def replace_by_a_file(path) -> None:
    import shutil

    shutil.rmtree(path)
    path.write_bytes(b"not a folder")


@pytest.mark.parametrize("spoil", [spoil_manifest, spoil_tables, cut_tables, replace_by_a_file])
def test_a_copy_that_is_damaged_is_said_and_made_anew(folder, spoil) -> None:
    store, _, _ = open_store(folder, "a")
    store.write(changes({f"u{number}": ONE * 50 for number in range(2000)}, knows_until=1))
    store._db.flush()
    store.close()
    spoil(folder / "a")
    store, stored, trouble = open_store(folder, "a")
    assert stored is None
    assert trouble
    assert "\n" not in trouble
    store.write(changes({"u": ONE}, knows_until=2))
    assert store.load() == changes({"u": ONE}, knows_until=2)
    store.close()


@pytest.mark.parametrize(
    ("key", "value"),
    [(b"uu", b"short"), (b"uu", b""), (b"p\0\0\0\0", b"{}"), (b"v\0", b"x"), (b"m", b"{}"), (b"u\xff", ONE)],
)
def test_content_that_was_never_written_is_damage(folder, key, value) -> None:
    store, _, _ = open_store(folder, "a")
    store.write(changes({"u": ONE}, knows_until=1))
    store._db[key] = value
    store.close()
    store, stored, trouble = open_store(folder, "a")
    assert stored is None
    assert trouble
    store.close()


def test_a_newer_format_is_left_alone(folder, monkeypatch) -> None:
    monkeypatch.setattr(module, "FORMAT", 99)
    store, _, _ = open_store(folder, "a")
    store.write(changes({"u": ONE}))
    store.close()
    monkeypatch.undo()
    with pytest.raises(FormatVersionError, match="format 99"):
        open_store(folder, "a")
    assert (folder / "a" / "CURRENT").exists()


def test_a_folder_that_cannot_be_written_is_named(tmp_path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(SettingError, match="PANDIAN_DATADIR"):
        SequenceStore(tmp_path / "file" / "sequences", "a")


def test_a_copy_that_can_be_neither_read_nor_made_anew_is_a_setting_to_change(folder, monkeypatch) -> None:
    def broken(_: SequenceStore) -> None:
        raise Exception("IO error:\nNo space left on device")  # noqa: TRY002 - as rocksdict does

    monkeypatch.setattr(SequenceStore, "_open", broken)
    with pytest.raises(SettingError, match=r"PANDIAN_DATADIR=.*No space left on device") as caught:
        open_store(folder, "a")
    assert "\n" not in str(caught.value)


def test_how_far_was_obeyed_is_of_the_same_moment(folder) -> None:
    store, _, _ = open_store(folder, "a")
    store.write(Changes({"u": ONE}, [], {}, 5, ("ab", 7)))
    store.close()
    store, stored, _ = open_store(folder, "a")
    assert stored is not None
    assert stored.forgotten == ("ab", 7)
    store.close()
