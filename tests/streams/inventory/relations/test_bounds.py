"""Intervals of shares hold as often as they say, and evidence is none where chance explains it."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.inventory.relations.bounds import at_most, log_evidence, share_of


@pytest.mark.parametrize(("size", "members"), [(500, 490), (3_000, 2_961), (3_000, 60), (200_000, 198_000)])
def test_the_interval_holds_in_99_of_100_samples(size: int, members: int) -> None:
    chance = random.Random(size)
    held = 0
    for _ in range(600):
        hits = sum(place < members for place in chance.sample(range(size), 200))
        found = share_of(hits, 200, size)
        held += found.low <= members / size <= found.high
    assert held >= 0.985 * 600


def test_a_sample_of_half_is_surer_than_one_of_few() -> None:
    some, half = share_of(980, 1_000, 10**6), share_of(980, 1_000, 2_000)
    assert some.low < half.low < 0.98 < half.high < some.high
    assert half.low == pytest.approx(0.971, abs=0.002)


def test_all_compared_is_exact() -> None:
    assert share_of(98, 100, 100) == (0.98, 0.98, 0.98)
    assert share_of(0, 0, 5) == (0.0, 0.0, 1.0)


@given(st.integers(0, 300), st.integers(0, 300), st.integers(0, 10**7))
def test_the_estimate_lies_in_its_interval(hits: int, misses: int, more: int) -> None:
    found = share_of(hits, hits + misses, hits + misses + more)
    assert 0 <= found.low <= found.high <= 1
    if hits + misses:
        assert found.low <= found.estimate <= found.high


def test_what_chance_gives_is_no_evidence() -> None:
    assert log_evidence(90, 100, 0.9) == 0
    assert log_evidence(0, 0, 0.1) == 0
    assert log_evidence(100, 100, 1.0) == 0
    assert log_evidence(100, 100, 0.05) > 250
    assert log_evidence(60, 100, 0.5) < 1


def test_a_chance_is_not_called_small_for_want_of_trials() -> None:
    assert at_most(0, 0) == 1
    assert at_most(0, 5) > 0.6
    assert at_most(0, 500) < 0.02
    assert at_most(7, 7) == 1
