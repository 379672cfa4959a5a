"""A registry at an address: several machines at once, crashes, stores that are full, away, or promise too little."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import orjson
import pytest

from export.commands import command
from export.registry import EntryError, Registry, RegistryError, open_registry
from export.registry.cache import EntryCache
from export.registry.remote import RemoteRegistry
from pandian.errors import SettingError
from pandian.settings import Settings
from streams import cli
from tests.export import hostile
from tests.export.registry.conftest import remote
from tests.support.objects import PREFIX, Objects, store

PROMOTE = """if True:
    import sys
    from pathlib import Path
    import tests.support.objects
    from export.registry.remote import RemoteRegistry
    registry = RemoteRegistry(sys.argv[1], Path(sys.argv[2]))
    versions = [entry.version for entry in registry.entries()]
    registry.entry("popularity", versions[0]), registry.entry("popularity", versions[1])
    print("ready", flush=True)
    for number in range(int(sys.argv[3])):
        registry.promote("popularity", versions[number % 2], by=sys.argv[4], why=str(number))
        assert registry.champion() is not None
"""


@pytest.fixture
def kept(tmp_path):
    """An empty registry in a store of objects."""
    return remote(f"{PREFIX}{tmp_path}/registry", tmp_path)


@pytest.fixture
def two(kept, first_entry, second_entry):
    """A registry of two versions."""
    kept.registry.add(first_entry.path)
    kept.registry.add(second_entry.path)
    return kept


def start(kept, tmp_path, times, by):
    arguments = [f"{PREFIX}{kept.root}", str(tmp_path / f"cache-{by}"), str(times), by]
    return subprocess.Popen([sys.executable, "-c", PROMOTE, *arguments], stdout=subprocess.PIPE, text=True)


def check_chain(kept):
    """Follow all changes: each must begin where the one before it ended, and none may be missing."""
    names = [name for name in kept.files() if name.startswith("changes/0")]
    assert names == [f"changes/{number:08}.json" for number in range(1, len(names) + 1)]
    champion = None
    for line in kept.audit():
        if line["what"] != "add":
            assert line["champion_before"] == champion
            champion = {"model": line["model"], "version": line["version"]}
    return champion


def test_promotions_of_several_machines_come_one_after_the_other(two, tmp_path):
    workers = [start(two, tmp_path, 12, f"worker-{number}") for number in range(2)]
    for worker in workers:
        assert worker.stdout.readline() == "ready\n"
    watching, seen = two.again(), 0
    while any(worker.poll() is None for worker in workers):
        watching.champion()  # never half-written
        seen += 1
    assert [worker.wait() for worker in workers] == [0, 0]
    assert seen > 10
    last = check_chain(two)
    for registry in (watching, two.again()):
        assert {"model": "popularity", "version": registry.champion().version} == last
    promoted = [line for line in two.audit() if line["what"] == "promote"]
    assert {line["by"] for line in promoted} == {"worker-0", "worker-1"}


def test_a_machine_that_dies_leaves_all_or_nothing_of_its_change(two, tmp_path, first_entry):
    worker = start(two, tmp_path, 100_000, "worker")
    assert worker.stdout.readline() == "ready\n"
    time.sleep(0.1)
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    check_chain(two)
    two.registry.promote("popularity", first_entry.version, by="me", why="after a kill")
    assert two.again().champion().version == first_entry.version


def test_the_same_entry_added_by_many_at_once(kept, first_entry):
    with ThreadPoolExecutor(4) as pool:
        added = list(pool.map(lambda _: kept.again().add(first_entry.path), range(4)))
    assert {entry.reference for entry in added} == {first_entry.reference}
    assert [entry.reference for entry in kept.again().entries()] == [first_entry.reference]
    assert kept.again().entry("popularity").files == first_entry.files


def test_two_contents_of_one_version_at_once(kept, first_entry, tmp_path):
    """One of them becomes the entry, or neither: what is there is whole."""
    changed = hostile.copy(first_entry, tmp_path / "changed")
    hostile.forge_card(changed, licence="another")

    def add(folder):
        try:
            return kept.again().add(folder)
        except EntryError as error:
            assert "must be" in str(error)
            return None

    with ThreadPoolExecutor(2) as pool:
        added = list(filter(None, pool.map(add, (first_entry.path, changed))))
    found = kept.again().entries()
    assert len({orjson.dumps(dict(entry.card)) for entry in added}) == len(found) <= 1
    for entry in found:
        assert kept.again().entry(entry.model, entry.version).files == added[0].files


def test_what_an_addition_that_died_left_is_completed(kept, first_entry):
    kept.fs.pipe_file(kept.path(first_entry, "model.onnx"), first_entry.read("model.onnx"))
    assert kept.registry.entries() == []
    assert kept.registry.add(first_entry.path).files == first_entry.files


def test_what_others_left_there_is_not_taken_for_ours(kept, first_entry):
    kept.fs.pipe_file(kept.path(first_entry, "model.onnx"), b"of another model")
    with pytest.raises(EntryError, match=r"model\.onnx: 16 bytes: must be [\d,]+ bytes"):
        kept.registry.add(first_entry.path)
    assert kept.registry.entries() == []
    assert [name for name in kept.files() if name.startswith("changes/0")] == []


def test_a_store_that_is_full_leaves_no_half_of_an_entry(kept, first_entry, second_entry):
    whole = kept.registry.add(first_entry.path)
    for room in (0, 2_000, second_entry.size, second_entry.size + 100):
        with (
            store(room=room),
            pytest.raises(RegistryError, match=r"cannot be used .*No space left on device"),
        ):
            kept.registry.add(second_entry.path)
        assert [entry.version for entry in kept.again().entries()] == [whole.version]
    assert kept.registry.add(second_entry.path).version == second_entry.version
    assert len(kept.again().entries()) == 2


def test_a_store_that_is_full_leaves_the_champion(two, first_entry, second_entry):
    pointer = two.registry.promote("popularity", first_entry.version, by="me", why="")
    with store(room=0):
        with pytest.raises(RegistryError, match="No space left"):
            two.registry.promote("popularity", second_entry.version, by="me", why="")
        with pytest.raises(RegistryError, match="No space left"):
            two.registry.shadow("popularity", second_entry.version, share=0.1, by="me", why="")
    assert two.again().champion() == pointer
    assert two.registry.champion() == pointer
    assert two.again().challenger() is None


def test_a_full_disk_of_this_machine_keeps_no_half_of_an_entry(two, first_entry, tmp_path, small_disk):
    cache = tmp_path / "small"
    registry = RemoteRegistry(f"{PREFIX}{two.root}", cache)
    with small_disk(1_000), pytest.raises(RegistryError, match=r"cannot be written \(File too large\)"):
        registry.entry("popularity", first_entry.version)
    assert [path for path in cache.rglob("*") if path.is_file()] == []
    assert registry.entry("popularity", first_entry.version).files == first_entry.files


def test_a_registry_that_cannot_be_reached(two, first_entry, second_entry):
    two.registry.promote("popularity", first_entry.version, by="me", why="")
    here, elsewhere = two.registry, two.again()
    held = here.entry("popularity", first_entry.version)
    with store(away=True):
        for ask in (here.champion, here.challenger, here.entries, lambda: elsewhere.entry("popularity", "1")):
            with pytest.raises(RegistryError, match=r"cannot be used \(ConnectionRefusedError") as caught:
                ask()
            assert "secret" not in str(caught.value)
        with pytest.raises(RegistryError):
            here.promote("popularity", second_entry.version, by="me", why="")
        # An entry that is on this machine is what it always was.
        assert here.entry("popularity", first_entry.version) == held
        with pytest.raises(RegistryError):
            elsewhere.entry("popularity", first_entry.version)
    assert here.champion().version == first_entry.version


def test_a_store_where_both_of_two_would_succeed_is_refused(tmp_path, first_entry):
    careless = remote(f"{PREFIX}{tmp_path}/careless", tmp_path)
    with store(careless=True), pytest.raises(RegistryError, match="both succeed; use S3"):
        careless.registry.add(first_entry.path)
    # fsspec looks first and writes then, where a store offers no better.
    looks_first = remote(f"file://{tmp_path}/files", tmp_path)
    with pytest.raises(RegistryError, match="both succeed; use S3"):
        looks_first.registry.add(first_entry.path)
    for one in (careless, looks_first):
        assert one.again().entries() == []
        assert one.again().champion() is None


def test_a_change_whose_answer_was_lost_is_done_once(two, first_entry):
    two.registry.promote("popularity", by="me", why="")  # so that the store is known
    with store(forgetful=True):
        pointer = two.registry.promote("popularity", first_entry.version, by="me", why="once")
    assert two.again().champion() == pointer
    assert [line["why"] for line in two.audit()].count("once") == 1


@pytest.mark.parametrize(
    "data", [b"", b"{", b"[]", b'{"champion": {}}', b'{"champion": 7, "challenger": null}']
)
def test_a_change_that_cannot_be_read_is_told(two, first_entry, second_entry, data):
    two.registry.promote("popularity", first_entry.version, by="me", why="")
    spoilt = f"{two.root}/changes/{len(two.audit()) + 1:08}.json"
    two.fs.pipe_file(spoilt, data)
    for registry in (two.registry, two.again()):
        with pytest.raises(
            RegistryError, match=r"changes/00000004\.json: \d+ bytes.*remove it, and do again"
        ):
            registry.champion()
        with pytest.raises(RegistryError):
            registry.promote("popularity", second_entry.version, by="me", why="")
    two.fs.rm_file(spoilt)
    assert two.again().champion().version == first_entry.version


def test_what_is_on_this_machine_is_not_fetched_again(two, second_entry):
    registry = two.again()
    registry.entry("popularity", second_entry.version)
    before = Objects.asked
    entry = registry.entry("popularity", second_entry.version)
    assert Objects.asked - before == 2  # the manifest, and how large its files are
    before = Objects.asked
    registry.champion()
    asked = Objects.asked - before
    registry.champion()
    assert Objects.asked - before - asked == 1  # nothing has happened since
    # What is damaged here is.
    (entry.path / "model.onnx").chmod(0o644)
    (entry.path / "model.onnx").write_bytes(b"short")
    assert registry.entry("popularity", second_entry.version).read("model.onnx") == second_entry.read(
        "model.onnx"
    )


def test_what_was_not_asked_for_is_let_go(two, tmp_path, first_entry, monkeypatch):
    monkeypatch.setattr("export.registry.cache._KEPT", 3)
    cache = EntryCache(tmp_path / "cache")
    long_ago = time.time() - 7200
    for number in range(5):
        folder = tmp_path / "cache" / "popularity" / f"version-{number}"
        shutil.copytree(first_entry.path, folder)
        os.utime(folder, (long_ago + number, long_ago + number))
    draft = tmp_path / "cache" / "popularity" / ".draft"
    draft.mkdir()
    os.utime(draft, (long_ago + 9, long_ago + 9))
    registry = two.again()
    registry._shelf._cache = cache
    registry.entry("popularity", first_entry.version)
    left = sorted(path.name for path in (tmp_path / "cache" / "popularity").iterdir())
    assert first_entry.version in left
    assert "version-4" in left
    assert not {"version-0", "version-1", "version-2", ".draft"} & set(left)


def test_what_was_seen_last_is_remembered(two, tmp_path, first_entry, second_entry, small_disk):
    cache = tmp_path / "here"

    def here():
        return RemoteRegistry(f"{PREFIX}{two.root}", cache)

    two.registry.promote("popularity", first_entry.version, by="me", why="")
    assert here().remembered() is None
    here().champion()
    assert here().remembered() is None  # its files are not here
    kept = here().entry("popularity", first_entry.version)
    assert here().remembered() == kept
    two.registry.promote("popularity", second_entry.version, by="me", why="")
    registry = here()
    with small_disk(20):  # keeps nobody from knowing
        assert registry.champion().version == second_entry.version
    with store(away=True):
        assert here().remembered() == kept
    (newest,) = cache.glob("*/.newest.json")
    newest.write_bytes(b"[]")
    with pytest.raises(RegistryError, match=r"newest\.json"):
        here().remembered()


def test_what_the_settings_name(tmp_path):
    def opened(models):
        return open_registry(Settings(models=models, datadir=tmp_path))

    assert isinstance(opened(str(tmp_path)), Registry)
    assert isinstance(opened(tmp_path), Registry)
    assert opened(f"file://{tmp_path}/models").root == Path(f"{tmp_path}/models")
    found = opened("memory://key:secret@models/shop")
    assert found.address == "memory://models/shop"
    with pytest.raises(SettingError, match=r"PANDIAN_MODELS=nowhere://host/models: is no address of a store"):
        opened("nowhere://key:secret@host/models")


def test_commands_at_an_address(kept, first_entry, second_entry, monkeypatch, capfd, tmp_path):
    monkeypatch.setenv("PANDIAN_MODELS", f"{PREFIX}{kept.root}")
    monkeypatch.setenv("PANDIAN_DATADIR", str(tmp_path / "data"))

    def run(*arguments):
        code = cli.run(["models", *map(str, arguments)])
        return code, *capfd.readouterr()

    assert set(command.commands) >= {"list", "show", "add", "promote", "rollback", "shadow"}
    assert run("add", first_entry.path, "--promote")[0] == 0
    added = orjson.loads(run("add", second_entry.path, "--json")[1])
    assert added["path"] == f"{PREFIX}{kept.root}/entries/popularity/{second_entry.version}"
    assert run("shadow", "popularity", "--share", "0.1")[0] == 0
    listed = orjson.loads(run("list", "--json")[1])
    assert listed["registry"] == f"{PREFIX}{kept.root}"
    assert [(one["version"], one["champion"], one["challenger"]) for one in listed["models"]] == [
        (second_entry.version, False, True),
        (first_entry.version, True, False),
    ]
    assert f"popularity@{second_entry.version}" in run("show", "popularity")[1]
    assert run("promote", "popularity")[0] == 0
    assert run("rollback")[0] == 0
    with store(away=True):
        code, out, err = run("list")
    assert (code, out) == (1, "")
    assert err.startswith(
        f"pandian: the registry {PREFIX}{kept.root}: cannot be used (ConnectionRefusedError"
    )
    assert err.count("\n") == 1
