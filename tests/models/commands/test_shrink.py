"""``pandian shrink`` at the command line."""

from __future__ import annotations

import orjson
import pytest
from click.testing import CliRunner

from export.registry import Entry
from streams.cli import cli
from tests.support import entries
from tests.support.interactions import HOUR, START, chains, write_csv


@pytest.fixture(scope="module")
def entry(tmp_path_factory):
    items = [f"i{number}" for number in range(600)]
    return entries.make_entry(tmp_path_factory.mktemp("whole") / "entry", items=items)


@pytest.fixture
def pandian(tmp_path, monkeypatch):
    monkeypatch.setenv("PANDIAN_MODELS", str(tmp_path / "models"))
    monkeypatch.chdir(tmp_path)
    write_csv(tmp_path / "test.csv", chains(users=60, steps=4))
    return lambda *arguments: CliRunner().invoke(cli, arguments)


def test_a_smaller_model_is_written(entry, pandian, tmp_path):
    found = pandian("shrink", str(entry.path), "test.csv", "--out", "small", "--json")
    assert found.exit_code == 0, found.output
    document = orjson.loads(found.stdout)
    small = Entry.open(tmp_path / "small")
    assert document["precision"] == small.card["precision"] == "int8"
    assert document["version"] == small.version
    assert document["targets"] == 60
    assert document["bytes"] == small.card["shrunk"]["bytes"]
    shown = pandian("shrink", str(entry.path), "test.csv", "--out", "half", "--to", "float16")
    assert "times as small" in shown.output
    assert "Next: pandian models add half --promote" in shown.output


def test_items_that_are_dead_are_left_out(entry, pandian, tmp_path):
    """Of 600 items 30 are in the last days of the file, and one that nobody wants next is gone."""
    (tmp_path / "items.jsonl").write_text('{"item_id": "i599", "available": false}\n{"item_id": "i4"}\n')
    write_csv(tmp_path / "test.csv", [*chains(users=60, steps=4), ("old", "i100", START - 100 * 24 * HOUR)])
    arguments = (
        str(entry.path),
        "test.csv",
        "--to",
        "float32",
        "--untouched-days",
        "30",
        "--items",
        "items.jsonl",
    )
    found = pandian("shrink", *arguments, "--out", "small")
    assert found.exit_code == 0, found.output
    pruned = Entry.open(tmp_path / "small").card["pruned"]
    assert (pruned["items"], pruned["of"], pruned["untouched"], pruned["gone"]) == (570, 600, 570, 1)
    assert "570 of 600 items left out: 570 untouched, 1 gone" in found.output
    assert pandian("models", "add", "small").exit_code == 0
    shown = pandian("models", "show", "popularity").output
    assert "float32: graph" in shown
    assert "570 items (570 untouched, 1 gone)" in shown


def test_what_cannot_be_done_is_one_line(entry, pandian, tmp_path):
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "file").write_text("")
    write_csv(tmp_path / "one.csv", [("u", "i1", 1), ("v", "i2", 2)])
    for arguments, said in (
        ((str(entry.path), "test.csv", "--out", "there"), "is there already"),
        ((str(entry.path), "one.csv", "--out", "small"), "two rows or more"),
        (("nothing", "test.csv", "--out", "small"), "nothing"),
    ):
        found = pandian("shrink", *arguments)
        assert found.exit_code in (1, 2)
        assert said in found.output
    assert not (tmp_path / "small").exists()
