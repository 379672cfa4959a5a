"""What is shown holds: the evidence keeps its promise, and chance shows nothing."""

from __future__ import annotations

import math
import random
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.inventory.quality.evidence import (
    ALPHA,
    bar,
    bound_over,
    log_evidence,
    outer_chance,
    surely_at_most,
)
from tests.streams.inventory.quality.helpers import found_in


@pytest.mark.parametrize("bound", [0.75, 0.9, 0.99])
def test_a_rule_at_its_bound_is_hardly_ever_evident_at_any_time(bound: float) -> None:
    """Ville's inequality on 4,000 streams of 2,000 records, looked at after each."""
    chance = np.random.default_rng(1)
    streams, records, level = 4_000, 2_000, 0.05
    kept = (chance.random((streams, records)) < bound).cumsum(axis=1)
    crossed = 0
    # The counts that matter are few: evidence is computed once for each.
    known: dict[tuple[int, int], bool] = {}
    for row in kept:
        for checked in range(1, records, 7):
            key = (int(row[checked - 1]), checked)
            if key not in known:
                known[key] = log_evidence(*key, bound) >= math.log(1 / level)
            if known[key]:
                crossed += 1
                break
    assert 0 < crossed <= level * streams


@given(st.integers(0, 5_000), st.integers(1, 5_000), st.floats(0.5, 0.999))
def test_evidence_grows_with_what_is_kept_and_ends_with_exceptions(
    kept: int, more: int, bound: float
) -> None:
    assert log_evidence(kept + more, kept + more, bound) > log_evidence(kept, kept, bound)
    assert log_evidence(kept, kept + more, bound) < log_evidence(kept, kept, bound)
    assert math.isfinite(log_evidence(kept, kept + more, bound))


def test_at_the_ends() -> None:
    assert log_evidence(0, 0, 0.9) == 0
    assert log_evidence(100, 100, 1.0) == -math.inf
    assert bound_over(1.0) == 1.0
    assert bound_over(0.0) == 0.75
    assert bound_over(0.9) == pytest.approx(0.975)


def test_the_error_is_spent_over_turns_and_candidates() -> None:
    spent = sum(tests * math.exp(-bar(tests, turn)) for turn in range(10_000) for tests in (7,))
    assert 0.99 * ALPHA < spent <= ALPHA


def test_a_chance_from_a_sample_is_hardly_exceeded() -> None:
    chance = np.random.default_rng(2)
    for share in (0.02, 0.5, 0.97):
        seen = chance.binomial(256, share, 5_000) / 256
        assert np.mean([surely_at_most(one, 256) < share for one in seen]) <= 0.01


def test_chance_is_what_other_records_give() -> None:
    kept = np.eye(4, dtype=np.bool_)
    assert outer_chance(kept) == 0
    kept[0, 1] = True
    assert outer_chance(kept) == 1 / 12
    assert outer_chance(np.ones((1, 1), dtype=np.bool_)) == 1


def _noise(seed: int, count: int, fields: int, run: int) -> list[dict[str, Any]]:
    """Return records whose fields have nothing to do with each other; each value stays for up to ``run`` records."""
    chance = random.Random(seed)
    kinds = (
        lambda: chance.randrange(2),
        lambda: chance.randrange(5),
        lambda: chance.choice("abc"),
        lambda: round(chance.random() * 100, 2),
        lambda: chance.randrange(1, 11),
        lambda: f"k{chance.randrange(300)}",
        lambda: None if chance.random() < 0.3 else f"x{chance.randrange(4)}",
        lambda: f"C{chance.randrange(99)}" if chance.random() < 0.05 else str(chance.randrange(999)),
        lambda: chance.choice([-1, 1]) * chance.randrange(3),
        lambda: int(chance.random() < 0.1),
        lambda: f"2024-01-{1 + chance.randrange(28):02d}T00:00:{chance.randrange(60):02d}",
        lambda: chance.choice([0.0, 0.0, 0.0, 0.05, 0.1]),
    )
    columns = []
    for field in range(fields):
        values: list[Any] = []
        while len(values) < count:
            values += [kinds[field % len(kinds)]()] * chance.randrange(1, run + 1)
        columns.append(values)
    return [{f"f{field}": columns[field][row] for field in range(fields)} for row in range(count)]


@pytest.mark.parametrize("run", [1, 15])
def test_thousands_of_random_columns_show_no_rule(run: int) -> None:
    """20 assets of 60 fields: 2,400 columns in both runs. At most one asset in a hundred may show a rule."""
    shown = [rule.says for seed in range(20) for rule in found_in(_noise(seed, 1_400, 60, run)).rules]
    assert not shown
