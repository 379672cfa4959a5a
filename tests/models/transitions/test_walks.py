"""Walks are those of matrices that are multiplied."""

import numpy as np
import pytest

from models.covisits import Counting, Covisits, count
from models.data.histories import Histories
from models.transitions import walks as module
from models.transitions.walks import walks
from tests.support.interactions import START, chains, log_of


def dense(pairs, n_items, hops, further, popular):
    steps = np.zeros((n_items, n_items))
    steps[pairs.first, pairs.second] = pairs.weight
    reached = np.maximum(steps.sum(0), 1.0) ** popular
    sums = steps.sum(1, keepdims=True)
    steps = steps / np.where(sums > 0, sums, 1)
    at, total = steps, steps.copy()
    for hop in range(1, hops if further else 1):
        at = at @ steps
        total += further**hop * at
    total /= reached
    sums = total.sum(1, keepdims=True)
    return total / np.where(sums > 0, sums, 1)


def table(near, shares, n_items):
    found = np.zeros((n_items, n_items))
    for item in range(n_items):
        for follower, share in zip(near[item + 1], shares[item + 1], strict=True):
            found[item, follower] += share
    return found


@pytest.mark.parametrize(("hops", "further", "popular"), [(1, 0.5, 0.0), (3, 0.0, 0.5), (4, 0.7, 0.4)])
def test_walks_are_powers_of_the_steps(hops, further, popular, monkeypatch):
    monkeypatch.setattr(module, "_ROWS", 7)
    log = log_of(chains(60, 8, 20, noise=0.3))
    pairs = count(Histories(log), log.n_items, Counting(5, power=1.0))
    near, shares = walks(pairs, log.n_items, hops, further, popular, log.n_items)
    found = table(near, shares, log.n_items)
    assert found == pytest.approx(dense(pairs, log.n_items, hops, further, popular), abs=1e-9)
    assert (shares[0] == 0).all()


def test_the_followers_that_are_kept_are_the_likeliest():
    log = log_of(chains(60, 8, 20, noise=0.3))
    pairs = count(Histories(log), log.n_items, Counting(5, power=1.0))
    near, shares = walks(pairs, log.n_items, 1, 0.0, 0.0, 3)
    whole = dense(pairs, log.n_items, 1, 0.0, 0.0)
    for item in range(log.n_items):
        assert shares[item + 1].sum() == pytest.approx(1)
        least = np.sort(whole[item])[-3]
        assert (whole[item, near[item + 1]] >= least - 1e-12).all()


def test_two_hops_reach_what_nobody_went_to_directly():
    rows = [("u", "a", START), ("u", "b", START + 1), ("v", "b", START + 2), ("v", "c", START + 3)]
    log = log_of(rows)
    a, c = log.item_ids.index("a"), log.item_ids.index("c")
    pairs = count(Histories(log), log.n_items, Counting(5, power=1.0, backward=0.0))
    for hops, expected in ((1, False), (2, True)):
        found = table(*walks(pairs, log.n_items, hops, 0.5, 0.0, 3), log.n_items)
        assert (found[a, c] > 0) == expected


def test_without_transitions_there_are_no_followers():
    nothing = Covisits(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))
    near, shares = walks(nothing, 4, 3, 0.5, 0.3, 2)
    assert near.shape == shares.shape == (5, 2)
    assert not shares.any()
