from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from catalogs.base import Context
from catalogs.document import read_inventory
from catalogs.json_schema import JsonSchema, schema_of
from tests.catalogs.inventories import profiled, shop_records


def schema(records: list[bytes]) -> dict[str, Any]:
    (asset,) = read_inventory(profiled({"t": records})).assets
    return schema_of(asset)


@pytest.mark.parametrize("name", ["shop.items", "shop.orders", "shop.users"])
def test_every_record_of_the_shop_is_valid(name: str) -> None:
    records = shop_records(500)[name]
    validator = Draft202012Validator(schema(records))
    assert not [error.message for value in records for error in validator.iter_errors(json.loads(value))]


def test_what_is_always_there_is_required_and_other_types_are_not_allowed() -> None:
    records = [b'{"a":1,"o":{"x":"s","y":null},"l":[{"k":true}]}', b'{"a":2,"o":{"x":"t"},"l":[]}']
    made = schema(records)
    validator = Draft202012Validator(made)
    assert made["required"] == ["a", "o", "l"]
    assert made["properties"]["o"]["required"] == ["x"]
    assert made["properties"]["l"]["items"]["required"] == ["k"]
    for wrong in ({"a": "1", "o": {"x": ""}, "l": []}, {"o": {"x": ""}, "l": []}, {"a": 1, "o": {}, "l": []}):
        assert list(validator.iter_errors(wrong))


keys = st.sampled_from(["a", "b", "a.b", "x[]", 'q"', "", "长", "__proto__"])
values = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.sampled_from(["", " ", "N/A", "text", "12"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.dictionaries(keys, values, min_size=1, max_size=4), min_size=1, max_size=6))
def test_whatever_was_counted_is_valid(records: list[dict[str, Any]]) -> None:
    made = schema([json.dumps(record).encode() for record in records])
    Draft202012Validator.check_schema(made)
    validator = Draft202012Validator(made)
    assert not [error.message for record in records for error in validator.iter_errors(record)]


def test_measured_figures_stand_beside() -> None:
    document = profiled({"shop.orders": shop_records(200)["shop.orders"]})
    made = json.loads(JsonSchema().export(read_inventory(document), Context()))
    price = made["properties"]["UnitPrice"]["x-pandian"]
    assert price["semantic_type"] == "price"
    assert price["missing_share"]["score"] <= price["missing_share"]["high"]
    assert made["$id"] == "urn:pandian:asset:shop.orders"
    assert "minimum" not in made["properties"]["UnitPrice"]
