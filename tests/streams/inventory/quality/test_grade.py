"""Quality: shares with intervals, and letters from their lower ends."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.inventory.intervals import wilson
from streams.inventory.profile.distinct import Estimate
from streams.inventory.quality.base import FieldQuality
from streams.inventory.quality.grade import grade, quality


def field(
    present: int = 100,
    base: int = 100,
    semantic_type: str = "text",
    spelled: int = 0,
    types: dict[str, int] | None = None,
    numbers: int = 0,
    distinct: int = 10,
) -> FieldQuality:
    return FieldQuality(
        semantic_type,
        base,
        present,
        spelled,
        types or {"string": present},
        numbers,
        Estimate(*(distinct,) * 3),
    )


def dimensions(
    *fields: FieldQuality, kind: str = "other", records: int = 100, quarantined: int = 0
) -> dict[str, float]:
    made = quality(kind, fields, records, quarantined)["dimensions"]
    return {name: round(share["score"], 4) for name, share in made.items()}


@given(st.integers(0, 500), st.integers(0, 500))
def test_wilson_ends_where_the_share_is_just_1_96_standard_errors_away(successes: int, failures: int) -> None:
    trials = successes + failures or 1
    share = wilson(successes, trials)
    assert 0 <= share.low <= share.score <= share.high <= 1
    for end in (share.low, share.high):
        if end != share.score:
            assert abs(end - share.score) == pytest.approx(
                1.959964 * (end * (1 - end) / trials) ** 0.5, rel=1e-6
            )
    # At the ends of the scale the interval does not shrink to nothing.
    assert share.low < share.high


def test_without_trials_anything_is_possible() -> None:
    assert wilson(0, 0) == (0, 0, 1)


def test_completeness_counts_spellings_as_missing() -> None:
    assert dimensions(field(80, spelled=20), field(100))["completeness"] == 0.8


@pytest.mark.parametrize(
    ("one", "valid"),
    [
        (field(types={"string": 90, "number": 10}), 0.9),
        # A numeric string is a number in a field of numbers.
        (field(types={"string": 10, "number": 90}, numbers=95), 0.95),
        # Strings that are numbers but for one: the one is wrong.
        (field(1000, 1000, types={"string": 1000}, numbers=999), 0.999),
        # Two in a hundred are not: these are codes.
        (field(types={"string": 100}, numbers=98), 1.0),
        # Neither blanks nor missing spellings are values of another kind.
        (field(50, types={"string": 60, "number": 40}, spelled=10, numbers=40), 1.0),
        (field(types={"object": 99, "string": 1}), 0.99),
    ],
)
def test_validity_of_types(one: FieldQuality, valid: float) -> None:
    assert dimensions(one)["validity"] == valid


def test_a_record_that_cannot_be_read_is_a_record_of_wrong_values() -> None:
    assert dimensions(field(), field(), records=100, quarantined=100)["validity"] == 0.5
    assert dimensions(records=0, quarantined=5) == {"validity": 0.0}


@pytest.mark.parametrize(
    ("kind", "semantic_type", "distinct", "unique"),
    [
        ("items", "item_id", 95, 0.95),
        ("items", "item_id", 50, None),
        ("orders", "item_id", 100, None),
        ("logs", "event_id", 100, 1.0),
        ("users", "user_id", 100, 1.0),
        ("orders", "order_id", 100, 1.0),
    ],
)
def test_uniqueness_where_there_is_a_key(
    kind: str, semantic_type: str, distinct: int, unique: float | None
) -> None:
    assert (
        dimensions(field(semantic_type=semantic_type, distinct=distinct), kind=kind).get("uniqueness")
        == unique
    )


def test_the_grade_is_that_of_the_lower_end() -> None:
    few = quality("other", [field(3, 3)], 3, 0)
    many = quality("other", [field(3000, 3000)], 3000, 0)
    assert few["score"] == many["score"] == 1
    assert (few["grade"], many["grade"]) == ("F", "A")
    assert few["low"] < many["low"] <= many["high"]


@pytest.mark.parametrize(
    ("low", "letter"), [(1, "A"), (0.95, "A"), (0.949, "B"), (0.85, "C"), (0.7, "D"), (0.5, "E"), (0.49, "F")]
)
def test_letters(low: float, letter: str) -> None:
    assert grade(low) == letter


def test_nothing_to_grade() -> None:
    assert quality("other", [], 0, 0) == {
        "grade": None,
        "score": None,
        "low": None,
        "high": None,
        "dimensions": {},
        "missed": [],
        "fields": [],
        "rules": [],
    }
