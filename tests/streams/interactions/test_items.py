"""Rows of a catalogue become items: only what is new, only once acknowledged, and nothing personal in titles."""

from __future__ import annotations

import time
from collections import Counter
from typing import Any

import orjson
import pytest

from streams.decode.registry import BatchDecoder
from streams.interactions import items
from streams.interactions.base import ITEM_ROLES, FieldMapping, Part, Role
from streams.interactions.interactions import Places
from streams.interactions.items import ItemsReader, News
from streams.inventory.masking import ShapeMasker

NOW = 1_700_000_000_000
ROLES: tuple[Role, ...] = ("item", "time", *ITEM_ROLES)
MAPPING = FieldMapping("items", {role: Part(role, "-") for role in ROLES})
Row = dict[str, Any]


def reader() -> ItemsReader:
    return ItemsReader(ShapeMasker())


def told(one: ItemsReader, rows: list[Row], news: News | None = None) -> tuple[list[Row], Counter[str], News]:
    news = {} if news is None else news
    outcomes: Counter[str] = Counter()
    places = Places("t", "0" * 32, 0, range(len(rows)), [NOW] * len(rows))
    groups = BatchDecoder().decode([orjson.dumps(row) for row in rows]).groups
    lists = [some for group in groups for some in one.items_of(group, MAPPING, places, outcomes, news)]
    return [orjson.loads(told.value) for some in lists for told in some], +outcomes, news


def test_a_row_becomes_an_item() -> None:
    row = {
        "item": 5.0,
        "name": " Red  mug ",
        "category": 7,
        "brand": True,
        "price": "9.50",
        "available": "In Stock",
    }
    (found,), outcomes, _ = told(reader(), [row])
    assert found == {
        "item_id": "5",
        "name": "Red mug",
        "category": "7",
        "brand": None,
        "price": 9.5,
        "available": True,
        "time": NOW,
    }
    assert outcomes == {"item": 1}


@pytest.mark.parametrize(
    ("value", "available"),
    [
        (True, True), (False, False), (0, False), (12, True), ("0", False), ("17", True), ("有货", True),
        ("https://schema.org/OutOfStock", False), ("sold out", False), ("perhaps", None), (None, None), (-3, None),
        ("9" * 400, None),
    ],
)  # fmt: skip
def test_whether_it_can_be_had(value: Any, available: bool | None) -> None:
    assert told(reader(), [{"item": 1, "available": value}])[0][0]["available"] is available


@pytest.mark.parametrize("price", [-1, "nan", "1e999", True, "free", None, [1]])
def test_what_is_no_price(price: Any) -> None:
    assert told(reader(), [{"item": 1, "price": price}])[0][0]["price"] is None


def test_rows_without_an_item() -> None:
    rows: list[Row] = [
        {"name": "a"},
        {"item": "-"},
        {"item": True},
        {"item": 1.5},
        {},
        {"item": "bad"},
        {"item": "missing"},
    ]
    found, outcomes, _ = told(reader(), rows)
    assert [one["item_id"] for one in found] == ["bad", "missing"]
    assert outcomes == {"no-item": 3, "bad-item": 2, "item": 2}


def test_only_news_is_said() -> None:
    one = reader()
    rows = [
        {"item": 1, "price": 2},
        {"item": 1, "price": 2},
        {"item": 1, "price": 3},
        {"item": 2, "price": 3},
    ]
    found, outcomes, news = told(one, rows)
    assert [(row["item_id"], row["price"]) for row in found] == [("1", 2), ("1", 3), ("2", 3)]
    assert outcomes == {"item": 3, "same-item": 1}
    one.remember(news)
    found, outcomes, _ = told(one, rows)
    assert [(row["item_id"], row["price"]) for row in found] == [("1", 2), ("1", 3)]
    assert outcomes == {"item": 2, "same-item": 2}


def test_what_was_not_acknowledged_was_not_said() -> None:
    one, rows = reader(), list[Row]([{"item": 1, "price": 2}])
    assert told(one, rows)[0] == told(one, rows)[0] != []


def test_what_is_said_already_of_the_same_records_counts_too() -> None:
    one = reader()
    _, _, news = told(one, [{"item": 1, "price": 2}])
    assert told(one, [{"item": 1, "price": 2}], news)[1] == {"same-item": 1}


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(items, "_REMEMBERED", 100)
    one = reader()
    for start in range(0, 1_000, 50):
        one.remember({f"i{number}": b"x" * 8 for number in range(start, start + 50)})
    assert len(one._said) == 100
    assert told(one, [{"item": "i1"}])[1] == {"item": 1}


def test_what_is_certainly_personal_is_masked_in_titles_and_only_there() -> None:
    rows: list[Row] = [{"item": number, "name": f"Mug {number}", "brand": "Acme"} for number in range(700)]
    rows[333]["name"] = "Mug of jane.doe@example.org"
    rows[334]["brand"] = "4111 1111 1111 1111"
    found, _, _ = told(reader(), rows)
    said = orjson.dumps(found).decode()
    assert "jane" not in said
    assert "4111" not in said
    assert found[333]["name"].startswith("Mug of ")
    untouched = [number for number in range(700) if number not in (333, 334)]
    assert [found[number]["name"] for number in untouched] == [f"Mug {number}" for number in untouched]


def test_a_long_title_is_cut_and_odd_ones_can_be_written() -> None:
    rows = [{"item": 1, "name": "x " * 5_000}, {"item": 2, "name": "\x00 a\tb\n"}]
    found, _, _ = told(reader(), rows)
    assert len(found[0]["name"]) == 500
    assert found[1]["name"] == "\x00 a b"


def test_a_list_of_titles_takes_some_ten_milliseconds() -> None:
    rows = [
        {"item": number, "name": f"Blue tee {number}", "category": "Tees", "brand": "Acme", "price": 9}
        for number in range(items.AT_ONCE)
    ]
    told(reader(), rows)
    began = time.process_time()
    told(reader(), rows)
    assert time.process_time() - began < items.AT_ONCE * 100e-6
