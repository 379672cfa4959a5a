"""Values as they are archived: canonical, of their column's type, and without anything personal."""

from __future__ import annotations

import math
from datetime import date
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from pandian.hashing import KeyedHash
from streams.archiving.base import ColumnType
from streams.archiving.values import ARROW, MISFIT, as_text
from streams.inventory.cleaning import plan as cleaning_plan
from streams.inventory.masking import ShapeMasker
from tests.streams.archiving.plans import column, values

KEY = "a key of sixteen or more"
TYPES: tuple[ColumnType, ...] = ("text", "double", "int64", "bool", "timestamp", "date")
scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(-(2**70), 2**70)
    | st.floats().map(lambda number: number + 0.0)  # no minus zero: it is zero
    | st.text(max_size=30)
    | st.sampled_from(
        ["N/A", "1.5", "-7", "2026-01-31", "2026-01-31T08:00:00Z", "true", "\ud800", "1" * 400, "a\x00b"]
    )
)


@settings(deadline=None)
@given(st.lists(scalars, max_size=30), st.sampled_from(TYPES))
def test_anything_becomes_a_column(found: list[Any], kind: ColumnType) -> None:
    one = column("x", kind)
    fit = values().fit(found, one)
    assert len(fit) == len(found)
    array = pa.array([None if value is MISFIT else value for value in fit], ARROW[kind])
    assert len(array) == len(found)
    for value, canonical in zip(fit, values().canonical(found, one), strict=True):
        if value is MISFIT:
            as_text(canonical).encode()
        if kind == "text":
            assert value is None or isinstance(value, str)


@settings(deadline=None)
@given(st.lists(scalars, max_size=20), st.lists(scalars, max_size=20), st.sampled_from(TYPES))
def test_what_becomes_of_a_value_depends_on_that_value(
    one: list[Any], other: list[Any], kind: ColumnType
) -> None:
    plan = column("x", kind)
    both = values()
    together = both.fit(one + other, plan)
    apart = both.fit(one, plan) + values().fit(other, plan)
    assert [one is MISFIT for one in together] == [one is MISFIT for one in apart]
    one, other = ([None if value is MISFIT else value for value in some] for some in (together, apart))
    assert repr(pa.array(one, ARROW[kind]).to_pylist()) == repr(pa.array(other, ARROW[kind]).to_pylist())


@settings(deadline=None)
@given(st.integers(), st.sampled_from(["double", "int64", "text"]))
def test_whole_numbers_are_exact_or_do_not_fit(number: int, kind: ColumnType) -> None:
    assume(ShapeMasker().text(str(number)) == str(number))  # some look like the number of a bank card
    (fit,) = values().fit([number], column("x", kind, semantic_type="order_id"))
    assert fit is MISFIT or int(fit) == number
    assert (fit is MISFIT) == (kind != "text" and not abs(number) < (2**53 if kind == "double" else 2**63))


@pytest.mark.parametrize(
    ("kind", "given_", "wanted"),
    [
        ("text", [17850, 17850.0, "17850", True, 1.5, None], ["17850", "17850", "17850", "true", "1.5", None]),
        ("double", [1, 2.5, "3.25", "1e3", "abc", True, None], [1, 2.5, 3.25, 1000, MISFIT, MISFIT, None]),
        ("int64", [1, 2.0, "-3", 2.5, "x", 2**63, math.nan], [1, 2, -3, MISFIT, MISFIT, MISFIT, MISFIT]),
        ("bool", [True, False, 1, "true", None], [True, False, MISFIT, MISFIT, None]),
        ("date", ["2026-01-31", "2026-13-31", "31/01/2026", 7], [date(2026, 1, 31), MISFIT, MISFIT, MISFIT]),
        ("timestamp", ["2026-01-31T08:00:00Z", 1_700_000_000], [1769846400000, 1700000000000]),
        ("timestamp", ["soon", True, None], [MISFIT, MISFIT, None]),
        ("text", ["  a  b ", "N/A", "-", "无", "caf&eacute;", ""], ["a b", None, None, None, "café", None]),
    ],
)  # fmt: skip
def test_types(kind: ColumnType, given_: list[Any], wanted: list[Any]) -> None:
    assert values().fit(given_, column("x", kind)) == wanted


def test_numbers_in_a_countrys_notation_are_numbers() -> None:
    samples = ["1.234,50", "7,25", "12,00", "1.000,10"]
    rules = cleaning_plan("price", samples).state()
    assert values().fit(["1.234,50", "n/a", 3], column("p", "double", rules=rules)) == [1234.5, None, 3]


def test_days_before_months_only_as_the_plan_says() -> None:
    samples = ["31/01/2026", "28/02/2026", "05/06/2026", "13/12/2025"]
    rules = cleaning_plan("timestamp", samples).state()
    one = column("t", "timestamp", rules=rules, reader="%d/%m/%Y")
    assert values().fit(["05/06/2026"], one) == [1780617600000]
    assert values().fit(["2026-06-05"], one) == [1780617600000]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("ask ann@example.org", "ask [email]"),
        ("ask ann&#64;example.org", "ask [email]"),
        ("  call 13812345678 now ", "call [phone] now"),
        ("4111111111111111", "[card]"),
    ],
)
def test_what_is_certainly_personal_is_masked_in_any_text(text: str, kept: str) -> None:
    assert values().fit([text], column("note")) == [kept]


@pytest.mark.parametrize("number", [4111111111111111, 4111111111111111.0, "4111111111111111"])
@pytest.mark.parametrize("kind", ["double", "int64", "text"])
def test_card_numbers_do_not_pass_as_numbers(number: Any, kind: ColumnType) -> None:
    one = column("x", kind, semantic_type="unknown")
    (fit,) = values().fit([number], one)
    (canonical,) = values().canonical([number], one)
    assert fit is MISFIT or fit == "[card]"
    assert canonical == "[card]"


def test_order_numbers_that_pass_for_cards_stay() -> None:
    assert values().fit(["4111111111111111"], column("x", semantic_type="order_id")) == ["4111111111111111"]


def test_personal_identifiers_become_hashes_of_what_they_mean() -> None:
    rules = cleaning_plan("email", []).state()
    one = column("mail", semantic_type="email", rules=rules, hashed=True)
    hashed = KeyedHash(KEY)("ann@example.org")
    given_ = ["Ann@Example.org", " ann@example.org", None, "", "N/A", 7]
    found = values(KEY).fit(given_, one)
    assert found[:5] == [hashed, hashed, None, None, None]
    assert found[5] == KeyedHash(KEY)("7")
    assert values().fit(given_, one) == [None] * 6


def test_what_is_remembered_is_bounded() -> None:
    some = values()
    for number in range(200):
        some.fit([f"{number}-{text}" for text in range(500)], column("x", semantic_type=f"t{number % 90}"))
    assert len(some._known) <= 65
    assert all(len(known) <= 8192 for known in some._known.values())
    some.fit(["x" * 10_000], column("x"))
    assert not any(len(text) > 64 for known in some._known.values() for text in known)
