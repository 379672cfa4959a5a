"""From interactions to an entry that is served: chosen, tested, exported, in time."""

import numpy as np
import pyarrow as pa
import pytest
import torch

from export.registry import Entry, RegistryError
from export.runtime import OnnxModel
from models.base import Run, scorer
from models.config import TrainConfig
from models.data.shown import ShownItems
from models.data.split import split_by_time
from models.entries import rank_entry
from models.evaluation import metrics, rank
from models.exceptions import DataError
from models.item_to_item import ItemToItem
from models.kinds import TRIED
from models.sasrec.settings import SasrecSettings
from models.training import train
from tests.support.interactions import HOUR, START, baskets, chains, log_of

CONFIG = TrainConfig(
    max_length=12,
    licence="CC BY 4.0",
    threads=1,
    sasrec=SasrecSettings(size=16, epochs=3, batch_rows=256, warmup_steps=5),
)


@pytest.fixture(scope="module")
def log():
    return log_of(chains())


@pytest.fixture(scope="module")
def trained(log, tmp_path_factory):
    steps = []
    found = train(
        log, CONFIG, tmp_path_factory.mktemp("trained") / "model", progress=lambda *step: steps.append(step)
    )
    assert all(0 <= share <= 1.01 for _, share in steps)
    assert {"item-to-item", "sasrec", "comparing", "exporting"} <= {step for step, _ in steps}
    return found


def test_the_best_in_validation_is_what_is_served(trained):
    validation = trained.validation
    alone = max((kind.kind for kind in TRIED), key=lambda kind: validation[kind]["ndcg@10"])
    assert set(validation) == {*(kind.kind for kind in TRIED), "blend"}
    assert trained.entry.model in (alone, "blend")
    assert trained.card["metrics"]["ndcg@10"] > 1.3 * trained.card["baselines"]["popularity"]["ndcg@10"]


def test_the_card_says_all_there_is_to_know(trained, log):
    card = trained.card
    assert card["data"]["fingerprint"] == log.fingerprint
    assert (card["data"]["interactions"], card["data"]["items"]) == (len(log), log.n_items)
    assert card["data"]["split"]["test_targets"] == len(trained.test) == len(trained.ranks)
    assert set(card["baselines"]) == {"popularity", "item-to-item"}
    assert card["config"]["sasrec"]["size"] == 16
    assert card["parity"]["largest"] < 1e-4
    assert card["reference_auc"]["low"] < card["reference_auc"]["value"] < card["reference_auc"]["high"]
    assert 0.55 < card["reference_auc"]["value"] <= 1
    assert card["metrics"] == pytest.approx(metrics(trained.ranks, CONFIG.ks))
    for name, value in card["metrics"].items():
        assert card["intervals"][name]["low"] <= value <= card["intervals"][name]["high"]
    assert card["intervals"]["ndcg@10"]["low"] < card["intervals"]["ndcg@10"]["high"]
    assert card["versions"]["torch"] == torch.__version__
    assert card["licence"] == "CC BY 4.0"


def test_the_entry_answers_and_knows_the_newest_items(log, tmp_path):
    late = int(log.times[-1])
    rows = [*chains(), *[(f"u{number}", "new", late + number) for number in range(40)]]
    found = train(log_of(rows), CONFIG.model_copy(update={"model": "item-to-item"}), tmp_path / "model")
    model = OnnxModel(Entry.open(tmp_path / "model"))
    logits = model.logits(np.zeros((1, 1), np.int64))[0]
    assert logits[model.index["new"]] > np.median(logits)
    # Before the test period nobody knew it: of the test it is a miss.
    new = found.catalogue.index("new")
    assert (found.ranks[found.test.items == new] > 20).all()


def test_probabilities_are_those_of_what_was_really_shown(log, tmp_path):
    random = np.random.default_rng(1)
    late, n = int(log.times[-1]), 6_000
    labels = ShownItems(
        pa.array([f"u{number}" for number in random.integers(0, 40, n)]),
        pa.array([log.item_ids[item] for item in random.integers(0, log.n_items, n)]),
        pa.array(["another@1"] * n),
        random.integers(late - 2 * HOUR, late + 1, n),
        np.full(n, 0.5),
        random.random(n) < 0.05,
    )
    said = []
    config = CONFIG.model_copy(update={"model": "popularity"})
    card = train(log, config, tmp_path / "model", labels=labels, said=said.append).card
    calibration = card["calibration"]
    assert calibration["shown"] > 1_000
    assert [line for line in said if f"{calibration['shown']:,} items that were shown" in line]
    assert card["reference_auc"]["value"] == pytest.approx(0.5, abs=0.1)
    model = OnnxModel(Entry.open(tmp_path / "model"))
    scores = model.scores(model.logits(np.zeros((1, 4), np.int64)))
    assert scores.mean() == pytest.approx(0.05, abs=0.02)


def test_the_test_is_of_what_had_not_seen_it(log, tmp_path):
    """The same recipe by hand, with the same settings, gives the same places."""
    found = train(log, CONFIG.model_copy(update={"model": "item-to-item"}), tmp_path / "model")
    split = split_by_time(log.distinct())
    model = ItemToItem(CONFIG)
    model.fit(split.train, Run(CONFIG, _validation(log, split)))
    assert model.settings() == {**found.card["settings"], "counting": model.settings()["counting"]}
    model.refit(split.past, Run(CONFIG))
    places = rank(scorer(model.network()), found.test, log.n_items, CONFIG.max_length)
    assert places.of(found.card["seen"]).tolist() == found.ranks.tolist()


def _validation(log, split):
    from models.choosing import Ranker

    targets = split.validation("time").sample(CONFIG.validation_targets, CONFIG.seed)
    return lambda network: Ranker(log.n_items, CONFIG.max_length).value(network, targets)


def test_an_entry_ranks_what_it_was_trained_on_like_its_network(trained):
    model = OnnxModel(trained.entry)
    again = rank_entry(model, trained.test, trained.catalogue).of(trained.card["seen"])
    # It has learned on since, so it does better on what it has seen now.
    assert metrics(again)["ndcg@10"] > 0.9 * trained.card["metrics"]["ndcg@10"]


@pytest.mark.parametrize("order", ["time", "rows"])
def test_baskets_are_learned_with_items_that_come_again(order, tmp_path):
    config = CONFIG.model_copy(update={"order": order, "model": "item-to-item"})
    found = train(log_of(baskets(100, 8)), config, tmp_path / "model")
    assert found.card["seen"] == "keep"
    assert found.card["metrics"]["ndcg@10"] > 1.5 * found.card["baselines"]["popularity"]["ndcg@10"]


def test_with_hardly_any_time_the_simple_models_are_left(log, tmp_path):
    said = []
    found = train(log, CONFIG.model_copy(update={"max_seconds": 0.01}), tmp_path / "model", said=said.append)
    assert found.entry.model in ("popularity", "trending", "item-to-item")
    assert any("no time is left" in line for line in said)


def test_nobody_twice_gives_popularity(tmp_path):
    rows = [(f"u{number}", f"i{number % 7 % 5}", START + number) for number in range(300)]
    said = []
    found = train(log_of(rows), CONFIG, tmp_path / "model", said=said.append)
    assert found.entry.model == "popularity"
    assert any("no sequences" in line for line in said)
    assert OnnxModel(found.entry).logits(np.zeros((1, 3), np.int64)).argmax() == found.catalogue.index("i0")


def test_one_user_is_said_and_learned_from(tmp_path):
    rows = [("u", f"i{number % 9}", START + number) for number in range(300)]
    said = []
    found = train(log_of(rows), CONFIG, tmp_path / "model", said=said.append)
    assert any("one user" in line for line in said)
    assert found.card["metrics"]["hr@10"] == 1.0


def test_one_item_is_enough(tmp_path):
    rows = [(f"u{number % 9}", "a", START + number) for number in range(100)]
    found = train(log_of(rows), CONFIG, tmp_path / "model")
    assert found.card["reference_auc"] == {"value": 0.5, "low": 0.0, "high": 1.0}


def test_too_little_is_an_error(tmp_path):
    for rows in ([], [("u", "a", START)], [(f"u{number}", "a", START) for number in range(99)]):
        with pytest.raises(DataError):
            train(log_of(rows), CONFIG, tmp_path / "model")
    assert not (tmp_path / "model").exists()


def test_a_folder_that_is_not_empty_is_left_alone(log, tmp_path):
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(RegistryError):
        train(log, CONFIG.model_copy(update={"model": "popularity"}), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
