"""Intervals hold about as often as they say, for means over targets and for what is no mean."""

from __future__ import annotations

import numpy as np
import pytest

from models.assessment.facts import gini
from models.resampling import GROUPS, Resampling, ends, groups_of, left_out

N_ITEMS, LENGTH = 300, 10
POPULAR = 1 / (1 + np.arange(N_ITEMS))
POPULAR /= POPULAR.sum()


def covered(counts):
    return float((counts > 0).mean())


def lists(random, users):
    """Return lists of popular items, as counts by group of users."""
    by_group = np.zeros((GROUPS, N_ITEMS), np.int32)
    for group in groups_of(np.arange(users)):
        by_group[group] += np.bincount(
            random.choice(N_ITEMS, LENGTH, replace=False, p=POPULAR), minlength=N_ITEMS
        ).astype(np.int32)
    return by_group


@pytest.mark.parametrize("figure", [covered, gini])
def test_what_is_no_mean_has_an_interval_that_holds(figure):
    random = np.random.default_rng(1)
    truth = np.mean([figure(lists(random, 100).sum(0)) for _ in range(200)])
    held = []
    for _ in range(100):
        low, high = left_out(figure, lists(random, 100))
        held.append(low <= truth <= high)
    assert np.mean(held) >= 0.88


def test_too_few_users_have_no_such_interval():
    assert left_out(covered, lists(np.random.default_rng(1), GROUPS - 1)) is None


def test_means_of_a_group_are_those_of_its_targets_alone():
    random = np.random.default_rng(2)
    users = np.repeat(np.arange(400), 3)
    values = random.random((1_200, 2))
    among = users < 100
    low, high = ends(Resampling(users).means(values, among))
    alone_low, alone_high = ends(Resampling(users[among]).means(values[among]))
    mean = values[among].mean(0)
    assert np.all((low < mean) & (mean < high))
    assert high - low == pytest.approx(alone_high - alone_low, rel=0.2)


def test_the_same_users_are_drawn_for_all_that_is_asked():
    random = np.random.default_rng(3)
    values = random.random((50, 1))
    resampling = Resampling(np.arange(50))
    both = resampling.means(np.column_stack([values, 2 * values]))
    assert both[:, 1] == pytest.approx(2 * both[:, 0])
    assert resampling.means(values) == pytest.approx(both[:, :1])
