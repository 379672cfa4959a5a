"""The set of a field's values: the same whatever way it came about, and only of what may be a key."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from streams.inventory.relations.sketch import ValueSet, keyable, sketch_of

TEXTS = st.lists(st.text(max_size=8), max_size=60)


def made(parts: list[list[str]], ways: list[int]) -> ValueSet:
    """Return the set of all parts, by adding, merging and restoring as ``ways`` say."""
    whole = ValueSet()
    for part, way in zip(parts, ways, strict=True):
        if way == 0:
            whole.add(part)
        else:
            other = ValueSet()
            other.add(part)
            if way == 2:
                restored = ValueSet()
                restored.restore(other.to_bytes())
                other = restored
            whole.merge(other)
        if way == 3:
            data = whole.to_bytes()
            whole = ValueSet()
            whole.restore(data)
    return whole


@given(st.lists(st.tuples(TEXTS, st.integers(0, 3)), min_size=1, max_size=6))
def test_any_way_gives_the_same_set(steps: list[tuple[list[str], int]]) -> None:
    parts, ways = [part for part, _ in steps], [way for _, way in steps]
    plain = ValueSet()
    plain.add([text for part in parts for text in part])
    assert made(parts, ways).compact().serialize() == plain.compact().serialize()


@given(st.lists(st.integers(0, 3), min_size=7, max_size=7), st.integers(0, 1_000))
@settings(max_examples=25, deadline=None)
def test_any_way_gives_the_same_set_of_many(ways: list[int], seed: int) -> None:
    texts = [f"item-{number}" for number in range(7_000)]
    random.Random(seed).shuffle(texts)
    parts = [texts[start : start + 1_400] for start in range(0, 7_000, 1_000)]
    plain = ValueSet()
    plain.add(texts)
    assert made(parts, ways).to_bytes() == plain.to_bytes()
    assert plain.compact().get_lower_bound(3) <= 7_000 <= plain.compact().get_upper_bound(3)
    assert len(plain.to_bytes()) < 8_192


def test_merging_leaves_the_other_one_alone() -> None:
    one, other = ValueSet(), ValueSet()
    one.add(["a"])
    other.add(["b"])
    before = other.to_bytes()
    one.merge(other)
    one.add(["c"])
    assert other.to_bytes() == before
    assert one.compact().get_estimate() == 3


def test_a_sketch_of_kept_values_is_exact() -> None:
    assert not sketch_of(map(str, range(3_840))).is_estimation_mode()


def test_what_may_be_a_key() -> None:
    texts = ["85123A", "17850.0", "a b", "018f7d1e-9a0c-7cc3-98c4-3e7f1b8c2d10", "v1.2.x", "商品 1", "-5"]
    assert keyable(texts) == ["85123A", "17850", "a b", texts[3], "v1.2.x", "商品 1", "-5"]
    assert not keyable(
        ["", " ", "\t", "x" * 65, "three short words", "2010-12-01 08:26:00", "2010-12-01", "2.55"]
    )
    assert keyable(["plain", "", "x" * 64]) == ["plain", "x" * 64]
    assert not keyable([])


@given(st.lists(st.text(max_size=70), max_size=30))
def test_each_value_is_judged_by_itself(texts: list[str]) -> None:
    """The quick way for plain identifiers must not judge otherwise than the slow one."""
    beside = "2.5"  # is none, and makes the other way be taken
    assert list(keyable(texts)) == [one for text in texts for one in keyable([text, beside])]
