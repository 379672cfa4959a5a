"""``pandian models``: what people and scripts see of the registry."""

from __future__ import annotations

import click
import orjson
import pytest

from export.commands import command
from export.registry import Registry
from pandian import kafka_client
from pandian.topics import MODELS
from streams import cli
from tests.export import hostile
from tests.support.processes import free_port
from tests.support.topics import read_all


@pytest.fixture
def registry(tmp_path, monkeypatch):
    monkeypatch.setenv("PANDIAN_MODELS", str(tmp_path / "registry"))
    return Registry(tmp_path / "registry")


@pytest.fixture
def models(registry, capfd):
    """Run ``pandian models``; return exit code, stdout and stderr."""

    def run(*arguments):
        code = cli.run(["models", *map(str, arguments)])
        return code, *capfd.readouterr()

    return run


def document(result):
    code, out, err = result
    assert (code, err) == (0, "")
    assert out.count("\n") == 1
    return orjson.loads(out)


def complaint(result, code=2):
    assert result[0] == code
    assert result[1] == ""
    assert result[2].startswith("pandian: ")
    assert result[2].count("\n") == 1
    return result[2]


def test_every_verb_has_help_with_an_example(models):
    assert set(command.commands) == {"list", "show", "add", "promote", "rollback", "shadow", "compare"}
    for verb in ((), *((name,) for name in command.commands)):
        code, out, err = models(*verb, "--help")
        assert (code, err) == (0, "")
        assert "Example: pandian models" in out
    assert isinstance(command, click.Group)
    assert models()[1] == models("--help")[1]


def test_an_empty_registry(models, registry):
    assert document(models("list", "--json")) == {
        "registry": str(registry.root),
        "champion": None,
        "challenger": None,
        "models": [],
        "damaged": [],
    }
    assert "pandian models add" in models("list")[1]
    assert "no champion to show" in complaint(models("show"))
    assert "there is none" in complaint(models("rollback"))
    assert "there is none" in complaint(models("shadow", "--stop"))
    assert "'sasrec'" in complaint(models("promote", "sasrec"))
    assert "'sasrec@1'" in complaint(models("show", "sasrec@1"))


def test_add_and_promote(models, registry, first_entry):
    added = document(models("add", first_entry.path, "--json"))
    kept = registry.entry("popularity")
    assert added == {"model": "popularity", "version": first_entry.version, "path": str(kept.path)}
    assert registry.champion() is None
    assert document(models("add", first_entry.path, "--json")) == added
    promoted = document(models("add", first_entry.path, "--promote", "--by", "Ann", "--why", "try", "--json"))
    champion = registry.champion()
    assert (champion.reference, champion.by, champion.why) == (first_entry.reference, "Ann", "try")
    assert promoted["champion"]["version"] == first_entry.version
    assert promoted["announced"] is None


def test_promote_and_roll_back_by_name(models, registry, first_entry, second_entry):
    for entry in (first_entry, second_entry):
        models("add", entry.path)
    assert models("promote", f"popularity@{first_entry.version}")[1] == (
        f"popularity@{first_entry.version} is the champion\n"
    )
    assert models("promote", "popularity", "--why", "newer")[1] == (
        f"popularity@{second_entry.version} is the champion (before: popularity@{first_entry.version})\n"
    )
    assert registry.champion().by != ""
    back = document(models("rollback", "--json"))
    assert back["champion"]["version"] == registry.champion().version == first_entry.version
    assert "there is none" in complaint(models("rollback"))


def test_the_list_marks_the_champion(models, first_entry, other_entry):
    models("add", first_entry.path)
    models("add", other_entry.path, "--promote")
    code, out, err = models("list")
    assert (code, err) == (0, "")
    lines = {line.lstrip("★ ").split()[0]: line for line in out.splitlines()}
    assert lines["item-to-item"].startswith("★")
    assert lines["popularity"].startswith(" ")
    assert first_entry.version in lines["popularity"]
    assert "0.1230" in lines["popularity"]
    found = document(models("list", "--json"))
    assert [(entry["model"], entry["champion"]) for entry in found["models"]] == [
        ("item-to-item", True),
        ("popularity", False),
    ]
    assert found["models"][1]["metrics"] == {"ndcg@10": 0.123, "hr@10": 0.25}
    assert found["champion"]["model"] == "item-to-item"


def test_a_model_is_tried_out(models, registry, first_entry, second_entry):
    models("add", first_entry.path, "--promote")
    models("add", second_entry.path)
    name = f"popularity@{second_entry.version}"
    assert (
        models("shadow", "popularity")[1]
        == f"{name} is the challenger: nobody gets it, it scores what others get\n"
    )
    assert (
        models("shadow", name, "--share", "0.25")[1]
        == f"{name} is the challenger: 0.25 of the users get it\n"
    )
    named = document(models("shadow", name, "--share", ".5", "--by", "Ann", "--why", "try", "--json"))
    challenger = registry.challenger()
    assert (challenger.version, challenger.share, challenger.by, challenger.why) == (
        second_entry.version,
        0.5,
        "Ann",
        "try",
    )
    assert (named["challenger"]["share"], named["announced"], named["ended"]) == (0.5, None, None)
    lines = {line.split()[2]: line for line in models("list")[1].splitlines() if line[0] in "★☆"}
    assert {version: line[0] for version, line in lines.items()} == {
        first_entry.version: "★",
        second_entry.version: "☆",
    }
    assert "0.5 of the users, since 20" in models("show", name)[1]
    found = document(models("list", "--json"))
    assert found["challenger"]["version"] == second_entry.version
    assert [(one["champion"], one["challenger"]) for one in found["models"]] == [(False, True), (True, False)]
    assert models("shadow", "--stop")[1] == f"{name} is no challenger any more\n"
    assert registry.challenger() is None


def test_a_shadow_ends_with_the_promotion_of_what_was_tried_out(models, registry, first_entry, second_entry):
    models("add", first_entry.path, "--promote")
    models("add", second_entry.path)
    models("shadow", "popularity", "--share", "1")
    models("promote", "popularity")
    assert registry.champion().version == second_entry.version
    assert document(models("list", "--json"))["challenger"] is None


@pytest.mark.parametrize(
    "arguments", [(), ("popularity", "--stop"), ("--stop", "--share", "0.1"), ("popularity", "--share", "2")]
)
def test_how_nothing_is_tried_out(models, registry, first_entry, second_entry, arguments):
    models("add", first_entry.path, "--promote")
    models("add", second_entry.path)
    assert models("shadow", *arguments)[0] == 2
    assert registry.challenger() is None


def test_what_does_not_reproduce_its_probes_is_not_tried_out(
    models, registry, first_entry, second_entry, tmp_path
):
    models("add", first_entry.path, "--promote")
    folder = hostile.copy(second_entry, tmp_path / "entry")
    hostile.forge(folder, "model.onnx", hostile.perturbed(second_entry.read("model.onnx"), 0.5))
    registry.add(folder)
    assert "logits off by" in complaint(models("shadow", "popularity"), 1)
    assert registry.challenger() is None


def test_the_card_can_be_read(models, first_entry):
    models("add", first_entry.path, "--promote", "--why", "it is [bold]new[/]")
    code, out, err = models("show")
    assert (code, err) == (0, "")
    for said in (
        f"popularity@{first_entry.version}",
        "it is [bold]new[/]",
        "are not recommended again",
        "0.1230",
        "ndcg@10",
        "sigmoid(0.5 · logit -2)",
    ):
        assert said in out
    shown = document(models("show", "popularity", "--json"))
    assert shown["card"] == first_entry.card
    assert set(shown["files"]) == set(first_entry.files)


def test_what_a_card_says_cannot_speak_to_the_terminal(models, first_entry, tmp_path):
    folder = hostile.copy(first_entry, tmp_path / "entry")
    hostile.forge_card(
        folder,
        licence="\x1b[2J\x07free",
        config={"a": 1},
        data={"interactions": 5, "users": "\x1b", "first": 1_600_000_000_000, "last": None},
        reference_auc={"value": 0.75, "low": 0.7, "high": 0.8},
        baselines={"popularity": {"ndcg@10": 0.1}, "\x1b[0m": {}},
    )
    models("add", folder)
    code, out, _ = models("show", "popularity")
    assert code == 0
    assert "\x1b" not in out
    assert "\x07" not in out
    assert "0.7500 (0.7000 to 0.8000)" in out
    assert "2020-09-13 12:26" in out


def test_what_is_damaged_is_told_and_the_rest_shown(models, registry, first_entry, second_entry):
    models("add", first_entry.path)
    models("add", second_entry.path)
    (registry.entry("popularity").path / "card.json").unlink()
    code, out, err = models("list", "--json")
    assert code == 0
    found = orjson.loads(out)
    assert [entry["version"] for entry in found["models"]] == [first_entry.version]
    assert "card.json" in found["damaged"][0]
    assert err.startswith("pandian: left out: ")


def test_what_is_no_entry_is_refused(models, registry, first_entry, tmp_path):
    assert "manifest.json" in complaint(models("add", tmp_path), 1)
    folder = hostile.copy(first_entry, tmp_path / "entry")
    (folder / "model.onnx").write_bytes((folder / "model.onnx").read_bytes()[:100])
    assert "model.onnx: 100 bytes" in complaint(models("add", folder, "--promote"), 1)
    hostile.forge(folder, "model.onnx", hostile.perturbed(first_entry.read("model.onnx"), 0.5))
    assert "logits off by 0.5" in complaint(models("add", folder, "--promote"), 1)
    assert registry.entries() == []
    assert registry.champion() is None


def test_a_promotion_is_announced(models, monkeypatch, embedded_broker, first_entry, other_entry):
    monkeypatch.setenv("PANDIAN_BROKER", embedded_broker.address)
    models("add", first_entry.path)
    assert document(models("promote", "popularity", "--by", "Ann", "--why", "first", "--json"))["announced"]
    promoted = document(models("add", other_entry.path, "--promote", "--by", "Ben", "--json"))
    assert promoted["announced"] is True
    records = [
        (record.key.decode(), orjson.loads(record.value))
        for record in read_all(embedded_broker.address, MODELS)
    ]
    first, *rest = [(key, said) for key, said in records if said["by"] in ("Ann", "Ben")]
    assert first[0] == "popularity"
    assert first[1]["model"] == "popularity"
    assert (first[1]["champion"], first[1]["why"]) == (first_entry.version, "first")
    assert {(key, said["champion"]) for key, said in rest} == {
        ("popularity", None),
        ("item-to-item", other_entry.version),
    }
    assert {said["time"] for _, said in rest} == {promoted["champion"]["time"]}
    assert all(said["challenger"] is None and said["share"] == 0 for _, said in records)


def test_a_challenger_is_announced(
    models, monkeypatch, embedded_broker, first_entry, second_entry, other_entry
):
    monkeypatch.setenv("PANDIAN_BROKER", embedded_broker.address)
    for entry in (first_entry, second_entry, other_entry):
        models("add", entry.path)
    who = ("--by", "Dora", "--why", "try")
    models("promote", f"popularity@{first_entry.version}", *who)

    def latest():
        """Return what whoever keeps the newest record of each key knows."""
        records = read_all(embedded_broker.address, MODELS)
        return {record.key.decode(): orjson.loads(record.value) for record in records}

    named = document(models("shadow", "item-to-item", "--share", "0.1", *who, "--json"))
    assert named["announced"] is True
    assert latest() == {
        "popularity": {
            "model": "popularity",
            "champion": first_entry.version,
            "challenger": None,
            "share": 0.0,
            "time": named["challenger"]["time"],
            "by": "Dora",
            "why": "try",
        },
        "item-to-item": {
            "model": "item-to-item",
            "champion": None,
            "challenger": other_entry.version,
            "share": 0.1,
            "time": named["challenger"]["time"],
            "by": "Dora",
            "why": "try",
        },
    }
    models("shadow", f"popularity@{second_entry.version}", "--share", "0.2", *who)
    both = latest()
    assert (both["popularity"]["champion"], both["popularity"]["challenger"]) == (
        first_entry.version,
        second_entry.version,
    )
    assert (both["popularity"]["share"], both["item-to-item"]["challenger"]) == (0.2, None)
    ended = document(models("shadow", "--stop", *who, "--json"))
    assert (ended["ended"]["version"], ended["challenger"], ended["announced"]) == (
        second_entry.version,
        None,
        True,
    )
    assert {one["challenger"] for one in latest().values()} == {None}
    models("shadow", f"popularity@{second_entry.version}", *who)
    models("promote", f"popularity@{second_entry.version}", *who)
    assert (latest()["popularity"]["champion"], latest()["popularity"]["challenger"]) == (
        second_entry.version,
        None,
    )


def test_without_the_broker_the_pointer_is_set_all_the_same(models, registry, monkeypatch, first_entry):
    monkeypatch.setattr(kafka_client, "CONNECT_MS", 300)
    monkeypatch.setenv("PANDIAN_BROKER", f"127.0.0.1:{free_port()}")
    code, out, err = models("add", first_entry.path, "--promote", "--json")
    assert code == 0
    assert orjson.loads(out)["announced"] is False
    assert err.startswith("pandian: the pointer is set, but could not be announced")
    assert err.count("\n") == 1
    assert registry.champion().version == first_entry.version
