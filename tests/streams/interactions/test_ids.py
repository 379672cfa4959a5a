"""One text for one user or item, however a record spells it."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pandian.events import MAX_ID_BYTES
from streams.interactions.ids import NoIdError, identifier


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (17850, "17850"),
        (17850.0, "17850"),
        ("17850.0", "17850"),
        ("17850", "17850"),
        (" 85123A ", "85123A"),
        (10**25, "1" + "0" * 25),
        (-7, "-7"),
        ("-7.0", "-7"),
        (2.0**80, str(2**80)),
        (0, "0"),
        ("007", "007"),
        ("1.5.0", "1.5.0"),
        ("v2.0", "v2.0"),
        ("用户一", "用户一"),
        ("a b", "a b"),
        ("x" * MAX_ID_BYTES, "x" * MAX_ID_BYTES),
    ],
)
def test_identifiers(value: Any, wanted: str) -> None:
    assert identifier(value) == wanted


@pytest.mark.parametrize(
    "value",
    [None, "", "  ", "N/A", "null", "NULL", "(null)", "None", "-", "unknown", "无", math.nan, math.inf],
)
def test_values_that_say_that_there_is_nobody(value: Any) -> None:
    assert identifier(value) is None


@pytest.mark.parametrize(
    "value",
    [
        True,
        False,
        1.5,
        1e256,
        10**300,
        "x" * (MAX_ID_BYTES + 1),
        "编" * (MAX_ID_BYTES // 3 + 1),
        "a\x00b",
        "a\nb",
        "\ud800x",
    ],
)
def test_values_that_are_no_identifier(value: Any) -> None:
    with pytest.raises(NoIdError):
        identifier(value)


def test_true_is_not_taken_for_one() -> None:
    """Python holds them for equal; a cache that did too would answer for one what it found for the other."""
    assert identifier(1) == "1"
    with pytest.raises(NoIdError):
        identifier(True)
    assert identifier(1.0) == "1"


scalars = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=300))


@given(scalars)
def test_an_identifier_is_one_itself(value: Any) -> None:
    try:
        found = identifier(value)
    except NoIdError:
        return
    if found is not None:
        assert 0 < len(found.encode()) <= MAX_ID_BYTES
        assert identifier(found) == found
