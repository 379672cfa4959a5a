"""What kind of records an asset holds."""

from __future__ import annotations

import pytest

from pandian.semantics import KINDS
from streams.inventory.base import Classification
from streams.inventory.classify import RuleClassifier

CLASSIFIER = RuleClassifier()


def kind(types: str, asset: str = "topic-7") -> str:
    return CLASSIFIER.kind(asset, {name: Classification(name, 0.9, "-") for name in types.split()})


@pytest.mark.parametrize(
    ("types", "expected"),
    [
        ("order_id item_id item_name quantity timestamp price user_id country", "orders"),
        ("order_id user_id amount currency order_status email full_address", "orders"),
        ("order_id amount payment_method timestamp", "payments"),
        ("item_id item_name price brand category", "items"),
        ("item_name price brand", "items"),
        ("sku item_name quantity price", "items"),
        ("item_id quantity", "inventory"),
        ("sku quantity timestamp", "inventory"),
        ("user_id age gender occupation postal_code", "users"),
        ("person_name email phone", "users"),
        ("user_id item_id rating timestamp", "behaviour"),
        ("session_id item_id timestamp", "behaviour"),
        ("user_id event_type item_id timestamp url", "behaviour"),
        ("device_id event_type timestamp url user_agent", "behaviour"),
        ("user_id search_query timestamp", "searches"),
        ("item_id rating review_text age", "reviews"),
        ("category label review_text", "reviews"),
        ("timestamp item_id position label score hash", "impressions"),
        ("timestamp ip_address url user_agent", "logs"),
        ("user_id event_type timestamp url order_id item_id item_name price amount", "behaviour"),
        ("item_id item_name item_description gtin price gender user_id", "items"),
        ("sku item_name item_description price search_query", "items"),
        ("user_id person_name email bank_account amount birth_date", "users"),
        ("search_query category_value number price", "other"),
        ("order_id order_status text person_name email", "other"),
        ("order_id order_status timestamp", "orders"),
        ("number text", "other"),
        ("", "other"),
    ],
)
def test_kind(types: str, expected: str) -> None:
    assert kind(types) == expected
    assert expected in KINDS


@pytest.mark.parametrize(
    ("asset", "types", "expected"),
    [
        ("shop.orders", "amount timestamp", "orders"),
        ("db.public.customers", "user_id country", "users"),
        ("商品", "price text", "items"),
        ("reviews", "item_id rating user_id timestamp", "reviews"),
        ("orders", "number text", "other"),
        ("orders", "item_id item_name price brand", "items"),
        ("page-views", "url timestamp user_id", "behaviour"),
        ("stock", "sku quantity", "inventory"),
        ("hm_transactions", "user_id item_id date price", "orders"),
        ("purchases", "user_id item_id timestamp", "orders"),
        ("order_events", "user_id item_id event_type timestamp", "behaviour"),
        ("paypal_activity", "order_id amount currency item_id person_name", "payments"),
        ("commandes", "order_id amount payment_method timestamp", "orders"),
        ("Kunden", "user_id country", "users"),
    ],
)
def test_the_name_is_weak_evidence(asset: str, types: str, expected: str) -> None:
    assert kind(types, asset) == expected


def test_unsure_fields_do_not_count() -> None:
    fields = {name: Classification(name, 0.2, "-") for name in ("order_id", "item_id")}
    assert CLASSIFIER.kind("x", fields) == "other"
