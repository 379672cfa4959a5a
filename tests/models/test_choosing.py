"""Which kind is taken."""

import math
import time

import numpy as np
import pytest

from models.blend.model import Blend
from models.budget import Budget
from models.choosing import Candidate, Ranker, choose, fit_candidates
from models.config import TrainConfig
from models.data.split import split_by_time
from models.evaluation import metrics
from models.item_to_item import ItemToItem
from models.kinds import TRIED
from models.popularity import Popularity
from models.ranker.model import CandidateRanker
from models.sasrec.settings import SasrecSettings
from tests.support.interactions import START, chains, log_of

CONFIG = TrainConfig(
    max_length=12,
    threads=1,
    sasrec=SasrecSettings(size=8, epochs=1, batch_rows=256, warmup_steps=5),
)


def candidates(**values):
    kinds = {"popularity": Popularity, "item_to_item": ItemToItem}
    return {
        kinds[name].kind: Candidate(kinds[name](CONFIG), metrics={"ndcg@10": value})
        for name, value in values.items()
    }


def test_the_best_in_validation_and_of_equals_the_simplest():
    assert choose(candidates(popularity=0.1, item_to_item=0.2), CONFIG).model.kind == "item-to-item"
    assert choose(candidates(popularity=0.2, item_to_item=0.2), CONFIG).model.kind == "popularity"


@pytest.mark.parametrize(("gain", "taken"), [(0.2, "blend"), (0.0, "item-to-item"), (-0.2, "item-to-item")])
def test_a_blend_is_taken_where_it_is_surely_better_than_each_of_its_parts(gain, taken):
    random, users = np.random.default_rng(0), np.arange(400)
    popularity, neighbours = Popularity(CONFIG), ItemToItem(CONFIG)
    models = {popularity: 0.0, neighbours: 0.1, Blend(CONFIG, [popularity, neighbours]): 0.1 + gain}
    found = {}
    for model, mean in models.items():
        gains = mean + random.normal(0, 0.1, 400)
        # What the mean says of the blend is better than it is, as it may be by chance.
        told = gains.mean() + 0.01 * (model.kind == "blend")
        found[model.kind] = Candidate(model, metrics={"ndcg@10": told}, gains=gains, users=users)
    assert choose(found, CONFIG).model.kind == taken


@pytest.mark.parametrize(
    ("over_blend", "over_parts", "taken"),
    [
        (0.1, 0.1, "ranker"),
        (0.02, 0.1, "ranker"),
        (-0.02, 0.1, "blend"),
        (0.3, -0.1, "ranker"),
        (0.1, -0.1, "item-to-item"),
        (0.0, 0.0, "item-to-item"),
    ],
)
def test_a_ranker_must_be_surely_better_than_each_kind_and_no_worse_than_the_blend(
    over_blend, over_parts, taken
):
    random, users = np.random.default_rng(0), np.arange(400)
    popularity, neighbours = Popularity(CONFIG), ItemToItem(CONFIG)
    blend = Blend(CONFIG, [popularity, neighbours])
    ranker = CandidateRanker(CONFIG, blend)
    blended = 0.5 + over_parts if over_parts > 0 else 0.3
    ranked = blended + over_blend
    found = {}
    for model, mean in {popularity: 0.1, neighbours: 0.5, blend: blended, ranker: ranked}.items():
        gains = mean + random.normal(0, 0.1, 400)
        found[model.kind] = Candidate(model, metrics={"ndcg@10": gains.mean()}, gains=gains, users=users)
    assert choose(found, CONFIG).model.kind == taken


def test_what_was_asked_for_is_taken_even_when_another_is_better():
    asked = CONFIG.model_copy(update={"model": "popularity"})
    assert choose(candidates(popularity=0.1, item_to_item=0.2), asked).model.kind == "popularity"


@pytest.mark.parametrize(
    ("model", "kinds"),
    [
        ("popularity", {"popularity", "item-to-item"}),
        ("sessions", {"popularity", "item-to-item", "sessions"}),
        ("blend", {*(kind.kind for kind in TRIED), "blend"}),
        ("ranker", {*(kind.kind for kind in TRIED), "blend", "ranker"}),
    ],
)
def test_all_are_compared_on_the_same_targets_of_the_validation(model, kinds):
    split = split_by_time(log_of(chains()))
    targets = split.validation("time")
    config = CONFIG.model_copy(update={"model": model})
    ranker = Ranker(split.log.n_items, config.max_length)
    budget = Budget(config, time.monotonic(), split.log.n_items)
    found = fit_candidates(
        split.train, targets, config, budget, ranker, said=lambda _: None, progress=lambda *_: None
    )
    assert set(found) == kinds
    for candidate in found.values():
        assert candidate.targets == len(targets)
        assert 0 < candidate.speed < math.inf
        again = ranker.rank(candidate.model.network(), targets)
        assert candidate.seen == again.best()
        assert candidate.metrics == metrics(again.of(candidate.seen), config.ks)


def test_a_model_that_nobody_can_learn_says_so():
    split = split_by_time(log_of([(f"u{number}", f"i{number % 4}", START + number) for number in range(50)]))
    said = []
    found = fit_candidates(
        split.train,
        split.validation("time"),
        CONFIG,
        Budget(CONFIG, time.monotonic(), 4),
        Ranker(4, 5),
        said=said.append,
        progress=lambda *_: None,
    )
    assert set(found) == {"popularity", "trending", "item-to-item"}
    assert len(said) == 1
    assert "no sequences" in said[0]


def test_a_value_is_of_the_better_way_to_treat_the_history():
    split = split_by_time(log_of(chains()))
    targets = split.validation("time")
    model = Popularity(CONFIG)
    model.refit(split.train, None)
    ranker = Ranker(split.log.n_items, 12)
    ranks = ranker.rank(model.network(), targets)
    both = [np.mean(metrics(way, [10])["ndcg@10"]) for way in (ranks.keep, ranks.drop)]
    assert ranker.value(model.network(), targets) == pytest.approx(max(both))


@pytest.mark.parametrize(("chosen_by", "there"), [(100, True), (2_000, False)])
def test_a_ranker_is_not_compared_on_what_it_learned_from(chosen_by, there):
    split = split_by_time(log_of(chains(users=300)))
    config = CONFIG.model_copy(update={"validation_targets": chosen_by})
    found = fit_candidates(
        split.train,
        split.validation("time"),
        config,
        Budget(config, time.monotonic(), 30),
        Ranker(split.log.n_items, 12),
        said=lambda _: None,
        progress=lambda *_: None,
    )
    assert ("ranker" in found) == there


def test_kinds_are_compared_by_targets_that_none_of_them_has_chosen_by():
    split = split_by_time(log_of(chains(users=300)))
    targets = split.validation("time")
    config = CONFIG.model_copy(update={"model": "popularity", "validation_targets": 100})
    asked = []

    class Watched(Ranker):
        def rank(self, network, targets):
            asked.append(set(zip(targets.users.tolist(), targets.ends.tolist(), strict=True)))
            return super().rank(network, targets)

    found = fit_candidates(
        split.train,
        targets,
        config,
        Budget(config, time.monotonic(), 30),
        Watched(split.log.n_items, 12),
        said=lambda _: None,
        progress=lambda *_: None,
    )
    chosen_by, compared = asked[0], asked[-1]
    assert all(targets in (chosen_by, compared) for targets in asked)
    assert not chosen_by & compared
    assert len(chosen_by) == 100
    assert len(chosen_by | compared) == len(targets)
    assert {candidate.targets for candidate in found.values()} == {len(compared)}
