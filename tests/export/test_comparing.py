"""``pandian models compare`` on labels of a real broker: what it says, and when it promotes."""

from __future__ import annotations

import time

import orjson
import pytest

from export.comparing import Pair, weigh
from export.registry import Registry
from pandian.settings import load_settings
from pandian.topics import FEEDBACK
from streams import cli
from tests.support.labelled import shadowed
from tests.support.topics import create_topic, produce, topics


@pytest.fixture
def registry(tmp_path, monkeypatch):
    monkeypatch.setenv("PANDIAN_MODELS", str(tmp_path / "registry"))
    return Registry(tmp_path / "registry")


@pytest.fixture
def compare(registry, capfd):
    def run(*arguments):
        code = cli.run(["models", "compare", *map(str, arguments)])
        return code, *capfd.readouterr()

    return run


@pytest.fixture
def labels(broker, monkeypatch):
    """Write labels to the broker that the command reads."""
    monkeypatch.setenv("PANDIAN_BROKER", broker.address)
    monkeypatch.setenv("PANDIAN_PROMOTE_LABELS", "1000")
    if FEEDBACK not in topics(broker.address):
        create_topic(broker.address, FEEDBACK, 2)
    return lambda values: produce(broker.address, FEEDBACK, values)


def test_a_challenger_is_promoted_when_the_evidence_is_there(
    compare, registry, labels, first_entry, second_entry
):
    for entry in (first_entry, second_entry):
        registry.add(entry.path)
    registry.promote(first_entry.model, first_entry.version, by="Ann", why="")
    pair = (str(first_entry.reference), str(second_entry.reference))
    labels(list(shadowed(*pair, 400, better=0.8)))
    code, out, err = compare(*pair, "--promote", "--json")
    early = orjson.loads(out)
    assert (code, err) == (0, "")
    assert (early["promoted"], early["verdict"]["outcome"], early["verdict"]["needed"]) == (
        False,
        "undecided",
        600,
    )
    assert early["why"] == early["verdict"]["text"]
    assert registry.champion().reference == first_entry.reference
    labels(list(shadowed(*pair, 3_600, better=0.8, seed=2, first=400)))
    code, out, err = compare(pair[1], "--promote", "--by", "cron", "--json")
    found = orjson.loads(out)
    assert (code, err, found["promoted"], found["announced"]) == (0, "", True, True)
    assert (found["labels"]["paired"], found["verdict"]["by"]) == (4_000, "auc")
    champion = registry.champion()
    assert (champion.reference, champion.by) == (second_entry.reference, "cron")
    assert champion.why == found["why"]
    assert "on 4,000 labels" in champion.why
    # Again: the champion is another one by now, so nothing happens, and it says so.
    again = orjson.loads(compare(*pair, "--promote", "--json")[1])
    assert (again["promoted"], again["verdict"]["outcome"]) == (False, "better")
    assert again["why"].startswith(f"{pair[1]} is the champion, not {pair[0]}")
    _, out, _ = compare(*pair)
    assert "AUC" in out
    assert "4,000" in out


def test_it_looks_again_until_something_is_decided(compare, labels, unique, monkeypatch):
    pair = (f"{unique('c')}@1", f"{unique('c')}@2")
    labels(list(shadowed(*pair, 100)))
    looks = []

    def sleep(seconds):
        looks.append(seconds)
        assert len(looks) < 9
        if len(looks) == 2:
            labels(list(shadowed(*pair, 4_000, better=-1.5, seed=3, first=100)))

    monkeypatch.setattr("export.compare_command.sleep", sleep)
    code, out, err = compare(*pair, "--every", 5, "--promote", "--json")
    assert (code, looks) == (0, [5.0, 5.0])
    assert err.count("\n") == 1  # what stays as it was is said once
    assert "too few labels" in err
    found = orjson.loads(out)
    assert (found["verdict"]["outcome"], found["promoted"]) == ("worse", False)


def test_the_registry_says_which_two_and_since_when(compare, registry, labels, first_entry, other_entry):
    for entry in (first_entry, other_entry):
        registry.add(entry.path)
    registry.promote(first_entry.model, first_entry.version, by="Ann", why="")
    pair = (str(first_entry.reference), str(other_entry.reference))
    labels(list(shadowed(*pair, 30)))
    time.sleep(0.01)
    named = registry.shadow(other_entry.model, other_entry.version, share=0.25, by="Ann", why="")
    labels(list(shadowed(*pair, 20, first=100)))
    code, out, err = compare("--json")
    found = orjson.loads(out)
    assert (code, err) == (0, "")
    assert (found["champion"], found["challenger"]) == pair
    assert (found["since"], found["share"], found["labels"]["paired"]) == (named.time, 0.25, 20)


def test_bad_names_are_one_line(compare, registry, first_entry):
    def complaint(*names):
        code, out, err = compare(*names)
        assert (code, out, err.count("\n")) == (2, "", 1)
        return err

    assert "no champion to compare with" in complaint()
    assert "no model of" in complaint("a", "b")
    assert "two models at most" in complaint("a", "b", "c")
    assert "the champion itself" in complaint("a@1", "a@1")
    registry.add(first_entry.path)
    registry.promote(first_entry.model, first_entry.version, by="", why="")
    assert "no challenger" in complaint()
    assert "the champion itself" in complaint(first_entry.model)
    assert "PANDIAN_BROKER" in complaint("a@1", "a@2")


def test_labels_from_before_the_experiment_do_not_count(registry, labels, unique):
    """The registry says since when; labels that the broker had before are not read."""
    pair = (f"{unique('a')}@1", f"{unique('a')}@2")
    labels(list(shadowed(*pair, 30)))
    time.sleep(0.01)
    since = time.time_ns() // 1_000_000
    labels(list(shadowed(*pair, 20, first=100)))
    for begin, expected in ((0, 50), (since, 20), (since + 3_600_000, 0)):
        found = weigh(registry, load_settings(), Pair(*pair, begin))
        assert found.compared.labels["paired"] == expected
