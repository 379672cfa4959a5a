"""A model that knows hardly anything of what people do now does not get to answer unnoticed."""

from __future__ import annotations

import orjson
import pytest

from export import known
from export.registry import Reference, Registry, StrangeModelError
from pandian.settings import Settings
from streams import cli
from tests.support.topics import create_topic, produce


@pytest.fixture
def stream(embedded_broker, unique, monkeypatch):
    """Write interactions: how many of each item."""
    topic = unique("interactions")
    create_topic(embedded_broker.address, topic, 2)
    monkeypatch.setattr(known, "INTERACTIONS", topic)
    monkeypatch.setenv("PANDIAN_BROKER", embedded_broker.address)

    def write(**items):
        for partition, (item, count) in enumerate(items.items()):
            told = {"user_id": "u", "item_id": item, "action": "view", "time": 1}
            produce(embedded_broker.address, topic, [told] * count, partition=partition % 2)

    write.settings = Settings(broker=embedded_broker.address)
    write.topic = topic
    return write


@pytest.fixture
def models(tmp_path, monkeypatch, capfd, first_entry):
    """Run ``pandian models`` on a registry with one model; return exit code, stdout and stderr."""
    monkeypatch.setenv("PANDIAN_MODELS", str(tmp_path / "registry"))
    Registry(tmp_path / "registry").add(first_entry.path)

    def run(*arguments):
        code = cli.run(["models", *map(str, arguments)])
        return code, *capfd.readouterr()

    return run


def test_the_share_is_of_the_newest_positive_interactions(stream, embedded_broker, monkeypatch):
    assert known.known_share({"a"}, stream.settings) is None  # nothing is there
    stream(a=90, b=30)
    others = [b"{", b"[]", None, {"item_id": "a"}, {"item_id": "a", "action": "refund"}]
    produce(embedded_broker.address, stream.topic, others, partition=0)
    assert known.known_share({"a"}, stream.settings) == known.Known(0.75, 120)
    stream(c=100, d=100)
    monkeypatch.setattr(known, "_NEWEST", 20)
    assert (
        known.known_share({"c", "d"}, stream.settings).share > 0.85
    )  # 100 of each, and a little from before
    monkeypatch.delenv("PANDIAN_BROKER")
    assert known.known_share({"a"}, Settings()) is None


def test_a_model_that_knows_nothing_of_it_is_refused_without_force(stream, models, tmp_path, first_entry):
    stream(unheard=150)
    code, out, err = models("promote", "popularity")
    assert (code, out) == (2, "")
    assert "knows the items of 0.0% of the newest 150 interactions" in err
    assert "--force" in err
    assert models("add", first_entry.path, "--promote")[0] == 2
    assert Registry(tmp_path / "registry").champion() is None
    code, out, err = models("promote", "popularity", "--force", "--json")
    assert code == 0
    assert orjson.loads(out)["known"] == {"share": 0.0, "interactions": 150}
    assert "knows the items of 0.0% of the newest 150 interactions" in err
    assert Registry(tmp_path / "registry").champion().reference == first_entry.reference


def test_one_that_knows_half_of_it_is_warned_of_and_one_that_knows_it_is_not(stream, models, first_entry):
    item = orjson.loads(first_entry.read("items.txt").splitlines()[0])
    stream(**{item: 75, "unheard": 75})
    code, out, err = models("promote", "popularity")
    assert (code, out) == (0, f"popularity@{first_entry.version} is the champion\n")
    assert "knows the items of 50.0% of the newest 150 interactions: the live baselines answer" in err
    stream(**{item: 1_000})
    assert models("promote", "popularity")[2] == ""


def test_few_interactions_say_nothing(stream, models):
    stream(unheard=99)
    code, out, err = models("promote", "popularity", "--json")
    assert (code, err, orjson.loads(out)["known"]) == (0, "", None)


@pytest.mark.parametrize(("share", "refused"), [(0.0, True), (0.0999, True), (0.1, False), (1.0, False)])
def test_where_it_is_refused(share, refused):
    try:
        known.check_known(Reference("sasrec", "1"), known.Known(share, 1_000))
    except StrangeModelError:
        assert refused
    else:
        assert not refused
