"""Identifiers that are personal: pseudonyms with a key, nothing without one, whatever field they stand in."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path
from typing import Any

import orjson
import pytest

from pandian.hashing import KeyedHash
from streams.decode.registry import BatchDecoder
from streams.interactions.base import FieldMapping, NoMapping, Part
from streams.interactions.identities import PERSONAL, WITHOUT_KEY, Identities
from streams.interactions.interactions import Places, interactions_of
from streams.interactions.items import ItemsReader, News
from streams.interactions.mapping import mapping_of
from streams.interactions.override import Overrides, TopicRule
from streams.inventory.masking import ShapeMasker
from tests.streams.interactions.assets import asset_of_rows, fields_of

KEYED = KeyedHash("a key of sixteen or more")
WITH_KEY = Identities(ShapeMasker(), KEYED)
NOW = 1_700_000_000_000
EMAIL, PHONE, CARD = "ann.b@example.com", "+8613912345678", "4111111111111111"
HASHED = Part("who", "-", hashed=KEYED.fingerprint)
PLAIN = Part("who", "-")


def made(
    rows: list[dict[str, Any]], how: FieldMapping, identities: Identities
) -> tuple[list[dict[str, Any]], Counter[str]]:
    outcomes: Counter[str] = Counter()
    places = Places("t", "0" * 32, 0, range(len(rows)), [NOW] * len(rows))
    (group,) = BatchDecoder().decode([orjson.dumps(row) for row in rows]).groups
    lists = list(interactions_of(group, how, places, outcomes, identities))
    told = [one for some in lists for one in some]
    assert all(one.key == orjson.loads(one.value)["user_id"].encode() for one in told)
    outcomes.pop("broker-time", None)
    return [orjson.loads(one.value) for one in told], +outcomes


def mapping(user: Part = PLAIN) -> FieldMapping:
    return FieldMapping(
        "interactions", {"user": user, "item": Part("what", "-"), "session": Part("visit", "-")}
    )


def test_a_personal_field_becomes_pseudonyms() -> None:
    rows = [
        {"who": who, "what": "p1", "visit": "v"} for who in (EMAIL, EMAIL.upper(), "bob@example.org", "n/a")
    ]
    found, outcomes = made(rows, mapping(HASHED), WITH_KEY)
    users = [one["user_id"] for one in found]
    assert users == [KEYED(EMAIL), KEYED(EMAIL), KEYED("bob@example.org")]
    assert outcomes == {"interaction": 3, "no-user": 1}


def test_numbers_and_texts_of_one_number_are_one_user() -> None:
    rows = [{"who": who, "what": "p1"} for who in (13912345678, "13912345678", 13912345678.0)]
    found, _ = made(rows, mapping(HASHED), WITH_KEY)
    assert {one["user_id"] for one in found} == {KEYED("13912345678")}


@pytest.mark.parametrize(
    "identities", [WITHOUT_KEY, Identities(ShapeMasker(), KeyedHash("another long key ..."))]
)
def test_a_field_that_is_hashed_by_a_key_that_is_not_there_gives_nothing(identities: Identities) -> None:
    found, outcomes = made(
        [{"who": "k-1", "what": "p1"}, {"who": EMAIL, "what": "p1"}], mapping(HASHED), identities
    )
    assert found == [] and outcomes == {"personal": 2}


@pytest.mark.parametrize(
    "value", [EMAIL, PHONE, "11010519491231002X", 110105199003070017, "4111 1111 1111 1111"]
)
@pytest.mark.parametrize("role", ["who", "what", "visit"])
def test_one_personal_value_among_ids(value: Any, role: str) -> None:
    """Too few for the inventory to take the field for personal."""
    masked = ShapeMasker().text(str(value)) != str(value)
    rows = [{"who": f"k{n}", "what": f"p{n}", "visit": f"v{n}"} for n in range(50)]
    rows[7][role] = value
    found, outcomes = made(rows, mapping(), WITHOUT_KEY)
    assert (str(value) in orjson.dumps(found).decode()) is not masked
    assert outcomes == (
        {"interaction": 50} if role == "visit" or not masked else {"interaction": 49, "personal": 1}
    )
    found, outcomes = made(rows, mapping(), WITH_KEY)
    assert outcomes == {"interaction": 50}
    assert (KEYED(str(value)) in orjson.dumps(found).decode()) is masked


def test_an_order_number_that_passes_for_a_card_stays() -> None:
    column = ["5100000000000008", CARD, "17850"]
    assert WITHOUT_KEY.fit(column, PLAIN) is column
    assert WITH_KEY.fit(column, None) is column


def test_items_of_a_catalogue() -> None:
    outcomes: Counter[str] = Counter()
    news: News = {}
    (group,) = BatchDecoder().decode([orjson.dumps({"sku": sku, "name": "n"}) for sku in ("a", EMAIL)]).groups
    places = Places("t", "0" * 32, 0, range(2), [NOW] * 2)
    how = FieldMapping("items", {"item": Part("sku", "-"), "name": Part("name", "-")})
    told = [
        one
        for some in ItemsReader(ShapeMasker()).items_of(group, how, places, outcomes, news)
        for one in some
    ]
    assert [one.key for one in told] == [b"a"] and news.keys() == {"a"}
    assert +outcomes == {"item": 1, "personal": 1}


@pytest.fixture(scope="module")
def asset(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    rows = [
        {
            "email": f"a{n}@example.org",
            "phone": f"1391234{n:04d}",
            "item_id": n % 9,
            "event": "view",
            "visit": f"v{n}",
        }
        for n in range(300)
    ]
    return asset_of_rows(tmp_path_factory.mktemp("asset"), "clicks", rows)


def test_with_a_key_the_user_is_who_can_be_told_from_others(asset: dict[str, Any]) -> None:
    found = mapping_of(asset, "print")
    assert isinstance(found, FieldMapping)
    assert fields_of(found)["user"] == "email" and found.parts["user"].hashed == "print"
    assert all(part.hashed is None for role, part in found.parts.items() if role != "user")
    assert FieldMapping.read(found.document()) == found
    assert isinstance(mapping_of(asset), NoMapping)


def test_who_need_not_be_hashed_comes_first(tmp_path: Path) -> None:
    rows = [
        {"email": f"a{n}@example.org", "user_id": f"u{n}", "item_id": n % 9, "event": "view"}
        for n in range(300)
    ]
    found = mapping_of(asset_of_rows(tmp_path, "clicks", rows), "print")
    assert isinstance(found, FieldMapping)
    assert fields_of(found)["user"] == "user_id" and found.parts["user"].hashed is None


def test_the_file_may_name_what_is_personal_as_identifier_only(asset: dict[str, Any]) -> None:
    rule = Overrides({"*": TopicRule(user="phone", item="item_id")})
    found = rule.of("clicks", asset, "print")
    assert isinstance(found, FieldMapping) and found.parts["user"].hashed == "print"
    for other in (
        TopicRule(user="visit", item="item_id", name="email"),
        TopicRule(item="item_id", brand="phone"),
    ):
        parts = Overrides({"*": other}).of("clicks", asset, "print")
        used = set() if isinstance(parts, NoMapping) or parts is None else set(fields_of(parts).values())
        assert not {"email", "phone"} & used


def test_what_changes_when_the_key_does() -> None:
    plain, one, other = mapping(), mapping(HASHED), mapping(Part("who", "-", hashed="other"))
    assert not plain.same_as(one) and not one.same_as(other) and one.same_as(mapping(HASHED))
    assert plain.hashed_by(one) and one.hashed_by(other)
    assert not one.hashed_by(plain), "who was a pseudonym must not be shown later"


def test_what_it_costs() -> None:
    """Looking for what is personal among ids: a small part of making an interaction of a row (8 us)."""
    column = [f"user-{n:07d}" for n in range(1_500)]
    began = time.process_time()
    for _ in range(20):
        assert WITHOUT_KEY.fit(column, PLAIN) is column
    assert (time.process_time() - began) / 30_000 < 2e-6


def test_the_stand_in_says_nothing() -> None:
    assert repr(PERSONAL) == "<personal>"
