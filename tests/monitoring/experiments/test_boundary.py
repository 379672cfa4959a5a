"""The boundary against random walks that are looked at after every step."""

from __future__ import annotations

import math

import numpy as np
import pytest

from monitoring.experiments.base import Estimate
from monitoring.experiments.boundary import evidence, interval, reach


@pytest.mark.parametrize("alpha", [0.2, 0.05])
@pytest.mark.parametrize("scale", [0.05, 1.0])
def test_it_is_left_with_less_than_the_stated_chance(alpha: float, scale: float) -> None:
    steps, walks = 2_000, 2_000
    walk = np.cumsum(np.random.default_rng(3).standard_normal((walks, steps)), axis=1)
    number = np.arange(1, steps + 1)
    means = np.abs(walk / number)
    left = (means > [reach(1 / n, alpha, scale) for n in number]).any(1).mean()
    plain = (means > 1.96 / np.sqrt(number)).any(1).mean()
    # It is no wider than it must be: of walks without an end as many as stated leave it.
    assert alpha / 8 < left < alpha
    assert plain > 0.5


def test_evidence_reaches_one_over_alpha_just_where_the_interval_ends() -> None:
    for alpha in (0.2, 0.05, 1e-6):
        found = Estimate(0.3, 0.004)
        ends = interval(found, alpha, 0.1)
        assert ends.low is not None
        assert ends.high is not None
        for end in (ends.low, ends.high):
            assert math.isclose(evidence(found, end, 0.1), 1 / alpha, rel_tol=1e-9)
    assert evidence(Estimate(1.0, 1e-9), 0.0, 1.0) > 1e200
