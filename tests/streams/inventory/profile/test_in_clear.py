"""Personal values in neutral fields and in names of fields: no way through profile and document shows them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson
import pytest

from streams.decode.registry import BatchDecoder
from streams.inventory.assembly import topic_documents
from streams.inventory.base import FieldEvidence
from streams.inventory.classify import RuleClassifier
from streams.inventory.masking import ShapeMasker
from streams.inventory.profile import BatchMeta, PartitionProfile, ProfilePolicy
from streams.inventory.profile.paths import kept_paths

POLICY = ProfilePolicy(RuleClassifier(), ShapeMasker())
TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"

TAGGED = [
    ("+8613912345678", "phone", "personal"),
    ("+12125550123", "phone", "personal"),
    ("ann.b@example.com", "email", "personal"),
    ("6222021234567890128", "bank_card", "sensitive"),
    ("11010519491231002X", "national_id", "sensitive"),
    ("DE89370400440532013000", "bank_account", "sensitive"),
    (TOKEN, "password_or_token", "sensitive"),
]


def document(rows: Sequence[Any], size: int) -> dict[str, Any]:
    profile = PartitionProfile("t", POLICY)
    for start in range(0, len(rows), size):
        values = [orjson.dumps(row) for row in rows[start : start + size]]
        profile.add(BatchDecoder().decode(values), BatchMeta(bytes=sum(map(len, values)), now_ms=10**12))
    stored = PartitionProfile.from_bytes(profile.to_bytes(), POLICY)
    return topic_documents([stored], "t", {"topic": "t", "partitions": 1}, POLICY, now_ms=10**12)["t"]


def field_of(rows: Sequence[Any], size: int, name: str = "f3") -> dict[str, Any]:
    return next(field for field in document(rows, size)["fields"] if field["field"] == name)


@pytest.mark.parametrize("size", [1, 400])
@pytest.mark.parametrize(("value", "semantic_type", "cls"), [*TAGGED, ("+447700900123", "phone", "personal")])
def test_one_value_in_a_neutral_field(value: str, semantic_type: str, cls: str, size: int) -> None:
    field = field_of([{"f3": value}] * 400, size)
    assert (field["semantic_type"], field["pii"]["class"], field["masked"]) == (semantic_type, cls, True)
    assert value not in orjson.dumps(field).decode()


@pytest.mark.parametrize("size", [1, 400])
@pytest.mark.parametrize("value", [value for value, *_ in TAGGED])
def test_a_tagged_field_is_masked(value: str, size: int) -> None:
    """Whatever else stands in it, and whenever it is looked at again."""
    rows = [{"f3": "none given"} if place < 5 else {"f3": value} for place in range(400)]
    field = field_of(rows, size)
    assert field["pii"]["class"] in ("personal", "sensitive")
    assert field["masked"]
    assert value not in orjson.dumps(field).decode()


@pytest.mark.parametrize(("value", "semantic_type", "cls"), TAGGED)
def test_a_tag_weighs_as_the_values_it_stands_for(value: str, semantic_type: str, cls: str) -> None:
    samples = [(ShapeMasker().text(value), 395), ("none given", 3), ("to be asked", 2)]
    evidence = FieldEvidence("f3", {"string": 400}, samples, count=400, distinct=3.0)
    found = RuleClassifier().fields([evidence])["f3"]
    assert (found.semantic_type, found.pii.cls, found.masked) == (semantic_type, cls, True)
    assert 0.95 < found.pii.hits / found.pii.checked < 1


def test_hits_of_tags_are_counted_after_masking() -> None:
    field = field_of([{"f3": "[phone]"}] * 400, 400)
    assert field["pii"]["prevalence"] > 0.97
    assert field["pii"]["low"] > 0.97
    assert [(top["value"], top["count"]) for top in field["top"]] == [("[phone]", 400)]


@pytest.mark.parametrize(("value", "semantic_type", "cls"), TAGGED)
def test_only_tags(value: str, semantic_type: str, cls: str) -> None:
    field = field_of([{"f3": ShapeMasker().text(value)}] * 400, 400)
    assert (field["semantic_type"], field["pii"]["class"], field["masked"]) == (semantic_type, cls, True)


@pytest.mark.parametrize("tag", ["[phone]", "[email]", "[card]"])
def test_tags_inside_text(tag: str) -> None:
    rows = [{"f3": f"please call back soon because of parcel {place}, {tag}"} for place in range(40)]
    field = field_of(rows, 40)
    assert field["pii"]["class"] == "personal"
    assert field["masked"]


KEYS = ["13870000000", "+447700900000", "138-7000-0000", "user_13870000000", "8613870000000", "5550123"]


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("size", [1, 10])
def test_numbers_as_names(key: str, size: int) -> None:
    rows = [{key: place, "map": {key: place}, "list": [{key: 1}], "a.b": {key: 2}} for place in range(20)]
    shown = orjson.dumps(document(rows, size)).decode()
    assert key not in shown
    assert "".join(filter(str.isdigit, key)) not in shown


def test_names_that_fall_together_are_summed() -> None:
    rows = [{"m": {f"{13870000000 + 37 * place}": place}} for place in range(50)]
    for size in (1, 7, 50):
        field = field_of(rows, size, "m.9+")
        assert (field["count"], field["missing"], field["sum"]) == (50, 0, sum(range(50)))
    assert {path["field"] for path in document(rows, 50)["fields"]} == {"m", "m.9+"}
    two = field_of([{"13870000000": 1, "13870000037": 2}, {"x": 1}, {"x": 1}], 3, "9+")
    assert (two["count"], two["missing"]) == (2, 1)


def test_names_of_fields_stay() -> None:
    names = [
        "f3",
        "sales_20240101",
        "2024-01-01",
        "address1",
        "c1",
        "a.b[].c2",
        'x["a.b"]',
        "q1_2024",
        "123456",
    ]
    assert kept_paths(names, ShapeMasker()) == {}
    kept = kept_paths(["map.13870000000"], ShapeMasker())
    assert kept == {"map.13870000000": "map.9+"}
    assert kept_paths(list(kept.values()), ShapeMasker()) == {}


BLOCKS = [
    [13870000000 + 37 * place for place in range(400)],
    [str(13870000000 + 37 * place) for place in range(400)],
    [f"+{447700900000 + place}" for place in range(400)],
]


@pytest.mark.parametrize("size", [1, 400])
@pytest.mark.parametrize("values", BLOCKS, ids=["integers", "strings", "international"])
def test_mobiles_of_one_block(values: list[Any], size: int) -> None:
    field = field_of([{"f3": value} for value in values], size)
    assert (field["semantic_type"], field["masked"]) == ("phone", True)
    assert str(values[0]) not in orjson.dumps(field).decode()


@pytest.mark.parametrize(
    "values",
    [
        [13870000000 + place for place in range(400)],
        [10000000000 + 37 * place for place in range(400)],
        [1_700_000_000_000 + 977 * place for place in range(400)],
        [4_006_381_000_000 + 37 * place for place in range(400)],
    ],
    ids=["counted up", "ids", "epoch", "thirteen digits"],
)
def test_other_numbers_stay(values: list[int]) -> None:
    assert not field_of([{"f3": value} for value in values], 400)["masked"]
