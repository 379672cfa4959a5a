"""Any batches, any merge tree, with or without a trip through bytes: the exact figures of a plain reference."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from fractions import Fraction
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.inventory.profile import FieldProfile, PartitionProfile, frequent
from tests.streams.inventory.profile.doubles import META, decoded, policy
from tests.streams.inventory.profile.reference import Exact, exact, text

FIELDS = ("a", "b", "c.d")

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 5),
    st.integers(-(10**30), 10**30),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from([0.0, -0.0, 1.0, 2.5, 1e16, -1e16, 0.1, 5e-324, 1.7e308]),
    st.sampled_from(
        ["", " ", "\t\n", "1", "1.0", "-2.5e3", "00123", "0x1f", "1_000", "inf", "NaN ", " 7", "1e999"]
    ),
    st.sampled_from(
        ["N/A", "-", "None", "无", "0000-00-00", " N/A ", "x" * 256, "x" * 257, "y" * 5000, "ünï", "无敌"]
    ),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="@"), max_size=6),
)
rows = st.lists(st.dictionaries(st.sampled_from(FIELDS), scalars), min_size=1, max_size=60)


def merged(records: Sequence[dict[str, Any]], seed: int) -> PartitionProfile:
    """Count records in random batches, by random profiles, merged in a random tree, through bytes at random."""
    chance = random.Random(seed)
    profiles = [PartitionProfile("t", policy()) for _ in range(chance.randint(1, 4))]
    start = 0
    while start < len(records):
        size = chance.randint(1, 20)
        chance.choice(profiles).add(
            decoded(records[start : start + size], ["bad"] * chance.randint(0, 1)), META
        )
        start += size
    while len(profiles) > 1:
        chance.shuffle(profiles)
        other = profiles.pop()
        if chance.random() < 0.5:
            other = PartitionProfile.from_bytes(other.to_bytes(), policy())
        profiles[0].merge(other)
    return PartitionProfile.from_bytes(profiles[0].to_bytes(), policy())


def check_exact(field: FieldProfile, want: Exact) -> None:
    figures = field.figures()
    moments = figures.moments
    assert field.types == want.types
    assert field.nulls == want.nulls
    assert (figures.blanks, figures.spelled) == (want.blanks, want.spelled)
    assert field.present == sum(want.types.values()) - want.blanks
    assert moments.count == len(want.numbers)
    if want.numbers:
        assert (moments.minimum, moments.maximum) == (min(want.numbers), max(want.numbers))
        total = want.sum
        if moments.sum is not None:
            assert abs(Fraction(moments.sum) - total) <= abs(total) * Fraction(1, 10**15)
        assert moments.mean is None or math.isclose(moments.mean, total / moments.count, rel_tol=1e-15)
    if want.strings:
        assert figures.minimum is not None
        assert figures.minimum[:256] == min(want.strings)[:256]
        assert figures.maximum[:256] == max(want.strings)[:256]
    lengths = figures.lengths
    assert lengths.counts.total() == len(want.lengths)
    assert lengths.total == sum(want.lengths)
    if want.lengths:
        assert (lengths.minimum, lengths.maximum) == (min(want.lengths), max(want.lengths))


def check_within_bounds(field: FieldProfile, want: Exact) -> None:
    distinct = field.distinct()
    assert distinct.low <= len(want.texts) <= distinct.high
    for top in field.top(1000):
        if len(top.text) <= 256:
            assert top.low <= want.texts[text(top.value)] <= top.high, top
    distribution = field.figures().distribution
    if distribution is not None:
        ordered = sorted(map(float, want.numbers))
        for rank in (0.0, 0.1, 0.5, 0.9, 1.0):
            found = distribution.quantile(rank)
            assert found.low <= found.value <= found.high
            assert found.low <= ordered[max(math.ceil(round(rank * len(ordered), 6)), 1) - 1] <= found.high


@given(rows, st.integers(0, 2**32), st.sampled_from([2048, 5]))
@settings(max_examples=150, deadline=None)
def test_equals_the_reference(records: list[dict[str, Any]], seed: int, room: int) -> None:
    with patch.object(frequent, "MAX_VALUES", room):
        asset = merged(records, seed).assets["t"]
        assert asset.records == len(records)
        for path in FIELDS:
            values = [record[path] for record in records if path in record]
            if values:
                check_exact(asset.fields[path], exact(values))
                check_within_bounds(asset.fields[path], exact(values))


def pool(chance: random.Random, size: int) -> list[Any]:
    """Values of which few are frequent and most are rare; blanks and spellings come in many forms."""
    values: list[Any] = [" " * chance.randrange(9) for _ in range(size // 20)]
    values += [" " * chance.randrange(9) + "N/A" for _ in range(size // 20)]
    while len(values) < size:
        rare = int(chance.paretovariate(0.3)) % 10**6
        values.append(
            chance.choice([f"text {rare}", str(rare), f"{rare / 7:.3f}", rare, rare / 7, None, rare > 3])
        )
    chance.shuffle(values)
    return values


@pytest.mark.parametrize(("size", "room"), [(300, 5), (3_000, 40), (30_000, 2048)])
@pytest.mark.parametrize("seed", range(3))
def test_sketches_merge(size: int, room: int, seed: int) -> None:
    values = pool(random.Random(seed), size)
    with patch.object(frequent, "MAX_VALUES", room):
        records = [{"a": value} for value in values]
        parts = [PartitionProfile("t", policy()) for _ in range(5)]
        for start in range(0, size, size // 30):
            parts[start * 30 // size % 5].add(decoded(records[start : start + size // 30]), META)
        for other in parts[1:]:
            parts[0].merge(PartitionProfile.from_bytes(other.to_bytes(), policy()))
    field = parts[0].assets["t"].fields["a"]
    want = exact(values)
    assert not field.distinct().low == field.distinct().high == len(want.texts), "the test is about sketches"
    check_exact(field, want)
    check_within_bounds(field, want)


@given(rows, st.integers(0, 2**32), st.integers(0, 2**32))
@settings(max_examples=60, deadline=None)
def test_two_ways_give_the_same_figures_to_the_last_bit(
    records: list[dict[str, Any]], one: int, other: int
) -> None:
    first, second = merged(records, one).assets["t"], merged(records, other).assets["t"]
    assert first.fields.keys() == second.fields.keys()
    for path, field in first.fields.items():
        mine, theirs = field.figures(), second.fields[path].figures()
        assert mine.moments.state() == theirs.moments.state()
        assert (mine.moments.mean, mine.moments.stddev) == (theirs.moments.mean, theirs.moments.stddev)
        assert field.top(50) == second.fields[path].top(50)
        assert mine.distinct == theirs.distinct


def test_sums_survive_cancellation() -> None:
    values = [1e16, 3.14, -1e16, 1e-9, 1e300, -1e300, 7, 10**40, -(10**40)] * 50
    random.Random(3).shuffle(values)
    asset = merged([{"a": value} for value in values], 5).assets["t"]
    assert math.isclose(asset.fields["a"].figures().moments.sum or 0, exact(values).sum, rel_tol=1e-15)


def test_counts_of_a_partition_and_its_rejects() -> None:
    profile = PartitionProfile("t", policy())
    profile.add(decoded([{"a": 1}, {"a": 2}], ["bad", "worse"]), META)
    profile.add(decoded([{"a": 3}], ["bad"]), META)
    twin = PartitionProfile.from_bytes(profile.to_bytes(), policy())
    twin.merge(profile)
    assert (twin.records, twin.quarantined, twin.bytes) == (6, 6, 40)
    assert twin.reasons == {"bad": 4, "worse": 2}
    assert twin.assets["t"].formats == {"json": 6}


def test_merging_leaves_the_other_as_it_was() -> None:
    one, other = (PartitionProfile("t", policy()) for _ in range(2))
    other.add(decoded([{"a": "x", "b": 1}]), META)
    before = other.to_bytes()
    one.merge(other)
    one.add(decoded([{"a": "y", "b": 2}] * 5), META)
    assert other.to_bytes() == before


def test_true_and_one_and_one_point_zero_are_told_apart_by_type() -> None:
    profile = PartitionProfile("t", policy())
    profile.add(decoded([{"a": value} for value in (True, 1, 1.0, "1", False, 0)]), META)
    field = profile.assets["t"].fields["a"]
    assert field.types == {"string": 1, "number": 3, "boolean": 2}
    assert {top.text: top.count for top in field.top(9)} == {"1": 3, "true": 1, "false": 1, "0": 1}
    assert field.figures().moments.sum == 3
