"""Values of a field: long ones, odd ones, and many."""

from __future__ import annotations

import math
import random
from collections import Counter
from typing import Any

import numpy as np
import pytest

from streams.inventory.profile import FieldProfile
from streams.inventory.profile.clip import clip, full_length
from streams.inventory.profile.missing import is_spelled_missing
from tests.streams.inventory.profile.doubles import CardMasker, ToyMasker, column, contents, profile_of


def field_of(values: list[Any], masker: Any = None, batch: int = 1000) -> FieldProfile:
    field = FieldProfile(masker or ToyMasker())
    for start in range(0, len(values), batch):
        field.add(column("a", values[start : start + batch]))
    return field


@pytest.mark.parametrize(
    "text", ["N/A", "na", "NULL", "None", " nil ", "-", "--", "Unknown", "无", "暂无", "未知", "空"]
)
def test_spelled_missing(text: str) -> None:
    assert is_spelled_missing(text)


@pytest.mark.parametrize("text", ["", " ", "no", "0", "Nathan", "naan", "无敌", "2010-00-00", "false"])
def test_not_spelled_missing(text: str) -> None:
    assert not is_spelled_missing(text)


def test_blanks_are_no_values() -> None:
    field = field_of(["", "  ", "\t", "x"])
    assert (field.blanks, field.present, field.distinct().estimate) == (3, 1, 1)
    assert [top.text for top in field.top(9)] == ["x"]


def test_long_values_are_clipped_and_told_apart() -> None:
    one, other = "a" * 5000 + "1", "a" * 5000 + "2"
    field = field_of([one, other, one, "a" * 256])
    assert field.distinct().estimate == 3
    assert [(len(top.text), top.count) for top in field.top(9)] == [(257, 2), (256, 1), (257, 1)]
    lengths = field.figures().lengths
    assert (lengths.minimum, lengths.maximum) == (256, 5001)
    assert full_length(clip(one)) == 5001


def test_megabytes_in_a_value_cost_no_memory() -> None:
    profile = profile_of([{"a": f"{i}" + "x" * 1_000_000} for i in range(5)])
    assert len(contents(profile)) < 10_000


def test_numbers_that_are_none() -> None:
    odd = [math.nan, math.nan, math.inf, -math.inf, 10**400, 1.5]
    field = field_of(odd)
    figures = field.figures()
    assert field.types == {"number": 6}
    assert figures.moments.count == 1
    assert figures.spelled == 2
    assert {top.text: top.count for top in field.top(9)} == {
        "NaN": 2,
        "Infinity": 2,
        "-Infinity": 1,
        "1.5": 1,
    }


def test_big_integers_are_exact() -> None:
    field = field_of([2**64 + 1, -(2**70) - 1, 5, str(2**80 + 1)])
    moments = field.figures().moments
    assert (moments.minimum, moments.maximum) == (-(2**70) - 1, 2**80 + 1)
    assert moments.sum == 2**64 + 1 - 2**70 - 1 + 5 + 2**80 + 1


def test_lone_surrogates_can_be_written() -> None:
    profile = profile_of([{"a": "x\ud800y"}, {"b\udfff": 1}])
    assert b"x?y" in contents(profile)
    assert list(profile.assets["t"].fields) == ["a", "b?"]


def test_a_card_number_given_as_a_number_is_masked() -> None:
    card = 4111111111111111
    field = field_of([card, card, 12, str(card)], CardMasker())
    assert field.types == {"number": 3, "string": 1}
    assert {top.text: top.count for top in field.top(9)} == {"[card]": 3, "12": 1}
    assert field.figures().moments.maximum == 12


def test_one_text_as_string_and_number_is_one_value() -> None:
    field = field_of([5, "5", 5.0, "5.0", True, "true"])
    assert field.distinct().estimate == 3
    assert {top.text: top.count for top in field.top(9)} == {"5": 3, "5.0": 1, "true": 2}


@pytest.mark.parametrize("as_text", [True, False])
def test_many_values(as_text: bool) -> None:
    chance = random.Random(7)
    numbers = [round(chance.lognormvariate(3, 2), 2) for _ in range(100_000)]
    field = field_of([str(n) for n in numbers] if as_text else numbers, batch=5000)
    figures = field.figures()
    assert figures.moments.count == len(numbers)
    assert figures.moments.sum == math.fsum(numbers)
    assert (figures.moments.minimum, figures.moments.maximum) == (min(numbers), max(numbers))
    assert math.isclose(figures.moments.stddev or 0, np.std(numbers, ddof=1), rel_tol=1e-9)
    true = Counter(numbers)
    assert figures.distinct.low <= len(true) <= figures.distinct.high
    assert figures.distinct.high < 1.08 * len(true)
    for top in field.top(20):
        assert top.low <= true[float(top.value)] <= top.high
    assert figures.distribution is not None
    assert 0 < figures.distribution.rank_error < 0.008
    ordered = sorted(numbers)
    for rank in (0.01, 0.25, 0.5, 0.75, 0.99):
        found = figures.distribution.quantile(rank)
        assert found.low <= ordered[math.ceil(rank * len(ordered)) - 1] <= found.high


def test_unique_texts_stay_small() -> None:
    field = field_of([f"id-{i}" for i in range(30_000)])
    assert field.distinct().low <= 30_000 <= field.distinct().high
    figures = field.figures()
    assert (figures.minimum, figures.maximum) == ("id-0", "id-9999")
    assert figures.lengths.counts.total() == 30_000


@pytest.mark.parametrize("as_text", [True, False])
def test_where_no_value_comes_twice_there_is_still_something_to_recognise_it_by(as_text: bool) -> None:
    """All at once: nothing is frequent, so nothing is kept and counted."""
    numbers = [1_396_300_000.5 + i for i in range(3_000)]
    field = field_of([str(n) for n in numbers] if as_text else numbers, batch=3_000)
    assert field.top(5) == []
    samples, distinct = field.samples(256)
    assert len(samples) >= 30
    assert {float(text) for text, _ in samples} <= set(numbers)
    assert distinct > 2_000


def test_examples_are_as_masked_as_all_values_are_and_go_when_the_field_is_masked() -> None:
    field = field_of([f"note {i} for a@b.c" for i in range(3_000)], batch=3_000)
    samples, _ = field.samples(256)
    assert samples
    assert not any("a@b.c" in text for text, _ in samples)
    field.mask("email")
    masked, _ = field.samples(256)
    assert not {text for text, _ in samples} & {text for text, _ in masked}


def test_examples_survive_bytes_and_merges_and_stay_few() -> None:
    parts = [field_of([f"{name}-{i}" for i in range(3_000)], batch=3_000) for name in ("a", "b")]
    whole = parts[0]
    whole.merge(parts[1])
    found = {text[0] for text, _ in whole.samples(256)[0]}
    assert found == {"a", "b"}
    for _ in range(5):
        whole.merge(field_of([f"c-{i}" for i in range(3_000)], batch=3_000))
    assert len(whole.samples(256)[0]) <= 64
