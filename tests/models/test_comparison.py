"""The paired bootstrap: right about as often as it says, and blind to what both models share."""

from __future__ import annotations

import numpy as np
import pytest

from models.comparison import compare, compare_all


def test_the_difference_and_its_interval():
    random = np.random.default_rng(1)
    champion = random.random(4_000)
    challenger = champion + random.normal(0.02, 0.1, 4_000)
    found = compare(champion, challenger, np.arange(4_000))
    assert found.difference == pytest.approx((challenger - champion).mean())
    assert (found.champion, found.challenger) == (champion.mean(), challenger.mean())
    assert found.targets == 4_000
    half = 1.96 * (challenger - champion).std() / 4_000**0.5
    assert found.low == pytest.approx(found.difference - half, abs=half / 8)
    assert found.high == pytest.approx(found.difference + half, abs=half / 8)
    assert found.better
    assert not found.worse
    turned = compare(challenger, champion, np.arange(4_000))
    assert turned.worse
    assert not turned.better


def test_pairing_sees_what_the_spread_of_targets_hides():
    random = np.random.default_rng(2)
    champion = (random.random(2_000) < 0.1).astype(float)
    challenger = np.clip(champion + (random.random(2_000) < 0.01), 0, 1)
    unpaired = 1.96 * champion.std() * (2 / 2_000) ** 0.5
    found = compare(champion, challenger, np.arange(2_000))
    assert found.difference < unpaired
    assert found.better


def test_models_that_are_equal_are_seldom_told_apart():
    random = np.random.default_rng(3)
    told = 0
    for seed in range(200):
        base = random.random(300)
        noise = random.normal(0, 0.2, (2, 300))
        found = compare(base + noise[0], base + noise[1], np.arange(300), seed=seed)
        told += found.better or found.worse
    assert told <= 22  # 10 are expected; more than 22 come once in 10,000 times


def test_targets_of_one_user_are_one_piece_of_evidence():
    random = np.random.default_rng(4)
    users = np.repeat(np.arange(20), 50)
    difference = np.repeat(random.normal(0.0, 0.1, 20), 50)
    together = compare(np.zeros(1_000), difference, users)
    apart = compare(np.zeros(1_000), difference, np.arange(1_000))
    assert together.high - together.low > 4 * (apart.high - apart.low)


def test_many_users_are_compared_in_lots():
    random = np.random.default_rng(5)
    difference = random.normal(0.001, 0.1, 200_000)
    found = compare(np.zeros(200_000), difference, np.arange(200_000))
    half = 1.96 * 0.1 / 200_000**0.5
    assert found.high - found.low == pytest.approx(2 * half, rel=0.1)


def test_the_same_seed_gives_the_same_interval():
    random = np.random.default_rng(6)
    figures = random.random((2, 500))
    assert compare(*figures, np.arange(500), seed=1) == compare(*figures, np.arange(500), seed=1)


def test_equal_models_differ_by_nothing():
    found = compare(np.full(10, 0.5), np.full(10, 0.5), np.arange(10))
    assert (found.difference, found.low, found.high, found.better, found.worse) == (0, 0, 0, False, False)


@pytest.mark.parametrize(
    ("champion", "challenger", "users"),
    [(np.zeros(0), np.zeros(0), np.zeros(0, int)), (np.zeros(2), np.zeros(3), np.zeros(2, int))],
)
def test_what_cannot_be_compared(champion, challenger, users):
    with pytest.raises(ValueError, match="one figure a target"):
        compare(champion, challenger, users)


def test_p_is_as_small_as_it_says():
    random = np.random.default_rng(6)
    small = []
    for seed in range(200):
        base = random.random(100)
        noise = random.normal(0, 0.2, (2, 100))
        small.append(compare(base + noise[0], base + noise[1], np.arange(100), seed=seed).p <= 0.1)
    assert 0.04 <= np.mean(small) <= 0.17
    users = np.repeat(np.arange(10), 20)
    difference = np.repeat(random.normal(0.0, 0.1, 10), 20)
    assert (
        compare(np.zeros(200), difference, users).p
        > 10 * compare(np.zeros(200), difference + 0.05, np.arange(200)).p
    )
    assert compare(base, base, np.arange(100)).p == 1


def test_several_figures_are_compared_by_the_same_users():
    random = np.random.default_rng(7)
    one, other = random.random((2, 300))
    found = compare_all({"a": (one, other), "b": (2 * one, 2 * other)}, np.arange(300))
    assert list(found) == ["a", "b"]
    assert (found["b"].low, found["b"].high) == pytest.approx((2 * found["a"].low, 2 * found["a"].high))
    assert found["a"].p == found["b"].p
