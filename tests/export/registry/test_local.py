"""A registry in a folder: several processes at once, crashes, and disks that are full."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import orjson
import pytest

from export.registry import Registry, RegistryError
from export.registry.folders import append_line, replace_file
from tests.export import hostile


@pytest.fixture
def registry(tmp_path, first_entry, second_entry):
    """A registry of two versions."""
    made = Registry(tmp_path / "registry")
    made.add(first_entry.path)
    made.add(second_entry.path)
    return made


def audit(registry):
    return [orjson.loads(line) for line in (registry.root / "audit.jsonl").read_bytes().splitlines()]


def start(registry, code, *arguments):
    return subprocess.Popen(
        [sys.executable, "-c", code, str(registry.root), *map(str, arguments)],
        stdout=subprocess.PIPE,
        text=True,
    )


PROMOTE = """if True:
    import sys
    from pathlib import Path
    from export.registry import Registry
    registry = Registry(Path(sys.argv[1]))
    versions = [entry.version for entry in registry.entries()]
    print("ready", flush=True)
    for number in range(int(sys.argv[2])):
        registry.promote("popularity", versions[number % 2], by=sys.argv[3], why=str(number))
        assert registry.champion() is not None
"""


def chain(registry):
    """Follow the audit: each line must begin where the line before it ended. Return the last champion."""
    champion = None
    for line in audit(registry):
        if line["what"] != "add":
            assert line["champion_before"] == champion
            champion = {"model": line["model"], "version": line["version"]}
    return champion


def test_promotions_of_several_processes_come_one_after_the_other(registry):
    workers = [start(registry, PROMOTE, 60, f"worker-{number}") for number in range(4)]
    for worker in workers:
        assert worker.stdout.readline() == "ready\n"
    seen = 0
    while any(worker.poll() is None for worker in workers):
        registry.champion()  # never half-written
        seen += 1
    assert [worker.wait() for worker in workers] == [0] * 4
    assert seen > 10
    pointer = registry.champion()
    assert chain(registry) == {"model": "popularity", "version": pointer.version}
    assert len({line["by"] for line in audit(registry) if line["what"] == "promote"}) > 1


def test_a_process_that_is_killed_leaves_a_whole_pointer_and_no_lock(registry, first_entry):
    for number in range(6):
        worker = start(registry, PROMOTE, 100_000, f"worker-{number}")
        assert worker.stdout.readline() == "ready\n"
        time.sleep(0.02 + 0.03 * number)
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        assert registry.champion() is not None
        registry.promote("popularity", first_entry.version, by="me", why="after a kill")
        assert registry.champion().version == first_entry.version
    for line in audit(registry):
        assert line["what"] in ("add", "promote")


def test_the_same_entry_added_by_many_at_once(tmp_path, first_entry):
    registry = Registry(tmp_path / "registry")
    with ThreadPoolExecutor(8) as pool:
        added = list(pool.map(lambda _: Registry(registry.root).add(first_entry.path), range(16)))
    assert len(set(map(str, added))) == 1
    assert [line["what"] for line in audit(registry)] == ["add"]


def test_entries_are_read_only(registry):
    for entry in registry.entries():
        assert entry.path.stat().st_mode & 0o222 == 0
        assert all(file.stat().st_mode & 0o222 == 0 for file in entry.path.iterdir())


def test_a_full_disk_leaves_no_half_of_an_entry(tmp_path, first_entry, second_entry, small_disk):
    registry = Registry(tmp_path / "registry")
    kept = registry.add(first_entry.path)
    with small_disk(3_000), pytest.raises(RegistryError, match=r"cannot be written \(File too large\)"):
        registry.add(second_entry.path)
    assert [path.name for path in kept.path.parent.iterdir()] == [kept.version]
    assert registry.entries() == [kept]
    assert registry.add(second_entry.path).version == second_entry.version


def test_a_full_disk_leaves_the_champion(registry, first_entry, second_entry, small_disk):
    pointer = registry.promote("popularity", first_entry.version, by="me", why="")
    with small_disk(20), pytest.raises(RegistryError, match=r"cannot be written"):
        registry.promote("popularity", second_entry.version, by="me", why="")
    assert registry.champion() == pointer
    assert chain(registry) == {"model": "popularity", "version": first_entry.version}
    assert sorted(path.name for path in registry.root.iterdir()) == [
        "audit.jsonl",
        "champion.json",
        "entries",
        "lock",
    ]


def test_what_an_addition_that_was_killed_left_is_nobodys_entry(tmp_path, first_entry, second_entry):
    registry = Registry(tmp_path / "registry")
    registry.add(first_entry.path)
    draft = registry.root / "entries" / "popularity" / f".{second_entry.version}.abc123"
    hostile.copy(second_entry, draft)
    draft.chmod(0o555)
    assert [entry.version for entry in registry.entries()] == [first_entry.version]
    registry.add(second_entry.path)
    assert not draft.exists()
    assert len(registry.entries()) == 2


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b"[]", b"null", b'{"model": "a"}', b'{"model":"a","version":"1","previous":7,"time":1}'],
)
def test_a_pointer_that_cannot_be_read_is_told(registry, data):
    (registry.root / "champion.json").write_bytes(data)
    with pytest.raises(RegistryError, match=r"champion\.json.*remove it, and promote"):
        registry.champion()
    with pytest.raises(RegistryError):
        registry.promote("popularity", by="me", why="")
    (registry.root / "champion.json").unlink()
    registry.promote("popularity", by="me", why="")


@pytest.fixture
def mounted_disk(tmp_path):
    """A disk of 16 KB."""
    place = tmp_path / "small"
    place.mkdir()
    mount, unmount = shutil.which("mount"), shutil.which("umount")
    options = ("-t", "tmpfs", "-o", "size=16k", "none", place)
    if not mount or not unmount or subprocess.run([mount, *options], check=False).returncode:
        pytest.skip("only root may mount a small disk")
    yield place
    subprocess.run([unmount, place], check=True)


def test_a_full_disk_is_named_with_what_is_free_and_not_what_was_copied(mounted_disk, first_entry):
    registry = Registry(mounted_disk / "registry")
    with pytest.raises(RegistryError) as caught:
        registry.add(first_entry.path)
    place = registry.root / "entries" / first_entry.model / first_entry.version
    said = f"{place}: cannot be written (No space left on device: 0.0 MB are free there); make room there"
    assert str(caught.value).startswith(said)
    assert "PANDIAN_MODELS" in str(caught.value)
    assert str(first_entry.path) not in str(caught.value)
    assert registry.entries() == []
    assert list(place.parent.iterdir()) == []


def test_a_full_disk_is_told_as_such_however_it_is_noticed(tmp_path, second_entry, monkeypatch):
    def full(source, target, **_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(source), None, str(target))

    monkeypatch.setattr(shutil, "copyfile", full)
    registry = Registry(tmp_path / "registry")
    with pytest.raises(
        RegistryError, match=rf"registry/entries/.*{second_entry.version}: .*MB are free there"
    ):
        registry.add(second_entry.path)


def test_a_registry_that_vanishes_is_no_empty_one(registry, first_entry, second_entry):
    assert registry.champion() is None
    registry.promote("popularity", first_entry.version, by="me", why="")
    registry.shadow("popularity", second_entry.version, by="me", why="")
    champion, challenger = registry.champion(), registry.challenger()
    away = registry.root.rename(registry.root.with_name("away"))
    for mounted in (False, True):
        if mounted:
            registry.root.mkdir()  # the empty folder that a mount leaves
        for look in (registry.champion, registry.challenger):
            with pytest.raises(RegistryError, match=r"had a champion .* is not mounted; put it back"):
                look()
    registry.root.rmdir()
    away.rename(registry.root)
    assert (registry.champion(), registry.challenger()) == (champion, challenger)
    registry.end_shadow(by="me", why="")
    assert registry.challenger() is None


def test_what_is_tried_out_is_on_record(registry, first_entry, second_entry):
    registry.promote("popularity", first_entry.version, by="Ann", why="")
    registry.shadow("popularity", second_entry.version, share=0.25, by="Ben", why="try")
    registry.end_shadow(by="Cleo", why="enough")
    named, ended = audit(registry)[-2:]
    assert (named["what"], named["version"], named["share"], named["by"], named["why"]) == (
        "shadow",
        second_entry.version,
        0.25,
        "Ben",
        "try",
    )
    assert named["champion_before"]["version"] == first_entry.version
    assert (ended["what"], ended["version"], ended["by"], ended["why"]) == (
        "end",
        second_entry.version,
        "Cleo",
        "enough",
    )


def test_a_full_disk_leaves_the_challenger(registry, first_entry, second_entry, small_disk):
    registry.promote("popularity", first_entry.version, by="me", why="")
    named = registry.shadow("popularity", second_entry.version, share=0.1, by="me", why="")
    with small_disk(20), pytest.raises(RegistryError, match=r"cannot be written"):
        registry.shadow("popularity", second_entry.version, share=0.2, by="me", why="")
    assert registry.challenger() == named


@pytest.mark.parametrize(
    "data",
    [b"", b"[]", b'{"model": "a"}', b'{"model":"a","version":"1","share":1.5,"time":1,"by":"","why":""}'],
)
def test_a_challenger_that_cannot_be_read_keeps_nobody_from_being_promoted(
    registry, first_entry, second_entry, data
):
    registry.promote("popularity", first_entry.version, by="me", why="")
    (registry.root / "challenger.json").write_bytes(data)
    with pytest.raises(RegistryError, match=r"challenger\.json.*remove it, and shadow"):
        registry.challenger()
    registry.promote("popularity", second_entry.version, by="me", why="")
    assert registry.champion().version == second_entry.version
    assert (
        registry.shadow("popularity", first_entry.version, share=0, by="me", why="") == registry.challenger()
    )


def test_a_challenger_that_a_crash_left_is_none(registry, first_entry, second_entry):
    registry.promote("popularity", first_entry.version, by="me", why="")
    registry.shadow("popularity", second_entry.version, share=0.1, by="me", why="")
    left = (registry.root / "challenger.json").read_bytes()
    registry.promote("popularity", second_entry.version, by="me", why="")
    (registry.root / "challenger.json").write_bytes(left)  # killed just after the pointer was moved
    assert registry.challenger() is None
    registry.rollback(by="me", why="")
    assert registry.challenger() is None


def test_a_registry_where_none_can_be(tmp_path, first_entry):
    (tmp_path / "file").write_text("")
    with pytest.raises(RegistryError, match="cannot be written"):
        Registry(tmp_path / "file").add(first_entry.path)
    with pytest.raises(RegistryError, match="cannot be read"):
        Registry(tmp_path / "file").champion()
    with pytest.raises(RegistryError, match="cannot be read"):
        Registry(tmp_path / "file").entries()


def test_damaged_entries_are_left_out_of_the_list_and_told(registry, first_entry, second_entry):
    (registry.entry("popularity", second_entry.version).path / "card.json").unlink()
    found, wrong = registry.scan()
    assert [entry.version for entry in found] == [first_entry.version]
    assert [second_entry.version in str(error) for error in wrong] == [True]


def test_a_line_that_a_crash_cut_short_stays_a_line_of_its_own(tmp_path):
    path = tmp_path / "audit.jsonl"
    append_line(path, b'{"a":1}')
    with path.open("ab") as file:
        file.write(b'{"b":')
    append_line(path, b'{"c":3}')
    assert path.read_bytes() == b'{"a":1}\n{"b":\n{"c":3}\n'


def test_a_file_is_replaced_as_a_whole(tmp_path, small_disk):
    path = tmp_path / "file"
    replace_file(path, b"one")
    with small_disk(2), pytest.raises(RegistryError):
        replace_file(path, b"three")
    assert path.read_bytes() == b"one"
    assert list(tmp_path.iterdir()) == [path]
