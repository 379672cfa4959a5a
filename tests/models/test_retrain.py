"""Retraining: compared on what neither model has seen, promoted when surely better, told why either way."""

from __future__ import annotations

import numpy as np
import orjson
import pytest

from export.promotion import promote
from export.registry import EntryError, Registry
from models.config import TrainConfig
from models.data.log import InteractionLog
from models.exceptions import DataError
from models.retraining.steps import retrain
from models.training import train
from pandian.events import Feedback, encode
from pandian.settings import Settings
from pandian.topics import FEEDBACK, INTERACTIONS, MODELS
from streams import cli
from tests.support import brokers, entries
from tests.support.processes import free_port
from tests.support.topics import create_topic, produce, read_all

N_ITEMS, N_USERS = 40, 150
#: From here on people do other things than before.
CHANGE = 1_700_000_000_000
HOUR = 3_600_000
CONFIG = TrainConfig(model="item-to-item", max_length=20, threads=1, validation_targets=300, neighbours=10)


def walk(
    users: int, steps: int, start: int, turn: int, seed: int, of: str = "item"
) -> list[tuple[str, str, int]]:
    """Return rows of users who go from one item to another a fixed way further, mostly."""
    random = np.random.default_rng(seed)
    rows = []
    at = random.integers(0, N_ITEMS, users)
    for step in range(steps):
        for user in range(users):
            rows.append((f"user-{user}", f"{of}-{at[user]}", start + step * HOUR + user * 1000))
        away = random.random(users) < 0.2
        at = np.where(away, random.integers(0, N_ITEMS, users), (at * 3 + turn) % N_ITEMS)
    return rows


def log_of(rows: list[tuple[str, str, int]]) -> InteractionLog:
    users, items, times = zip(*rows, strict=True)
    return InteractionLog.of(users, items, times)


OLD = walk(N_USERS, 14, CHANGE - 14 * HOUR, turn=1, seed=1)
NEW = walk(N_USERS, 14, CHANGE, turn=17, seed=2)


@pytest.fixture(scope="module")
def champion_entry(tmp_path_factory):
    """A model that learned until :data:`CHANGE`."""
    return train(log_of(OLD), CONFIG, tmp_path_factory.mktemp("champion") / "entry").entry


@pytest.fixture
def registry(tmp_path):
    return Registry(tmp_path / "registry")


@pytest.fixture
def with_champion(registry, champion_entry):
    registry.add(champion_entry.path)
    registry.promote("item-to-item", by="me", why="first")
    return registry


def audit(registry):
    return [orjson.loads(line) for line in (registry.root / "audit.jsonl").read_bytes().splitlines()]


def test_without_a_champion_what_is_trained_becomes_it(registry):
    found = retrain(log_of(OLD), CONFIG, registry, Settings(), by="Ann")
    assert found.champion is None
    assert found.comparison is None
    assert found.promotion.pointer == registry.champion()
    assert registry.champion().reference == found.challenger.reference
    assert (registry.champion().by, registry.champion().why) == ("Ann", "there is no champion yet")


def test_what_is_surely_better_is_promoted(with_champion, champion_entry):
    found = retrain(log_of(OLD + NEW), CONFIG, with_champion, Settings(), by="Ann")
    assert found.champion.reference == champion_entry.reference
    assert found.comparison.low > 0.05
    assert found.comparison.difference == pytest.approx(
        found.comparison.challenger - found.comparison.champion, abs=1e-12
    )
    assert found.comparison.challenger == pytest.approx(found.trained.card["metrics"]["ndcg@10"])
    assert with_champion.champion().reference == found.challenger.reference
    assert with_champion.champion().previous == champion_entry.reference
    assert found.why.startswith(f"better than {champion_entry.reference}: NDCG@10 ")
    assert with_champion.champion().why == found.why
    assert found.unknown == 0


def test_without_time_to_search_it_begins_with_what_the_champion_chose(registry, champion_entry):
    """A machine that is busy must not make a new model worse than the champion's recipe on newer data."""
    hurried = CONFIG.model_copy(update={"max_seconds": 1e-3})
    without = retrain(log_of(OLD + NEW), hurried, registry, Settings(), dry_run=True)
    chosen = champion_entry.card["settings"]
    assert without.trained.card["settings"] != chosen
    registry.add(champion_entry.path)
    registry.promote("item-to-item", by="me", why="first")
    found = retrain(log_of(OLD + NEW), hurried, registry, Settings())
    assert found.trained.card["settings"] == chosen


def test_what_is_not_is_kept_and_not_promoted(with_champion, champion_entry):
    more = walk(N_USERS, 18, CHANGE - 14 * HOUR, turn=1, seed=1)
    worse = CONFIG.model_copy(update={"model": "popularity"})
    found = retrain(log_of(more), worse, with_champion, Settings())
    assert found.comparison.high < 0
    assert found.promotion is None
    assert found.why.startswith("worse than ")
    assert with_champion.champion().reference == champion_entry.reference
    assert with_champion.entry("popularity") == found.challenger
    assert audit(with_champion)[-1] | {"time": 0} == {
        "time": 0,
        "what": "add",
        "model": "popularity",
        "version": found.challenger.version,
        "champion_before": None,
        "by": audit(with_champion)[-1]["by"],
        "why": found.why,
    }


def test_equal_models_are_not_surely_better(with_champion, champion_entry):
    more = walk(N_USERS, 18, CHANGE - 14 * HOUR, turn=1, seed=1)
    found = retrain(log_of(more), CONFIG, with_champion, Settings())
    assert found.why.startswith("not surely better than ")
    assert "-0.0000" not in found.why
    assert with_champion.champion().reference == champion_entry.reference


def test_the_champion_is_asked_only_for_what_it_has_not_seen(with_champion):
    """Of the newest tenth the champion knows most; only the last hour is news to it."""
    more = walk(N_USERS, 15, CHANGE - 14 * HOUR, turn=1, seed=1)
    found = retrain(log_of(more), CONFIG, with_champion, Settings(), dry_run=True)
    split = found.trained.card["data"]["split"]
    assert CONFIG.train_share + CONFIG.validation_share == pytest.approx(0.9)
    assert len(more) * 0.1 > N_USERS
    assert split["test_from"] == CHANGE
    assert split["test"] == found.comparison.targets == N_USERS


def test_the_challenger_had_not_seen_what_it_is_asked_for(with_champion):
    """What comes after the change comes at its very end: nobody could have learned it before."""
    last = [(user, item, CHANGE + 100 * HOUR) for user, item, _ in walk(N_USERS, 1, 0, turn=0, seed=9)]
    swapped = [
        (user, f"item-{(int(item.split('-')[1]) * 7 + 3) % N_ITEMS}", when) for user, item, when in last
    ]
    found = retrain(log_of(OLD + swapped), CONFIG, with_champion, Settings(), dry_run=True)
    assert found.trained.card["data"]["split"]["test_from"] == CHANGE + 100 * HOUR
    assert found.comparison.challenger < 0.3


def test_nothing_new_is_not_trained_on(with_champion, champion_entry):
    found = retrain(log_of(OLD), CONFIG, with_champion, Settings())
    assert (found.trained, found.challenger, found.promotion) == (None, None, None)
    assert found.why.startswith(f"nothing is newer than what {champion_entry.reference} learned from: 2,100 ")
    assert "2023-11-14" in found.why
    assert with_champion.champion().reference == champion_entry.reference


def test_a_dry_run_leaves_the_registry_as_it_is(with_champion, champion_entry):
    before = sorted(with_champion.root.rglob("*")), audit(with_champion), with_champion.champion()
    found = retrain(log_of(OLD + NEW), CONFIG, with_champion, Settings(), dry_run=True)
    assert found.comparison.better
    assert (found.challenger, found.promotion) == (None, None)
    assert (sorted(with_champion.root.rglob("*")), audit(with_champion), with_champion.champion()) == before


def test_a_champion_of_another_catalogue_misses(with_champion):
    other = walk(N_USERS, 14, CHANGE, turn=17, seed=3, of="thing")
    found = retrain(log_of(other), CONFIG, with_champion, Settings())
    assert found.unknown == 1
    assert found.comparison.champion == 0
    assert "100.0% of them are items that it does not know" in found.why
    assert with_champion.champion().reference == found.challenger.reference


def test_a_champion_that_does_not_say_until_when_it_learned(registry, tmp_path):
    entry = entries.make_entry(tmp_path / "entry", items=[f"item-{number}" for number in range(N_ITEMS)])
    promote(registry, registry.add(entry.path), by="me", why="", settings=Settings())
    found = retrain(log_of(OLD), CONFIG, registry, Settings())
    assert "it may have seen them" in found.why
    assert registry.champion().reference == found.challenger.reference


def test_a_champion_that_is_damaged_is_told_before_anything_is_trained(with_champion, champion_entry):
    path = with_champion.entry("item-to-item").path / "model.onnx"
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:-1])
    told = []
    with pytest.raises(EntryError, match=r"model\.onnx"):
        retrain(
            log_of(OLD + NEW), CONFIG, with_champion, Settings(), progress=lambda *args: told.append(args)
        )
    assert not told
    assert [line["what"] for line in audit(with_champion)] == ["add", "promote"]


def test_a_champion_that_came_meanwhile_stays(with_champion, tmp_path):
    other = entries.make_entry(tmp_path / "entry")

    def meddle(step, _share):
        if step.startswith("asking"):
            with_champion.add(other.path)
            with_champion.promote("popularity", by="Ben", why="in between")

    found = retrain(log_of(OLD + NEW), CONFIG, with_champion, Settings(), progress=meddle)
    assert found.comparison.better
    assert found.promotion is None
    assert found.why.startswith(
        f"{other.reference} became the champion meanwhile: run it again; better than "
    )
    assert with_champion.champion().reference == other.reference
    assert with_champion.entry("item-to-item") == found.challenger


def test_too_little_to_learn_from(registry):
    with pytest.raises(DataError, match="three times or more"):
        retrain(log_of(OLD[:2]), CONFIG, registry, Settings())
    assert registry.entries() == []


@pytest.fixture(scope="module")
def stream():
    """A broker of its own with interactions on it: the name of the topic is given."""
    with brokers.embedded_broker() as broker:
        create_topic(broker.address, INTERACTIONS, 8)
        write(broker.address, OLD + NEW)
        yield broker.address


def write(address, rows):
    records = [
        {"user_id": user, "item_id": item, "action": "view", "time": when, "weight": 0.2}
        for user, item, when in rows
    ]
    produce(address, INTERACTIONS, records, keys=[user.encode() for user, *_ in rows])


@pytest.fixture
def pandian(registry, monkeypatch, capfd):
    """Run ``pandian retrain``; return exit code, stdout and stderr."""
    monkeypatch.setenv("PANDIAN_MODELS", str(registry.root))

    def run(*arguments):
        code = cli.run(["retrain", *map(str, arguments)])
        return code, *capfd.readouterr()

    return run


OPTIONS = ("--model", "item-to-item", "--threads", "1", "--by", "Ann")


def test_from_the_stream_promoted_and_announced(pandian, stream, monkeypatch, with_champion, champion_entry):
    monkeypatch.setenv("PANDIAN_BROKER", stream)
    code, out, err = pandian(*OPTIONS, "--json")
    assert code == 0, err
    assert out.count("\n") == 1
    found = orjson.loads(out)
    assert found["promoted"] is True
    assert found["announced"] is True
    assert found["champion_before"] == {"model": "item-to-item", "version": champion_entry.version}
    assert found["comparison"]["low"] > 0
    assert with_champion.champion().version == found["version"]
    assert with_champion.entry("item-to-item").card["data"]["interactions"] == len(OLD + NEW)
    totals = {
        "records_read": len(OLD + NEW),
        "interactions": len(OLD + NEW),
        "users": N_USERS,
        "items": N_ITEMS,
    }
    assert found["totals"] == {**totals, "seconds": found["seconds"]}
    said = [orjson.loads(record.value) for record in read_all(stream, MODELS)]
    assert (said[-1]["champion"], said[-1]["by"]) == (found["version"], "Ann")
    code, out, _ = pandian(*OPTIONS, "--json")
    again = orjson.loads(out)
    assert code == 0
    assert (again["promoted"], again["model"]) == (False, None)
    assert "nothing is newer" in again["why"]
    assert again["totals"] == {**totals, "seconds": again["seconds"]}


def test_what_people_see(pandian, tmp_path, with_champion, champion_entry):
    def written(name, rows):
        path = tmp_path / name
        path.write_text("user_id,item_id,timestamp\n" + "".join(f"{u},{i},{t}\n" for u, i, t in rows))
        return path

    as_before = written("before.csv", walk(N_USERS, 18, CHANGE - 14 * HOUR, turn=1, seed=1))
    changed = written("changed.csv", OLD + NEW)
    code, out, _ = pandian(changed, *OPTIONS, "--dry-run")
    assert code == 0
    assert f"better than {champion_entry.reference}" in out
    assert "this was a dry run" in out
    rows = f"{len(OLD + NEW):,}"
    total = f"In all: {rows} records read, {rows} interactions kept of {N_USERS} users and {N_ITEMS} items, "
    assert out.splitlines()[-1].startswith(total)
    code, out, _ = pandian(as_before, "--model", "popularity", "--threads", "1")
    assert code == 0
    assert "worse than" in out
    assert "It is in the registry: `pandian models promote popularity@" in out
    assert with_champion.champion().reference == champion_entry.reference
    code, out, _ = pandian(changed, *OPTIONS)
    assert code == 0
    assert "It is the champion of " in out
    again = pandian(changed, *OPTIONS)[1]
    assert again.startswith("Not trained: nothing is newer")
    assert again.splitlines()[-1].startswith(total)


def test_a_stream_without_interactions(pandian, monkeypatch, registry):
    with brokers.embedded_broker() as broker:
        monkeypatch.setenv("PANDIAN_BROKER", broker.address)
        code, out, err = pandian("--json")
        assert (code, out) == (1, "")
        assert "pandian.interactions: no such topic" in err
        create_topic(broker.address, INTERACTIONS, 8)
        code, out, err = pandian("--json")
        assert (code, out) == (1, "")
        assert "pandian.interactions: 0 records" in err
    assert registry.entries() == []


def test_wrong_calls(pandian, monkeypatch):
    assert pandian("nowhere.csv")[0] == 2
    assert pandian("--epochs", "0")[0] == 2
    for seconds in ("0", "-1", "nan"):
        code, _, err = pandian("--max-seconds", seconds)
        assert (code, "Invalid value for '--max-seconds'" in err) == (2, True)
    code, _, err = pandian("--json")
    assert code == 2
    assert "PANDIAN_BROKER" in err


def test_without_the_broker_that_was_named(pandian, monkeypatch):
    monkeypatch.setattr("pandian.kafka_client.CONNECT_MS", 300)
    monkeypatch.setenv("PANDIAN_BROKER", f"127.0.0.1:{free_port()}")
    code, _, err = pandian()
    assert code == 1
    assert "a Kafka broker must answer there" in err


def test_calibration_by_the_labels_on_the_broker(pandian, stream, monkeypatch, with_champion, champion_entry):
    monkeypatch.setenv("PANDIAN_BROKER", stream)
    code, out, _ = pandian("--calibration")
    assert (code, "Not calibrated: of what it showed there are fewer than 200 labels" in out) == (0, True)
    of = champion_entry.model, champion_entry.version
    shown = (
        Feedback(f"i{n}", f"u{n % 50}", "item-1", n % 10 == 0, None, 0.4, *of, CHANGE + n, CHANGE + n)
        for n in range(4_000)
    )
    create_topic(stream, FEEDBACK, 2)
    produce(stream, FEEDBACK, map(encode, shown))
    code, out, _ = pandian("--calibration", "--by", "Ann", "--json")
    found = orjson.loads(out)
    assert (code, found["promoted"], found["model"]) == (0, True, champion_entry.model)
    assert found["version"] == with_champion.champion().version != champion_entry.version
    assert "4,000 labels, 0.25 times as many of them acted on as it said, are surely better" in found["why"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("rows.csv",), "leave out the source"),
        (("--listen",), "is done at once"),
        (("--every", "3"), "is done at once"),
        (("--dry-run",), "is done at once"),
        (("--shadow", "3"), "is done at once"),
        ((), "there is none"),
    ],
)
def test_calibration_is_of_a_champion_by_labels_and_at_once(pandian, monkeypatch, tmp_path, arguments, said):
    monkeypatch.setenv("PANDIAN_BROKER", "127.0.0.1:1")
    monkeypatch.setenv("PANDIAN_MODELS", str(tmp_path / "registry"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rows.csv").touch()
    code, out, err = pandian("--calibration", *arguments)
    assert (code, out) == (2, "")
    assert said in err
