"""AUC of two models on the same labels: exact, honest about users, and silent where nothing differs."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from monitoring.experiments.areas import SCALE, Areas, Scored, areas
from monitoring.experiments.groups import GROUPS
from tests.support.always import plain_reach

ALPHA = 0.05
RUNS, LOOKS, LABELS = 100, 16, 400


class Drawn(NamedTuple):
    scored: Scored
    looks: list[Scored]


def drawn(seed: int, noise: tuple[float, float], labels: int = RUNS, looks: int = 1) -> Drawn:
    """Draw labels of users who differ, scored by two models that each see what matters with some noise."""
    random = np.random.default_rng(seed)
    size = labels * looks
    users = random.integers(0, 700, size)
    of_user = random.standard_normal(700)[users]
    truth = random.standard_normal(size)
    odds = truth + 0.7 * of_user - 1.5
    happened = random.random(size) < 1 / (1 + np.exp(-odds))
    before, after = (truth + sigma * random.standard_normal(size) for sigma in noise)
    whole = Scored(users % GROUPS, happened, before, after)
    return Drawn(whole, [Scored(*(one[: labels * look] for one in whole)) for look in range(1, looks + 1)])


def excludes(found: Areas, value: float) -> bool:
    low, high = found.gain.low, found.gain.high
    return low is not None and high is not None and not low <= value <= high


def test_auc_is_that_of_scikit_learn_and_the_gain_is_of_the_pair() -> None:
    scored, _ = drawn(1, (0.5, 1.0), 3_000)
    ties = scored._replace(after=np.round(scored.after))
    for one in (scored, ties):
        found = areas(one, ALPHA)
        for interval, scores in ((found.before, one.before), (found.after, one.after)):
            assert interval.value == pytest.approx(roc_auc_score(one.labels, scores), abs=1e-12)
            assert interval.low < interval.value < interval.high
        assert found.gain.value == pytest.approx(found.after.value - found.before.value)


def test_what_two_models_have_in_common_leaves_their_difference() -> None:
    scored, _ = drawn(1, (1.0, 1.0), 3_000)
    noise = 0.1 * np.random.default_rng(2).standard_normal(3_000)
    found = areas(scored._replace(after=scored.before + noise), ALPHA)
    assert found.gain.high - found.gain.low < 0.5 * (found.after.high - found.after.low)


def test_models_that_are_equally_good_are_told_apart_with_less_than_the_stated_chance_however_often_one_looks() -> (
    None
):
    wrong = plain = 0
    for seed in range(RUNS):
        found = [areas(one, ALPHA) for one in drawn(seed, (1.0, 1.0), LABELS, LOOKS).looks]
        wrong += any(excludes(one, 0.0) for one in found)
        plain += any(_plainly_excludes(one) for one in found)
    assert wrong <= ALPHA * RUNS
    assert plain > 2 * ALPHA * RUNS  # the interval that everybody knows is wrong far more often


def _plainly_excludes(found: Areas) -> bool:
    gain = found.gain
    if gain.value is None or gain.high is None:
        return False
    return abs(gain.value) > plain_reach(gain.high - gain.value, ALPHA, SCALE)


def test_a_better_model_is_found_and_a_worse_one_too() -> None:
    better = areas(drawn(5, (1.5, 0.7), 6_000).scored, ALPHA)
    worse = areas(drawn(5, (0.7, 1.5), 6_000).scored, ALPHA)
    assert better.gain.low > 0.02
    assert worse.gain.high < -0.02


def test_the_same_model_gains_exactly_nothing() -> None:
    scored, _ = drawn(2, (1.0, 1.0), 2_000)
    found = areas(scored._replace(after=scored.before), ALPHA).gain
    assert (found.value, found.low, found.high) == (0.0, 0.0, 0.0)


def test_few_labels_or_few_users_say_nothing_and_why() -> None:
    scored, _ = drawn(2, (1.0, 1.0), 40)
    assert "50 are needed" in str(areas(scored, ALPHA).gain.reason)
    scored, _ = drawn(2, (1.0, 1.0), 2_000)
    one_user = areas(scored._replace(groups=scored.groups * 0), ALPHA).gain
    assert one_user.value is None
    assert one_user.reason == "1 groups of users, 50 are needed"


def test_labels_that_are_repeated_in_a_group_say_nothing_more() -> None:
    scored, _ = drawn(4, (1.0, 0.8), 2_000)
    fourfold = Scored(*(np.concatenate([one] * 4) for one in scored))
    once, again = areas(scored, ALPHA).gain, areas(fourfold, ALPHA).gain
    assert (again.low, again.high) == (pytest.approx(once.low), pytest.approx(once.high))


def test_labels_separated_without_an_error_have_no_interval() -> None:
    scored, _ = drawn(4, (1.0, 1.0), 2_000)
    perfect = scored._replace(after=scored.labels.astype(float))
    found = areas(perfect, ALPHA)
    assert (found.after.value, found.after.low) == (1.0, None)
    assert found.gain.low > 0
