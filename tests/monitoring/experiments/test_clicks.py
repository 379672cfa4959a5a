"""Clicks of two models whose users are different ones."""

from __future__ import annotations

import numpy as np
import pytest

from monitoring.experiments.base import Interval
from monitoring.experiments.clicks import SCALE, Arm, lift, rate
from monitoring.experiments.groups import GROUPS, group_of
from tests.support.always import plain_reach

ALPHA = 0.05


def arms(
    random: np.random.Generator, looks: int, pages: int, rates: tuple[float, float]
) -> list[tuple[Arm, Arm]]:
    """Draw what users who differ were shown until each look, ten items a page; a tenth of them get the second model."""
    users = 4_000
    challenger = random.random(users) < 0.1
    tastes = random.gamma(4, 0.25, users)
    size = looks * pages
    of = random.integers(0, users, size)
    mean = np.where(challenger[of], rates[1], rates[0])
    clicks = random.binomial(10, np.minimum(mean * tastes[of], 1))
    found = []
    for look in range(1, looks + 1):
        seen, got = of[: look * pages], clicks[: look * pages]
        both = []
        for side in (~challenger[seen], challenger[seen]):
            shown = np.bincount(seen[side] % GROUPS, minlength=GROUPS) * 10.0
            both.append(Arm(np.bincount(seen[side] % GROUPS, weights=got[side], minlength=GROUPS), shown))
        found.append((both[0], both[1]))
    return found


def excludes(found: Interval, value: float) -> bool:
    return found.low is not None and found.high is not None and not found.low <= value <= found.high


def test_equal_models_are_told_apart_with_less_than_the_stated_chance_however_often_one_looks() -> None:
    random = np.random.default_rng(11)
    runs, wrong, plain = 150, 0, 0
    for _ in range(runs):
        found = [lift(*both, ALPHA) for both in arms(random, 40, 500, (0.05, 0.05))]
        wrong += any(excludes(one, 0.0) for one in found)
        plain += any(_plainly(one) for one in found)
    assert wrong <= ALPHA * runs
    assert plain > 2 * ALPHA * runs


def _plainly(found: Interval) -> bool:
    if found.value is None or found.high is None:
        return False
    value = np.log1p(found.value)
    return bool(abs(value) > plain_reach(np.log1p(found.high) - value, ALPHA, SCALE))


def test_a_real_lift_is_found_and_held() -> None:
    random = np.random.default_rng(12)
    looks = arms(random, 20, 5_000, (0.05, 0.07))
    found = lift(*looks[-1], ALPHA)
    assert found.low is not None
    assert found.high is not None
    assert 0 < found.low < 0.4 < found.high
    assert lift(*reversed(looks[-1]), ALPHA).high < 0
    wide = lift(*looks[0], ALPHA)
    assert wide.high - wide.low > found.high - found.low


def test_a_rate_lies_in_its_interval() -> None:
    [(before, _)] = arms(np.random.default_rng(13), 1, 20_000, (0.05, 0.05))
    found = rate(before, ALPHA)
    assert found.value == pytest.approx(before.clicks.sum() / before.shown.sum())
    assert found.low < 0.05 < found.high
    assert found.low > 0


def test_few_clicks_and_few_users_say_nothing_and_why() -> None:
    nothing = Arm.of(np.zeros(0, np.int64), np.zeros(0, np.int64))
    assert rate(nothing, ALPHA).document() == {
        "value": None,
        "low": None,
        "high": None,
        "reason": "0 clicks, 50 are needed",
    }
    one_user = Arm.of(np.zeros(500, np.int64), np.ones(500, np.int64))
    assert lift(one_user, one_user, ALPHA).reason == "1 groups of users, 50 are needed"


def test_groups_are_the_same_in_every_process_and_evenly_filled() -> None:
    assert [group_of(user) for user in ("17850", "jürgen", "\ud800")] == [1, 981, 296]
    counts = np.bincount([group_of(f"user-{number}") for number in range(50_000)], minlength=GROUPS)
    assert counts.min() > 20
    assert counts.max() < 90
