"""The best of many scores are those that sorting them all gives."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from streams.recommend.ranking import best_columns

#: Few different values, so that there are ties; and -inf, which stands for what may not be among them.
logits = arrays(
    np.float32, st.integers(1, 900), elements=st.sampled_from([-np.inf, -3.0, 0.0, 0.5, 2.0, 7.25]), fill=None
)


@given(logits, st.integers(1, 50))
def test_they_begin_with_those_of_a_full_sort(found, count) -> None:
    order = [column for column in np.argsort(-found, kind="stable").tolist() if found[column] > -np.inf]
    best = best_columns(found, count).tolist()
    assert len(best) >= min(count, len(order))
    assert best == order[: len(best)]


@pytest.mark.parametrize("count", [1, 10, 42, 5000, 30_000])
def test_of_twenty_thousand_distinct_ones(count) -> None:
    found = np.random.default_rng(1).standard_normal(20_000).astype(np.float32)
    best = best_columns(found, count)
    assert best[:count].tolist() == np.argsort(-found, kind="stable")[:count].tolist()
    assert len(best) <= 20_000


def test_that_not_many_more_are_ordered_than_asked_for() -> None:
    found = np.random.default_rng(2).standard_normal(20_000).astype(np.float32)
    assert len(best_columns(found, 42)) < 100
