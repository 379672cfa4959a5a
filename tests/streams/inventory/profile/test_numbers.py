"""Numbers: what is one, how it is written, exact sums, quantiles with weights."""

from __future__ import annotations

import math
import random
import re
import time
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from streams.inventory.profile.lengths import Lengths
from streams.inventory.profile.moments import Moments
from streams.inventory.profile.numerals import canonical, from_numbers, number_text, number_texts, parse_texts
from streams.inventory.profile.quantiles import QuantileSketch
from tests.streams.inventory.profile.reference import numeral

finite = st.floats(allow_nan=False, allow_infinity=False)
weights = st.integers(1, 10**12)


def ones(size: int) -> np.ndarray:
    return np.ones(size, dtype=np.int64)


@pytest.mark.parametrize("text", ["0", "-0", "+7", "12", "1.50", "-0.001", "1e5", "1E-5", "9" * 30, "1e308"])
def test_numerals(text: str) -> None:
    numbers = parse_texts([text], ones(1))
    assert numbers.total == 1
    values, _ = numbers.as_doubles()
    assert values[0] == float(text)


@pytest.mark.parametrize(
    "text",
    [
        *[
            "",
            "00123",
            "01.5",
            "1_000",
            "0x1f",
            "inf",
            "nan",
            "NaN",
            ".5",
            "5.",
            "1,5",
            " 1",
            "1 ",
            "1\n",
            "--1",
            "1e",
        ],
        *["e5", "1e309", "٣", "1" * 400, "+", "½", "1.2.3"],
    ],
)
def test_no_numerals(text: str) -> None:
    assert parse_texts([text], ones(1)).total == 0


@given(
    st.lists(
        st.from_regex(re.compile(r"[+-]?[0-9]{1,22}(\.[0-9]{1,4})?(e-?[0-9]{1,3})?"), fullmatch=True),
        unique=True,
    )
)
@settings(max_examples=100, deadline=None)
def test_numerals_have_the_value_that_python_reads(texts: list[str]) -> None:
    counts = np.arange(1, len(texts) + 1, dtype=np.int64)
    numbers = parse_texts(texts, counts)
    found = [(Fraction(v), c) for v, c in zip(numbers.values.tolist(), numbers.counts.tolist(), strict=True)]
    found += [(Fraction(v), c) for v, c in numbers.big]
    read = ((numeral(text), count) for count, text in enumerate(texts, start=1))
    assert sorted(found) == sorted((Fraction(value), count) for value, count in read if value is not None)


@given(st.lists(st.text("0123456789+-.eE", max_size=6) | st.text("019+-.eE ,x\n[]", max_size=6), unique=True))
@example(["1", "2\n3", "4"])
@example(["1", "1,5", "[1", "2]", "null", "true", "\n1"])
@settings(max_examples=300, deadline=None)
def test_what_stands_beside_a_text_makes_it_no_number(texts: list[str]) -> None:
    counts = np.arange(1, len(texts) + 1, dtype=np.int64)
    numbers = parse_texts(texts, counts)
    alone = [
        (value, count)
        for text, count in zip(texts, counts.tolist(), strict=True)
        for value in parse_texts([text], ones(1)).values.tolist()
    ]
    assert sorted(zip(numbers.values.tolist(), numbers.counts.tolist(), strict=True)) == sorted(alone)


@pytest.mark.parametrize(
    ("number", "text"),
    [
        *[(1, "1"), (1.0, "1"), (-0.0, "0"), (0.1, "0.1"), (2**53 + 1, "9007199254740993")],
        *[(10**30 + 1, str(10**30 + 1)), (2.0**63, number_text(2**63)), (2**62, str(2**62))],
        (int(1e300), number_text(1e300)),
    ],
)
def test_number_text(number: float, text: str) -> None:
    assert number_text(number) == text
    assert number_texts([number, 5, 10**40]) == [text, "5", str(10**40)]


@given(st.one_of(st.integers(-(2**80), 2**80), finite))
def test_equal_numbers_have_one_form(number: float) -> None:
    form = canonical(number)
    assert form == number
    if not isinstance(number, float) and int(float(number)) == number:
        assert number_text(float(number)) == number_text(number)


@given(st.lists(st.tuples(st.one_of(finite, st.integers(-(10**25), 10**25)), weights), max_size=30))
@settings(max_examples=150, deadline=None)
def test_moments_are_exact(pairs: list[tuple[float, int]]) -> None:
    counted = dict(pairs)
    moments = Moments()
    half = len(counted) // 2
    items = list(counted.items())
    for part in (items[:half], items[half:]):
        other = Moments()
        values = [value for value, _ in part]
        other.add(from_numbers(values, np.array([count for _, count in part], dtype=np.int64)))
        twin = Moments()
        twin.restore(other.state())
        moments.merge(twin)
    n = sum(counted.values())
    total = sum((Fraction(v) * c for v, c in items), Fraction())
    squares = sum((Fraction(v) ** 2 * c for v, c in items), Fraction())
    assert moments.count == n
    if not n:
        assert (moments.mean, moments.stddev, moments.minimum) == (None, None, None)
        return
    assert (moments.minimum, moments.maximum) == (min(counted), max(counted))
    assert_close(moments.sum, total)
    assert_close(moments.mean, total / n)
    if n > 1:
        variance = (squares - total * total / n) / (n - 1)
        assert moments.stddev is None or math.isclose(
            moments.stddev**2, variance, rel_tol=1e-14, abs_tol=1e-300
        )


def assert_close(found: float | None, wanted: Fraction) -> None:
    if found is None:
        assert abs(wanted) > 1.7e308
    else:
        # The least double is as near as any number can come.
        assert abs(Fraction(found) - wanted) <= max(abs(wanted) * Fraction(1, 10**15), Fraction(5e-324))


def test_moments_of_many_values_at_once() -> None:
    chance = random.Random(4)
    values = list({chance.uniform(-1e6, 1e6) for _ in range(20_000)})
    counts = [chance.randint(1, 10_000) for _ in values]
    moments = Moments()
    moments.add(from_numbers(values, np.array(counts)))
    assert moments.sum == float(sum(Fraction(v) * c for v, c in zip(values, counts, strict=True)))


def test_whole_sums_are_whole() -> None:
    moments = Moments()
    moments.add(from_numbers([2**60, 3, 0.5, -0.5], ones(4)))
    assert moments.sum == 2**60 + 3
    assert isinstance(moments.sum, int)


def rank_error(sketch_input: list[tuple[float, int]]) -> float:
    """Feed values with counts; return the largest error of a rank."""
    sketch = QuantileSketch()
    values = np.array([value for value, _ in sketch_input])
    counts = np.array([count for _, count in sketch_input], dtype=np.int64)
    sketch.feed(values, counts)
    total = int(counts.sum())
    assert sketch.n == total
    distribution = sketch.distribution(np.empty(0), np.empty(0, dtype=np.int64))
    order = np.argsort(values)
    ranks = np.cumsum(counts[order]) / total
    worst = 0.0
    for rank in np.linspace(0.01, 0.99, 99):
        found = distribution.quantile(float(rank)).value
        place = np.searchsorted(values[order], found)
        below = ranks[place - 1] if place else 0.0
        worst = max(worst, below - rank, rank - ranks[place])
    return worst


def test_quantiles_of_values_seen_a_billion_times() -> None:
    chance = random.Random(5)
    pairs = [(chance.gauss(0, 1), chance.randint(1, 10**9)) for _ in range(3000)]
    start = time.process_time()
    # 99 % confidence for one rank, .7 %; the worst of 99 ranks may be a little more.
    assert rank_error(pairs) < 0.01
    assert time.process_time() - start < 2


def test_quantiles_of_one_value_seen_a_trillion_times() -> None:
    sketch = QuantileSketch()
    sketch.feed(np.array([3.5]), np.array([10**12]))
    found = sketch.distribution(np.array([9.0]), np.array([1])).quantile(0.5)
    assert found == (3.5, 3.5, 3.5)


def test_quantiles_of_few_repetitions() -> None:
    chance = random.Random(6)
    assert rank_error([(chance.random(), chance.randint(1, 30)) for _ in range(4000)]) < 0.01


def test_lengths() -> None:
    lengths = Lengths()
    lengths.add(["ab", "abc", "x" * 256], np.array([2, 1, 1]))
    assert (lengths.minimum, lengths.maximum, lengths.mean) == (2, 256, 263 / 4)
    assert lengths.distribution().quantile(0.5).value == 2
