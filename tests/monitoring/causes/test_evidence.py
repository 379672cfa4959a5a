"""Bayes factors of periods and of counts: what moved is found where it moved, and chance is not believed."""

from __future__ import annotations

import math

import numpy as np
import pytest

from monitoring.causes.evidence import LEAST, Reach, arcsine, shares, shift


def test_a_shift_is_found_where_it_began() -> None:
    chance = np.random.default_rng(1)
    totals = np.full(20, 500.0)
    counts = chance.binomial(500, [0.1] * 14 + [0.25] * 6).astype(np.float64)
    found = shift(arcsine(counts, totals), 1 / (4 * totals))
    assert found is not None
    assert found.place == 14
    assert found.log10_evidence > 6


def test_chance_is_believed_as_seldom_as_an_e_value_may_be() -> None:
    chance = np.random.default_rng(2)
    numbers, floor = chance.normal(size=(600, 14)), np.zeros(14)
    found = [one.log10_evidence for row in numbers if (one := shift(row, floor))]
    # By Markov's inequality at most 1 in 30 of e-values that chance alone made is 30 or more.
    assert sum(one >= math.log10(30) for one in found) <= len(found) / 30
    assert len(found) == len(numbers)


def test_what_varies_by_itself_is_measured_by_that() -> None:
    totals = np.full(16, 10_000.0)
    counts = np.array([1_000.0, 4_000.0] * 8)
    found = shift(arcsine(counts, totals), 1 / (4 * totals))
    assert found is not None
    assert found.log10_evidence < 0.5


def test_what_fades_again_is_found_where_only_the_next_periods_are_looked_at() -> None:
    numbers = np.array([0.1, 0.12, 0.11, 0.1, 0.12, 0.11, 0.6, 0.4, 0.12, 0.1, 0.11, 0.12, 0.1, 0.11])
    near, whole = (
        shift(numbers, np.full(14, 1e-4), reach) for reach in (Reach(8, 2, fades=True), Reach(8, 20))
    )
    assert near is not None
    assert whole is not None
    assert near.place == 6
    assert near.log10_evidence > whole.log10_evidence


def test_a_short_series_tells_nothing() -> None:
    assert shift(np.zeros(LEAST), np.ones(LEAST)) is None


def test_two_shares_against_one_is_a_ratio_of_beta_functions() -> None:
    # Of 2 and 2, none and both: B(1, 3) B(3, 1) / B(3, 3) = (1/3)(1/3) / (1/30).
    assert shares((0, 2), (2, 2)) == pytest.approx(math.log10(30 / 9))
    assert shares((50, 100), (500, 1_000)) < 0
    assert shares((5, 1_000), (90, 100)) > 50
