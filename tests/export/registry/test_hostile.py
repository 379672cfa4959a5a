"""Folders that are no entries, or no longer: each is refused with the file, what was found and what was expected."""

from __future__ import annotations

import os
import shutil

import pytest

from export.registry import Entry, EntryError, NewerEntryError, Registry
from pandian.errors import FormatVersionError
from tests.export import hostile


@pytest.fixture
def folder(first_entry, tmp_path):
    """A copy of an entry to be spoilt."""
    return hostile.copy(first_entry, tmp_path / "entry")


def refused(folder, match, registry_root):
    """Check that an entry is refused in one line, also by the registry, where nothing remains of it."""
    with pytest.raises(EntryError, match=match) as caught:
        Entry.open(folder)
    assert "\n" not in str(caught.value)
    registry = Registry(registry_root)
    with pytest.raises(EntryError, match=match):
        registry.add(folder)
    assert registry.entries() == []
    assert not list(registry_root.rglob("*.onnx"))
    return caught.value


@pytest.mark.parametrize("name", ["model.onnx", "items.txt", "probes.npz", "card.json"])
def test_a_file_that_is_cut_short_changed_or_missing(folder, first_entry, tmp_path, name):
    data = first_entry.read(name)
    (folder / name).write_bytes(data[:-1])
    refused(folder, rf"{name}: {len(data) - 1:,} bytes: must be {len(data):,} bytes", tmp_path / "registry")
    (folder / name).write_bytes(data[: len(data) // 2])
    refused(folder, name, tmp_path / "registry")
    changed = bytearray(data)
    changed[len(data) // 2] ^= 4
    (folder / name).write_bytes(changed)
    expected = first_entry.files[name].sha256[:12]
    refused(folder, rf"{name}: sha256 \w{{12}}…: must be {expected}…", tmp_path / "registry")
    (folder / name).unlink()
    refused(folder, rf"{name}: No such file or directory", tmp_path / "registry")


def test_a_folder_of_something_else(tmp_path):
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "cat.png").write_bytes(b"\x89PNG")
    refused(
        tmp_path / "photos",
        r"manifest\.json: No such file or directory: a model entry has one",
        tmp_path / "r",
    )
    refused(tmp_path / "nowhere", r"manifest\.json", tmp_path / "r")
    refused(tmp_path / "photos" / "cat.png", r"manifest\.json: Not a directory", tmp_path / "r")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "must be JSON"),
        (b"{", "must be JSON"),
        (b"[]", "must be a JSON object"),
        (b"{}", "format None: must be 1"),
        (b'{"format": "1"}', "format '1': must be 1"),
        (b'{"format": true}', "format True: must be 1"),
        (b'{"format": 0}', "format 0: must be 1"),
        (b'{"format": 1}', "model None"),
        (b'{"format": 1, "model": "a", "version": "1"}', r"model\.onnx is not listed"),
        (b'{"format": 1, "model": "a", "version": "1", "files": []}', r"model\.onnx is not listed"),
        (b"\xff\xfe", "must be JSON"),
        (b" " * (2 << 20), "a manifest is short"),
    ],
)
def test_a_manifest_of_something_else(folder, tmp_path, data, said):
    (folder / "manifest.json").write_bytes(data)
    refused(folder, rf"manifest\.json.*{said}", tmp_path / "registry")


@pytest.mark.parametrize("place", ["manifest", "card"])
def test_an_entry_of_a_newer_pandian(folder, tmp_path, place):
    if place == "manifest":
        hostile.manifest(folder, format=2, files=None)
    else:
        hostile.forge_card(folder, format=2)
    error = refused(
        folder, rf"{place}\.json: format 2: this Pandian reads formats up to 1", tmp_path / "registry"
    )
    assert isinstance(error, NewerEntryError)
    assert isinstance(error, FormatVersionError)


@pytest.mark.parametrize(
    "name",
    [
        "../outside",
        "/etc/passwd",
        "a/b",
        "..",
        ".",
        ".hidden",
        "",
        "a\0b",
        "manifest.json",
        "x" * 200,
        "näme",
        "a\nb",
    ],
)
def test_names_that_lead_elsewhere(folder, first_entry, tmp_path, name):
    (tmp_path / "outside").write_bytes(first_entry.read("items.txt"))
    files = hostile.manifest(folder)["files"]
    hostile.manifest(folder, files={**files, name: files["items.txt"]})
    refused(folder, "must be the plain name of a file beside it", tmp_path / "registry")


@pytest.mark.parametrize(
    "listed",
    [
        None,
        1,
        {},
        {"sha256": "0" * 63, "bytes": 1},
        {"sha256": "0" * 64, "bytes": -1},
        {"sha256": "0" * 64, "bytes": 1.0},
    ],
)
def test_a_file_without_its_checksum(folder, tmp_path, listed):
    files = hostile.manifest(folder)["files"]
    hostile.manifest(folder, files={**files, "items.txt": listed})
    refused(folder, r"items\.txt: must be listed with its sha256 and bytes", tmp_path / "registry")


@pytest.mark.parametrize("key", ["model", "version"])
@pytest.mark.parametrize("name", ["../../up", "", "/", "a b", "a\n", None, 7, "live@1", "x" * 65])
def test_names_of_models_and_versions_are_names_of_folders(folder, tmp_path, key, name):
    hostile.manifest(folder, **{key: name})
    refused(folder, rf"manifest\.json: {key}", tmp_path / "registry")


def test_the_name_of_the_workers_own_model_is_taken(folder, tmp_path):
    hostile.manifest(folder, model="live")
    refused(folder, "not 'live'", tmp_path / "registry")


def test_a_card_of_another_entry(folder, other_entry, tmp_path):
    hostile.forge(folder, "card.json", other_entry.read("card.json"))
    refused(folder, r"card\.json: model 'item-to-item': must be 'popularity'", tmp_path / "registry")


def test_links_are_not_followed(folder, first_entry, tmp_path):
    (folder / "items.txt").unlink()
    (folder / "items.txt").symlink_to(first_entry.path / "items.txt")
    refused(folder, r"items\.txt", tmp_path / "registry")


def test_pipes_are_not_waited_for(folder, tmp_path):
    (folder / "items.txt").unlink()
    os.mkfifo(folder / "items.txt")
    refused(folder, r"items\.txt: not a plain file", tmp_path / "registry")
    (folder / "manifest.json").unlink()
    os.mkfifo(folder / "manifest.json")
    refused(folder, r"manifest\.json: not a plain file", tmp_path / "registry")


def test_what_the_manifest_does_not_list_does_not_come_along(folder, tmp_path):
    (folder / "notes.txt").write_text("of nobody's concern")
    entry = Registry(tmp_path / "registry").add(folder)
    assert not (entry.path / "notes.txt").exists()


def test_an_entry_that_stands_in_anothers_place(first_entry, other_entry, tmp_path):
    registry = Registry(tmp_path / "registry")
    kept = registry.add(first_entry.path)
    place = registry.root / "entries" / "popularity" / "20990101-000000-abcdef"
    shutil.copytree(other_entry.path, place)
    with pytest.raises(EntryError, match=r"item-to-item@\S+: must be popularity@20990101-000000-abcdef"):
        registry.entry("popularity", "20990101-000000-abcdef")
    found, wrong = registry.scan()
    assert found == [kept]
    assert len(wrong) == 1
    assert registry.entry("popularity") == kept
