"""Paths, names, checks, references and words."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogs.checks import field_checks
from catalogs.document import Field, read_inventory
from catalogs.naming import file_names, safe
from catalogs.openmetadata.names import entity_name, qualified
from catalogs.paths import column, steps
from catalogs.references import references
from catalogs.words import between, markdown, percent
from streams.decode.paths import child, element
from tests.catalogs.inventories import HOSTILE, shop

names = st.text(min_size=0, max_size=8).filter(
    lambda text: not any(0xD800 <= ord(char) < 0xE000 for char in text)
)


@given(st.lists(names | st.none(), min_size=1, max_size=5))
def test_paths_are_read_as_they_are_written(way: list[str | None]) -> None:
    path = ""
    for step in way:
        path = element(path) if step is None else child(path, step)
    assert list(steps(path)) == way


def test_what_is_no_path_is_one_name() -> None:
    assert steps('a["') == ('a["',)
    assert steps("") == ("",)


def test_columns_are_named_as_pandas_names_them() -> None:
    assert column("a.b") == "a.b"
    assert column('["a.b"]') == "a.b"
    assert column("a[].b") is None


def test_file_names_are_safe_and_different() -> None:
    made = file_names([*HOSTILE, "", "Orders", "orders", "../../etc/passwd", "shop.orders"], ".json")
    assert made["shop.orders"] == "shop.orders.json"
    assert len({name.casefold() for name in made.values()}) == len(made)
    for name in made.values():
        assert name.isascii()
        assert "/" not in name
        assert not name.startswith((".", "-"))
        assert len(name) <= 100


@given(names, names)
def test_different_names_stay_different(one: str, other: str) -> None:
    assert (safe(one, dots=False) == safe(other, dots=False)) == (one == other)
    assert (entity_name(one) == entity_name(other)) == (one == other)
    assert "::" not in entity_name(one)


def test_qualified_names_quote_dots() -> None:
    assert qualified("a", "b.c", "d") == 'a."b.c".d'


def field(**said: Any) -> Field:
    return Field.model_validate({"field": "f", "types": {"string": said.get("count", 0)}, **said})


def test_bounds_are_ends_of_intervals_that_the_data_meets() -> None:
    for missing in (0, 1, 10, 99):
        (check,) = field_checks(field(count=100 - missing, missing=missing))
        assert check.at_least < check.measured <= 1
        assert check.at_most_missing > missing / 100


def test_next_data_of_the_same_kind_meets_bounds_most_of_the_time() -> None:
    chance = random.Random(1)
    met = 0
    for _ in range(400):
        share = chance.uniform(0.05, 0.95)
        seen = sum(chance.random() < share for _ in range(400))
        (check,) = field_checks(field(count=seen, missing=400 - seen))
        met += share >= check.at_least
    # The lower end of a two-sided 95 % interval is passed in 2.5 % of cases.
    assert met >= 400 * 0.95


def test_words_that_say_missing_count_as_missing() -> None:
    (check,) = field_checks(field(count=100, missing=0, missing_spelled=40))
    assert check.measured == 0.6


@pytest.mark.parametrize(
    ("said", "rules"),
    [
        (
            {"semantic_type": "event_id", "distinct": {"estimate": 100, "low": 98, "high": 102}},
            {"missing", "unique"},
        ),
        ({"semantic_type": "event_id", "distinct": {"estimate": 60, "low": 58, "high": 62}}, {"missing"}),
        ({"semantic_type": "price", "distinct": {"estimate": 100, "low": 98, "high": 102}}, {"missing"}),
    ],
)
def test_only_keys_are_expected_to_be_unique(said: dict[str, Any], rules: set[str]) -> None:
    assert {check.rule for check in field_checks(field(count=100, **said))} == rules


def tops(*values: str) -> list[dict[str, Any]]:
    return [{"value": value, "count": 50, "low": 50, "high": 50} for value in values]


@pytest.mark.parametrize(
    ("values", "more", "expected"),
    [
        (("a", "b"), {}, True),
        (("a", "[email]"), {}, False),
        (("a", "x" * 256 + "…"), {}, False),
        (("a", "b"), {"distinct": {"estimate": 3, "low": 3, "high": 3}}, False),
        (("a", "b"), {"distinct": {"estimate": 2, "low": 1, "high": 3}}, False),
        (("a", "b"), {"types": {"string": 99, "number": 1}}, False),
        (("a", "b"), {"masked": True}, False),
    ],
)
def test_sets_are_expected_only_where_all_values_are_seen_as_they_are(
    values: tuple[str, ...], more: dict[str, Any], expected: bool
) -> None:
    known = {"count": 100, "distinct": {"estimate": 2, "low": 2, "high": 2}, "top": tops(*values)}
    assert ("values" in {check.rule for check in field_checks(field(**(known | more)))}) is expected


def test_references_lead_to_what_is_there_and_are_told_once() -> None:
    document = shop()
    found = references(read_inventory(document))
    assert [(one.field.path, one.to_asset.name, one.to_field.path, one.share) for one in found] == [
        ("StockCode", "shop.items", "sku", "98.7 %"),
        ("CustomerID", "shop.customers", "customer_id", "100 % (99 to 100 %)"),
    ]
    for asset in document["assets"]:
        asset["relations"] = [{"from": "shop.orders.StockCode", "to": "shop.items.sku"}]
    assert len(references(read_inventory(document))) == 1


def test_markdown_shows_what_the_text_says() -> None:
    assert markdown("<b>*x*</b> [a](b)\n# c") == r"\<b\>\*x\*\</b\> \[a\](b) \# c"
    assert markdown("\u202eabc") == "abc"


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0, "0 %"),
        (1, "100 %"),
        (0.123456, "12.3 %"),
        (0.99957, "99.96 %"),
        (0.9999999, "99.99999 %"),
        (0.99999161, "99.999 %"),
    ],
)
def test_shares_for_people(share: float, text: str) -> None:
    assert percent(share) == text


def test_ends_of_intervals_are_told_apart() -> None:
    assert between(0.97666, 0.97726) == "97.67 to 97.73 %"
    assert between(0.99999, 1.0) == "99.999 to 100 %"
    assert between(0.5, 0.5) == "50 to 50 %"


def test_schema_changes_are_told_newest_first_however_their_times_are_written() -> None:
    changes = [
        {"change": "vanished", "field": "b", "time": 1_300_000_000_000, "before": "number"},
        {"change": "appeared", "field": "c", "time": None},
        {"change": "appeared", "field": "a", "time": "2011-03-01T09:00:00+00:00"},
        {"change": "appeared", "field": "d", "time": 10**30},
    ]
    (asset,) = read_inventory({"assets": [{"asset": "x", "schema_changes": changes}]}).assets
    assert [one.field for one in asset.newest_changes] == ["b", "a", "c", "d"]
    assert asset.newest_changes[0].time == "2011-03-13T07:06:40+00:00"
    assert asset.newest_changes[-1].time is None
