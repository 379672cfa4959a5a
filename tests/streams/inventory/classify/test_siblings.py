"""What the fields beside a field make of its name."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from streams.inventory.classify import RuleClassifier
from tests.streams.inventory.classify.examples import EMAILS, LONG, TITLES, evidence

CLASSIFIER = RuleClassifier()
NAMES = ["Ann Smith", "Bob Jones", "Cy Young"]
IDS = ["a1", "a2", "a3"]


def classify(fields: dict[str, list[Any]]) -> dict[str, str]:
    found = CLASSIFIER.fields([evidence(path, values) for path, values in fields.items()])
    return {path: one.semantic_type for path, one in found.items()}


@pytest.mark.parametrize(
    ("fields", "path", "expected"),
    [
        ({"name": NAMES, "email": EMAILS}, "name", "person_name"),
        ({"name": NAMES, "age": [20, 30, 40], "gender": ["M", "F", "F"]}, "name", "person_name"),
        ({"name": TITLES, "price": [1.5, 2.5, 3.5]}, "name", "item_name"),
        ({"name": TITLES, "sku": IDS}, "name", "item_name"),
        ({"customer.name": NAMES, "customer.email": EMAILS, "price": [1.5, 2, 3]}, "customer.name", "person_name"),
        ({"items[].name": TITLES, "items[].price": [1.5, 2, 3], "email": EMAILS}, "items[].name", "item_name"),
        ({"description": TITLES, "StockCode": IDS}, "description", "item_name"),
        ({"description": LONG, "StockCode": IDS}, "description", "item_description"),
        ({"id": IDS, "brand": ["Canon", "Nikon", "Fuji"], "price": [1.5, 2, 3]}, "id", "item_id"),
        ({"id": IDS, "email": EMAILS}, "id", "user_id"),
        ({"id": IDS, "grand_total": [1.5, 2, 3], "order_status": ["paid", "new", "closed"]}, "id", "order_id"),
        ({"id": IDS}, "id", "identifier"),
        ({"status": ["paid", "shipped"], "order_id": IDS}, "status", "order_status"),
        ({"state": ["CA", "NY"], "city": ["Leeds", "Boston"], "zip": ["90210", "10001"]}, "state", "region"),
        ({"title": TITLES, "review_text": LONG}, "title", "review_text"),
        ({"title": TITLES, "brand": ["Canon", "Nikon", "Fuji"]}, "title", "item_name"),
        ({"position": [1, 2, 3], "item_id": IDS}, "position", "position"),
        ({"score": [4, 5, 3], "review": LONG}, "score", "rating"),
    ],
)  # fmt: skip
def test_siblings(fields: dict[str, list[Any]], path: str, expected: str) -> None:
    assert classify(fields)[path] == expected


def test_the_order_of_fields_does_not_matter() -> None:
    fields = {"name": NAMES, "email": EMAILS, "price": [1.5, 2.5], "id": IDS, "status": ["paid", "new"]}
    turned = dict(reversed(fields.items()))
    assert classify(fields) == classify(turned)


def test_a_masked_field_still_tells_about_others() -> None:
    found = CLASSIFIER.fields([evidence("name", NAMES), evidence("mail", ["***@***.com"], masked_as="email")])
    assert found["name"].semantic_type == "person_name"
    assert "beside email" in found["name"].evidence


def test_fields_of_other_objects_do_not_count() -> None:
    found = classify({"product.name": TITLES, "customer.email": EMAILS})
    assert found["product.name"] == "item_name"


def test_what_fields_tell_stands_for_what_was_seen_of_them() -> None:
    """A field is decided as among all, when of the others is known what they tell and nothing else."""
    fields: dict[str, list[Any]] = {
        "name": NAMES,
        "mail": EMAILS,
        "customer.name": NAMES,
        "customer.age": [20, 30, 40],
        "title": TITLES,
        "sku": IDS,
        "state": ["CA", "NY"],
        "city": ["Leeds", "Boston"],
        "c7": ["x", "y"],
        "id": IDS,
    }
    items = [evidence(path, values) for path, values in fields.items()]
    together = CLASSIFIER.fields(items)
    assert together["mail"].tells == "email"
    assert together["c7"].tells == ""
    assert together["title"].tells == "item_name"
    for one in items:
        others = [
            replace(evidence(other.path, []), tells=together[other.path].tells)
            for other in items
            if other is not one
        ]
        found = CLASSIFIER.fields([one, *others])
        assert found == {one.path: together[one.path]}
        assert found[one.path].tells == together[one.path].tells


def test_a_field_tells_what_it_is_by_itself() -> None:
    alone = CLASSIFIER.fields([evidence("name", NAMES)])["name"]
    beside = CLASSIFIER.fields([evidence("name", NAMES), evidence("email", EMAILS)])["name"]
    assert beside.semantic_type == "person_name"
    assert beside.tells == alone.tells
