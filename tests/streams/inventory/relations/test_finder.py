"""References: found where they are, in whatever numbering, and none where numbers merely are small."""

from __future__ import annotations

import random

import pytest

from streams.inventory.relations.base import Signature
from streams.inventory.relations.finder import find
from streams.inventory.relations.graph import as_text
from tests.streams.inventory.relations.worlds import asset, codes, drawn, found

ITEMS = codes(3_000)
ORDER_TYPES = {"item": "item_id", "qty": "quantity"}


def catalogue(values: list[str]) -> Signature:
    return asset("items", "items", {"sku": "sku"}, {"sku": values})


def orders(values: list[str], count: int = 20_000) -> Signature:
    lines = drawn(values, count)
    return asset(
        "orders", "orders", ORDER_TYPES, {"item": lines, "qty": drawn(range(1, 40), count)}, partitions=3
    )


def test_codes_that_are_those_of_the_catalogue() -> None:
    (one,) = find([orders(ITEMS), catalogue(ITEMS)])
    assert (*one.source, *one.target) == ("orders", "item", "items", "sku")
    assert one.share.low > 0.99
    assert one.compared >= 1_024


def test_orphans_are_bounded() -> None:
    orphans = [f"X{number:07d}" for number in range(39)]
    (one,) = find([orders([*ITEMS, *orphans]), catalogue(ITEMS)])
    assert one.share.low <= 3_000 / 3_039 <= one.share.high
    assert one.share.high - one.share.low < 0.02
    assert one.orphans.low <= 39 / 3_039 <= one.orphans.high
    assert "⊂ items.sku 9" in as_text([one])[0]


def test_orphans_of_small_sets_are_exact_in_values_and_records() -> None:
    lines = ITEMS[:200] * 7 + ["gone"] * 3 + ["lost"] * 2
    (one,) = find([asset("orders", "orders", ORDER_TYPES, {"item": lines}), catalogue(ITEMS[:1_000])])
    assert one.share == (200 / 202,) * 3
    assert one.orphan_records == 5
    assert one.used == (0.2, 0.2, 0.2)


def test_half_of_the_catalogue_is_used() -> None:
    assert found(orders(ITEMS[:1_500]), catalogue(ITEMS)) == [("orders.item", "items.sku")]


def test_numbers_are_the_same_as_their_texts() -> None:
    numbers = random.Random(1).sample(range(10**6), 800)
    lines = asset("orders", "orders", {"user": "user_id"}, {"user": [float(one) for one in numbers] * 4})
    users = asset("users", "users", {"id": "user_id"}, {"id": [f"{one}.0" for one in numbers]})
    assert found(lines, users) == [("orders.user", "users.id")]


def test_small_numbers_are_in_any_numbering() -> None:
    """1 to 40 of whatever kind are among 1 to 3,000, and say nothing."""
    items = asset("items", "items", {"id": "item_id"}, {"id": list(range(1, 3_001))})
    for semantic_type in ("user_id", "session_id", "number", "unknown", "category_code", "identifier"):
        other = asset("log", "logs", {"n": semantic_type}, {"n": drawn(range(1, 41), 4_000)})
        assert not found(items, other), semantic_type
        wide = asset("log", "logs", {"n": semantic_type}, {"n": drawn(range(1, 2_400), 9_000)})
        assert not found(items, wide), semantic_type


def test_a_dense_numbering_is_found_by_how_far_it_goes_and_what_it_is_called() -> None:
    items = asset("films", "items", {"item_id": "item_id"}, {"item_id": list(range(1, 1_683))})
    ratings = asset("ratings", "reviews", {"item_id": "item_id"}, {"item_id": drawn(range(1, 1_683), 20_000)})
    assert found(items, ratings) == [("ratings.item_id", "films.item_id")]


def test_two_dense_numberings_of_the_same_things_are_told_apart() -> None:
    worlds = []
    for name, size in (("men", 34), ("all", 80)):
        worlds.append(asset(f"{name}-items", "items", {"item_id": "item_id"}, {"item_id": list(range(size))}))
        lines = {"item_id": drawn(range(size), 3_000)}
        worlds.append(asset(name, "impressions", {"item_id": "item_id"}, lines))
    assert sorted(found(*worlds)) == [
        ("all.item_id", "all-items.item_id"),
        ("men.item_id", "men-items.item_id"),
    ]


def test_row_numbers_refer_to_nothing() -> None:
    one, other = (
        asset(name, "other", {"column_1": "number"}, {"column_1": list(range(2_000))}) for name in ("a", "b")
    )
    assert not found(one, other)


def test_to_a_parent_in_the_same_asset() -> None:
    ids = codes(900)
    parents = drawn(ids[:60], 900)
    types = {"id": "identifier", "parent_id": "identifier"}
    tree = asset("nodes", "other", types, {"id": ids, "parent_id": parents})
    assert found(tree) == [("nodes.parent_id", "nodes.id")]


def test_two_that_refer_to_the_same_do_not_refer_to_each_other() -> None:
    users = codes(500)
    both = [
        asset(name, kind, {"user": "user_id"}, {"user": drawn(users, 4_000, seed)})
        for seed, (name, kind) in enumerate([("clicks", "behaviour"), ("orders", "orders")])
    ]
    assert not found(*both)
    home = asset("people", "users", {"user": "user_id"}, {"user": users})
    assert found(*both, home) == [("clicks.user", "people.user"), ("orders.user", "people.user")]


def test_a_type_that_is_wrong_does_not_hide_what_values_say() -> None:
    lines = asset("orders", "orders", {"thing": "category_code"}, {"thing": drawn(ITEMS[:900], 9_000)})
    assert found(lines, catalogue(ITEMS)) == [("orders.thing", "items.sku")]


@pytest.mark.parametrize("seed", range(3))
def test_unrelated_assets_have_no_references(seed: int) -> None:
    chance = random.Random(seed)
    worlds = []
    for number in range(12):
        size = round(10 ** chance.uniform(1, 3.5))
        first = chance.choice([0, 1, chance.randrange(10**6)])
        numbers = chance.choice([range(first, first + size), codes(size, number)])
        semantic_type = chance.choice(["item_id", "user_id", "order_id", "identifier", "number"])
        kind = chance.choice(["items", "users", "orders", "behaviour"])
        worlds.append(asset(f"a{number}", kind, {f"f{number}": semantic_type}, {f"f{number}": list(numbers)}))
    assert not found(*worlds)


def test_many_fields_take_little_time_and_no_asset_is_required() -> None:
    assert not find([])
    assert not find([Signature("empty", "other", 0)])
    items = codes(300)
    many = [
        asset(f"o{number}", "orders", {"item": "item_id"}, {"item": drawn(items, 600, number)})
        for number in range(60)
    ]
    assert len(found(*many, asset("items", "items", {"sku": "sku"}, {"sku": items}))) == 60
