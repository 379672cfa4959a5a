"""Which field plays which role: rows as shops write them, in English and Chinese, flat and nested."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest

from pandian.actions import Action
from streams.interactions.base import FieldMapping, NoMapping, Part
from streams.interactions.mapping import mapping_of
from tests.streams.interactions.assets import asset_of_rows, fields_of, mapped, why_not

ROWS = 400
Row = dict[str, Any]


def iso(draw: random.Random) -> str:
    return f"2024-05-{draw.randint(10, 28)}T{draw.randint(10, 23)}:{draw.randint(10, 59)}:11Z"


def epoch(draw: random.Random) -> int:
    return draw.randint(1_700_000_000, 1_710_000_000)


def taobao(draw: random.Random) -> Row:
    return {
        "user_id": draw.randint(1, 10**6),
        "item_id": draw.randint(1, 5 * 10**6),
        "category_id": draw.randint(1, 9_000),
        "behavior_type": draw.choice(["pv", "pv", "buy", "cart", "fav"]),
        "timestamp": epoch(draw),
    }


def chinese_behaviour(draw: random.Random) -> Row:
    return {
        "用户ID": f"u{draw.randint(1, 90)}",
        "商品编号": f"P{draw.randint(1, 99):05}",
        "行为": draw.choice(["浏览", "加购", "购买", "收藏"]),
        "时间": f"2024-05-{draw.randint(10, 28)} {draw.randint(10, 23)}:{draw.randint(10, 59)}:11",
    }


def chinese_orders(draw: random.Random) -> Row:
    return {
        "订单号": str(20240000000 + draw.randint(1, 10**6)),
        "会员编号": f"M{draw.randint(1, 900):06}",
        "商品ID": draw.randint(10_000, 99_999),
        "商品名称": draw.choice(["红色连衣裙", "蓝色T恤"]),
        "数量": draw.randint(1, 3),
        "金额": draw.choice([99.0, 19.9]),
        "下单时间": f"2024/05/{draw.randint(10, 28)} {draw.randint(10, 23)}:{draw.randint(10, 59)}",
        "订单状态": draw.choice(["已支付", "已取消"]),
    }


def analytics(draw: random.Random) -> Row:
    items = [
        {"item_id": f"SKU_{draw.randint(1, 500)}", "item_name": "Blue Tee", "price": 9.5}
        for _ in range(draw.randint(0, 3))
    ]
    return {
        "event_name": draw.choice(["view_item", "add_to_cart", "purchase"]),
        "user_pseudo_id": f"{draw.randint(10**8, 10**9)}.{draw.randint(10**9, 2 * 10**9)}",
        "event_timestamp": epoch(draw) * 10**6,
        "items": items,
    }


def orders_with_lines(draw: random.Random) -> Row:
    lines = [
        {"sku": f"AB-{draw.randint(100, 999)}", "qty": draw.randint(1, 4), "price": 9.5}
        for _ in range(draw.randint(1, 3))
    ]
    return {
        "order_id": f"O-{draw.randint(1, 10**6):07}",
        "customer": {"id": draw.randint(1, 500), "email": f"a{draw.randint(1, 500)}@example.org"},
        "created_at": iso(draw),
        "shipped_at": iso(draw),
        "status": draw.choice(["paid", "shipped", "cancelled"]),
        "lines": lines,
    }


def reviews(draw: random.Random) -> Row:
    return {
        "reviewerID": "A" + "".join(draw.choices("ABCDEFGHIJ0123456789", k=13)),
        "asin": "B00" + "".join(draw.choices("ABCDEFGHIJ0123456789", k=7)),
        "reviewerName": draw.choice(["John Smith", "Mary Jones"]),
        "overall": float(draw.randint(1, 5)),
        "reviewText": f"I love this, it works very well and I would buy it again {draw.random()}",
        "unixReviewTime": epoch(draw),
    }


def mostly_nobody(draw: random.Random) -> Row:
    return {
        "sessionId": draw.randint(1, 9_999),
        "userId": draw.choice(["NA", "NA", "NA", draw.randint(1, 999)]),
        "itemId": draw.randint(1, 9_999),
        "eventdate": f"2016-05-{draw.randint(10, 28)}",
    }


def catalogue(draw: random.Random) -> Row:
    return {
        "sku": f"AB-{draw.randint(1, 10**6):07}",
        "title": draw.choice(["Blue cotton tee", "Red ceramic mug", "Black baseball cap"]),
        "category": draw.choice(["Tees", "Mugs", "Caps"]),
        "brand": draw.choice(["Acme", "Bolt"]),
        "price": draw.choice([9.5, 20.0]),
        "availability": draw.choice(["in stock", "out of stock"]),
        "updated_at": iso(draw),
    }


#: Asset, rows, usual action, roles.
CASES: list[tuple[str, Callable[[random.Random], Row], Action, dict[str, str]]] = [
    (
        "UserBehavior", taobao, "view",
        {"user": "user_id", "item": "item_id", "time": "timestamp", "action": "behavior_type"},
    ),
    ("用户行为", chinese_behaviour, "view", {"user": "用户ID", "item": "商品编号", "time": "时间", "action": "行为"}),
    (
        "订单", chinese_orders, "purchase",
        {
            "user": "会员编号", "item": "商品ID", "time": "下单时间", "status": "订单状态", "quantity": "数量",
            "session": "订单号",
        },
    ),
    (
        "ga4-events", analytics, "view",
        {
            "user": "user_pseudo_id", "item": "items[].item_id", "time": "event_timestamp",
            "action": "event_name",
        },
    ),
    (
        "shop-orders", orders_with_lines, "purchase",
        {
            "user": "customer.id", "item": "lines[].sku", "time": "created_at", "status": "status",
            "quantity": "lines[].qty", "session": "order_id",
        },
    ),
    ("amazon", reviews, "rate", {"user": "reviewerID", "item": "asin", "time": "unixReviewTime", "rating": "overall"}),
    ("sessions", mostly_nobody, "view", {"user": "sessionId", "item": "itemId", "time": "eventdate"}),
    (
        "products", catalogue, "view",
        {
            "item": "sku", "time": "updated_at", "name": "title", "category": "category", "brand": "brand",
            "price": "price", "available": "availability",
        },
    ),
]  # fmt: skip


@pytest.mark.parametrize(("name", "make", "action", "roles"), CASES, ids=[case[0] for case in CASES])
def test_roles(
    tmp_path: Path, name: str, make: Callable[[random.Random], Row], action: Action, roles: dict[str, str]
) -> None:
    draw = random.Random(11)
    mapping = mapped(asset_of_rows(tmp_path, name, [make(draw) for _ in range(ROWS)]))
    assert fields_of(mapping) == roles
    assert mapping.action == action
    assert mapping.target == ("items" if name == "products" else "interactions")


@pytest.mark.parametrize(
    ("name", "action"),
    [
        ("shop-clicks", "click"),
        ("page_views", "view"),
        ("favorites", "favourite"),
        ("加购", "cart"),
        ("shop-purchases", "purchase"),
        ("returns", "view"),
        ("paid_traffic", "view"),
        ("x", "view"),
    ],
)
def test_where_no_field_says_so_the_name_of_the_topic_says_the_action(
    tmp_path: Path, name: str, action: str
) -> None:
    draw = random.Random(3)
    rows = [
        {"user_id": draw.randint(1, 999), "item_id": draw.randint(1, 999), "ts": epoch(draw)}
        for _ in range(ROWS)
    ]
    assert mapped(asset_of_rows(tmp_path, name, rows)).action == action


def test_people_are_not_told_apart_by_what_is_personal(tmp_path: Path) -> None:
    rows = [
        {"email": f"a{n}@example.org", "item_id": n % 9, "event": "view", "time": 1.7e9 + n}
        for n in range(ROWS)
    ]
    why = why_not(asset_of_rows(tmp_path, "clicks", rows))
    assert why == (
        "no field says who did it: no user, device or session was recognised; email is personal, and is not used"
        " without PANDIAN_HASH_KEY"
    )


def test_a_masked_field_plays_no_role_whatever_its_type() -> None:
    asset: Any = {"asset": "t", "kind": "behaviour", "columns": {}, "fields": []}
    for path, kind in (("who", "user_id"), ("what", "item_id"), ("when", "timestamp")):
        asset["fields"].append(_field(path, kind))
    assert isinstance(mapping_of(asset), FieldMapping)
    asset["fields"][0]["masked"] = True
    assert isinstance(mapping_of(asset), NoMapping)
    asset["fields"][0] |= {"masked": False, "pii": {"class": "personal"}}
    assert isinstance(mapping_of(asset), NoMapping)


def test_a_field_that_may_be_anything_is_not_relied_on() -> None:
    asset: Any = {
        "asset": "t",
        "kind": "other",
        "columns": {},
        "fields": [_field("who", "user_id"), _field("x", "item_id")],
    }
    asset["fields"][1]["confidence"] = 0.3
    assert why_not(asset) == "no field says what with: no item was recognised"


def test_only_one_array_is_opened_and_no_array_in_an_array() -> None:
    fields = [
        _field("user_id", "user_id"),
        _field("a[].b[].sku", "item_id"),
        _field("a[].sku", "sku"),
        _field("other[].n", "quantity"),
        _field("a[].n", "quantity"),
    ]
    asset: Any = {"asset": "t", "kind": "orders", "columns": {}, "fields": fields}
    assert fields_of(mapped(asset)) == {"user": "user_id", "item": "a[].sku", "quantity": "a[].n"}


def test_brackets_in_a_name_are_no_array() -> None:
    fields = [_field('["user_id[]"]', "user_id"), _field("l[].sku", "sku"), _field('m["q[]"]', "quantity")]
    asset: Any = {"asset": "t", "kind": "orders", "columns": {}, "fields": fields}
    assert fields_of(mapped(asset)) == {
        "user": '["user_id[]"]', "item": "l[].sku", "quantity": 'm["q[]"]',
    }  # fmt: skip


def test_the_time_of_the_event_goes_before_times_of_what_came_after() -> None:
    names = ["updated_at", "last_login", "order_date", "shipped_time"]
    fields = [_field("u", "user_id"), _field("i", "item_id"), *(_field(name, "timestamp") for name in names)]
    for _ in names:
        asset: Any = {"asset": "t", "kind": "orders", "columns": {}, "fields": fields}
        assert fields_of(mapped(asset))["time"] == "order_date"
        fields = [*fields[:2], *fields[3:], fields[2]]


def test_csv_columns_are_known_by_their_position() -> None:
    fields = [_field("who", "user_id"), _field("what", "item_id")]
    asset: Any = {"asset": "t", "kind": "behaviour", "columns": {"c2": "who", "c1": "what"}, "fields": fields}
    assert mapped(asset).parts["user"].column == "c2"


MAPPINGS = [
    FieldMapping("interactions", {"user": Part("u", "because"), "item": Part("i[].x", "so", "c3")}),
    FieldMapping("items", {"item": Part("i", "-")}, "view", {"t7": "cart"}, "iso", 5.0, "file"),
]


@pytest.mark.parametrize("mapping", MAPPINGS)
def test_a_mapping_goes_to_json_and_back(mapping: FieldMapping) -> None:
    again = FieldMapping.read(orjson.loads(orjson.dumps(mapping.document())))
    assert again == mapping
    assert again.same_as(mapping)


def test_the_reasons_do_not_matter_to_how_rows_are_read() -> None:
    one = FieldMapping("interactions", {"user": Part("u", "90 %"), "item": Part("i", "-")})
    other = FieldMapping("interactions", {"user": Part("u", "95 %"), "item": Part("i", "-")}, origin="file")
    third = FieldMapping("interactions", {"user": Part("v", "90 %"), "item": Part("i", "-")})
    assert one.same_as(other)
    assert not one.same_as(third)


def _field(path: str, kind: str) -> Row:
    return {
        "field": path,
        "semantic_type": kind,
        "confidence": 0.9,
        "evidence": "the test says so",
        "masked": False,
        "pii": {"class": "none"},
        "count": 100,
        "missing": 0,
        "missing_spelled": 0,
        "top": [],
        "min": None,
        "max": None,
    }
