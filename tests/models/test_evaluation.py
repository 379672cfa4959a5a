"""Places and metrics against the plain way, which sorts."""

import math

import numpy as np
import pytest

from models.data.histories import Histories, Targets, make_targets
from models.evaluation import MISS, Ranks, metrics, ndcg, rank
from tests.support.interactions import baskets, log_of


def targets_of(log):
    histories = Histories(log)
    rows = np.arange(len(histories))
    return make_targets(histories, rows, histories.ends("rows"))


def plain_place(logits, target, dropped):
    """The target comes after everything that is not lower; a NaN is not lower."""
    if target < 0 or target in dropped or not math.isfinite(logits[target]):
        return MISS
    others = [item for item in range(len(logits)) if item != target and item not in dropped]
    return sum(not logits[item] < logits[target] for item in others)


@pytest.mark.parametrize("levels", [3, 1_000_000])
def test_places_are_those_of_the_plain_way(levels):
    log = log_of(baskets(20, 4))
    targets = targets_of(log)
    table = np.random.default_rng(1).integers(0, levels, (log.n_items + 1, log.n_items)).astype(np.float32)
    table[3, 5] = np.nan

    def score(items):
        return table[items[:, -1]]

    found = rank(score, targets, log.n_items, 5)
    for number in range(len(targets)):
        history = targets.pool[targets.starts[number] : targets.ends[number]]
        logits = table[history[-1] + 1 if len(history) else 0]
        assert found.keep[number] == plain_place(logits, targets.items[number], set())
        assert found.drop[number] == plain_place(logits, targets.items[number], set(history.tolist()))


def test_ties_count_against_the_model():
    nothing = np.zeros(1, np.int64)
    targets = Targets(np.zeros(0, np.int64), nothing, nothing, np.array([2]), nothing)
    found = rank(lambda items: np.zeros((len(items), 7), np.float32), targets, 7, 5)
    assert found.keep.tolist() == [6]


def test_a_target_that_the_model_does_not_know_is_a_miss():
    targets = Targets(
        np.zeros(0, np.int64),
        np.zeros(2, np.int64),
        np.zeros(2, np.int64),
        np.array([-1, 0]),
        np.array([0, 0]),
    )
    found = rank(lambda items: np.ones((len(items), 1), np.float32), targets, 1, 5)
    assert found.keep.tolist() == [MISS, 0]
    assert metrics(found.keep, [10])["hr@10"] == 0.5


def test_metrics_by_hand():
    found = metrics(np.array([0, 1, 9, 10, MISS]), [1, 10, 20])
    assert found["hr@1"] == found["ndcg@1"] == found["mrr@1"] == pytest.approx(1 / 5)
    assert found["hr@10"] == found["recall@10"] == pytest.approx(3 / 5)
    assert found["ndcg@10"] == pytest.approx((1 + 1 / math.log2(3) + 1 / math.log2(11)) / 5)
    assert found["mrr@10"] == pytest.approx((1 + 1 / 2 + 1 / 10) / 5)
    assert found["mrr@20"] == pytest.approx((1 + 1 / 2 + 1 / 10 + 1 / 11) / 5)
    assert list(found)[:4] == ["ndcg@1", "hr@1", "recall@1", "mrr@1"]


def test_nothing_to_evaluate():
    assert set(metrics(np.zeros(0, np.int64), [10]).values()) == {0.0}


def test_what_becomes_of_the_history_is_chosen_by_ndcg():
    assert Ranks(np.array([0, 5]), np.array([MISS, 0])).best() == "keep"
    assert Ranks(np.array([3, 5]), np.array([MISS, 0])).best() == "drop"
    assert ndcg(np.array([3, 5])).mean() < ndcg(np.array([MISS, 0])).mean()


def test_batches_of_like_lengths_cover_every_target_once():
    log = log_of(baskets(20, 4))
    targets = targets_of(log)
    asked = []

    def score(items):
        asked.append(items.shape)
        return np.zeros((len(items), log.n_items), np.float32)

    done = []
    rank(score, targets, log.n_items, 7, done.append)
    assert sum(batch for batch, _ in asked) == len(targets)
    assert max(length for _, length in asked) == 7
    assert done[-1] == 1.0
