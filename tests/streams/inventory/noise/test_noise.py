"""Outliers, impossible values, noise: what is told, and that ordinary values are left alone."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.decode.base import Column
from streams.inventory.masking import ShapeMasker
from streams.inventory.noise import NOISE, impossible, noise, outliers
from streams.inventory.profile.field import FieldProfile
from tests.support.data import needs_data, online_retail_rows

NOW = 1_300_000_000_000


def field_of(values: list[object]) -> FieldProfile:
    field = FieldProfile(ShapeMasker())
    for start in range(0, len(values), 5_000):
        field.add(Column("f", values[start : start + 5_000]))
    return field


def test_far_numbers_are_outliers() -> None:
    chance = np.random.default_rng(1)
    numbers = [*np.round(chance.normal(100, 10, 1_000), 3).tolist(), 1000.0, -500.0]
    found = outliers(field_of(numbers).figures())
    assert found is not None
    assert found.scale == "linear"
    assert found.share == found.low == found.high == pytest.approx(2 / 1_002)
    assert found.lower is not None and -500 < found.lower < 60
    assert "outliers are below" in found.says


def test_the_bound_holds_for_sketches() -> None:
    chance = np.random.default_rng(2)
    numbers = [*chance.normal(0, 1, 60_000).tolist(), *chance.normal(100, 1, 600).tolist()]
    chance.shuffle(numbers)
    found = outliers(field_of(numbers).figures())
    assert found is not None
    assert found.low <= 600 / 60_600 <= found.high
    assert found.high - found.low < 0.03


def test_prices_are_looked_at_by_their_logarithms() -> None:
    chance = np.random.default_rng(3)
    prices = np.round(chance.lognormal(1, 1.2, 2_000), 2).clip(0.01).tolist()
    found = outliers(field_of([*prices, 1e9]).figures())
    assert found is not None
    assert found.scale == "log"
    assert found.share == pytest.approx(1 / 2_001)


@pytest.mark.parametrize("values", [[], [1.0] * 5, [7] * 100, ["a"] * 100, [*[5] * 99, 6]])
def test_where_nothing_can_be_said(values: list[object]) -> None:
    assert outliers(field_of(values).figures()) is None


@pytest.mark.parametrize("values", [[1e308, -1e308] * 20 + [1.0] * 20, list(range(30)), [0.0, 1e-320] * 30])
def test_extreme_numbers_raise_nothing(values: list[object]) -> None:
    found = outliers(field_of(values).figures())
    assert found is None or 0 <= found.low <= found.share <= found.high <= 1


def test_impossible_numbers() -> None:
    found = impossible("price", field_of([3.5, -1.0, 0.0, "-2"]), NOW)
    assert [(one["what"], one["odd"], one["count"], one["high"]) for one in found] == [
        ("negative", False, 2, 2),
        ("zero", True, 1, 1),
    ]
    assert impossible("item_name", field_of([-3.5]), NOW) == []
    assert impossible("price", field_of([3.5]), NOW) == []


def test_impossible_numbers_among_more_than_are_kept_have_a_bound() -> None:
    [negative] = impossible("price", field_of([*(number + 0.5 for number in range(9_000)), -4]), NOW)
    assert 1 == negative["count"] < negative["high"]


def test_dates_in_the_future() -> None:
    dates: list[object] = ["2011-03-01", "2011-03-14", "2011-03-20", "2099-01-01", "soon"]
    (found,) = impossible("timestamp", field_of(dates), NOW)
    assert (found["count"], found["high"]) == (2, 2)
    assert "2011-03-14 07:06 UTC" in found["says"]
    assert impossible("timestamp", field_of(["2011-03-01", "soon"]), NOW) == []
    (epochs,) = impossible("timestamp", field_of([1_200_000_000, 1_400_000_000]), NOW)
    assert epochs["count"] == 1
    masked = FieldProfile(ShapeMasker(), "birth_date")
    masked.add(Column("f", ["2099-01-01"]))
    assert impossible("birth_date", masked, NOW) == []


def test_plans_are_no_errors() -> None:
    assert impossible("timestamp", field_of(["2099-01-01", "2099-02-01"] * 20), NOW) == []
    (found,) = impossible("timestamp", field_of(["2011-03-01"] * 38 + ["2099-02-01"] * 2), NOW)
    assert found["count"] == 2


def test_nothing_left_in_stock_is_odd_at_most() -> None:
    (found,) = impossible("quantity", field_of([0, 3, 5]), NOW)
    assert found["odd"]


@pytest.mark.parametrize("semantic_type", ["item_id", "order_id", "date", "postal_code", "identifier"])
def test_numbers_that_name_have_no_outliers(semantic_type: str) -> None:
    figures = field_of([*range(860, 1_000), 5, 900_000]).figures()
    assert outliers(figures) is not None
    assert outliers(figures, semantic_type) is None


def test_fences_are_written_as_people_write_numbers() -> None:
    found = outliers(field_of(list(range(214_000_000, 214_900_000, 1_000))).figures(), "amount")
    assert found is not None
    assert "half of the numbers lie from 214,2" in found.says
    assert "e+" not in found.says


def test_noise_by_kind() -> None:
    texts = {
        "trial": ["test", "Test 1", "测试", "dummy product", "xxxx"],
        "mashed": ["qwerty", "asdfasdf", "zxcvb", "lkjhgf"],
        "repeated": ["aaaaaaa", "Looooooong", "好好好好好好"],
        "signs": ["???", "!!", "。。。"],
        "damaged": ["caf\ufffd", "锟斤拷"],
    }
    found = noise(Counter({text: 2 for group in texts.values() for text in group}), others=5)
    for name, group in texts.items():
        assert set(group) >= set(found[name]["examples"]), name
        assert found[name]["different"] == len(group), name
        assert (found[name]["count"], found[name]["high"]) == (2 * len(group), 2 * len(group) + 5)


_PIECES = [
    "test",
    "TEST",
    "ſ",
    "K",
    "a",
    "A",
    "ß",
    "qwer",
    "asdf",
    "?",
    "!",
    " ",
    "-",
    "1",
    "\ufffd",
    "锟斤拷",
    "测试",
    "_",
]


@settings(max_examples=200)
@given(
    st.lists(st.lists(st.sampled_from(_PIECES), min_size=1, max_size=6).map("".join), max_size=6, unique=True)
)
def test_what_spares_a_look_changes_no_answer(texts: list[str]) -> None:
    found = noise(dict.fromkeys(texts, 1))
    for name, rule in NOISE.items():
        alone = sum(bool(rule.test(text.strip())) for text in texts)
        assert found.get(name, {"different": 0})["different"] == alone, name


def test_ordinary_texts_are_no_noise() -> None:
    ordinary = [
        "tester set",
        "were",
        "property",
        "11111",
        "100000",
        "Bar stool",
        "OK",
        "x",
        "Mississippi",
        "www.example.com",
    ]
    assert (
        noise(
            dict.fromkeys(
                [*ordinary, "好", "很好很好", "A-1", "---a", "treatment", "Qwerty keyboard", "poppy"], 1
            )
        )
        == {}
    )


@needs_data
def test_notes_among_the_names_of_a_real_shop() -> None:
    kept = Counter(row["Description"].strip() for row in online_retail_rows(120_000))
    for spelling in ("", "?", "??", "missing", "Missing"):
        kept.pop(spelling, None)
    found = noise(kept)
    assert set(found) <= {"note", "signs", "damaged"}
    assert {"damages", "wet/rusty"} & {text for text in kept if text.islower()}
    assert 10 < found["note"]["count"] < 200
