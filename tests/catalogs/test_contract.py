"""What holds of every exporter, on every inventory that there is: valid, the same again, and nothing personal."""

from __future__ import annotations

import json
from typing import Any

import pytest

from catalogs.base import Context
from catalogs.document import Inventory, read_inventory
from catalogs.registry import FORMATS, exporter
from tests.catalogs.inventories import DOCUMENTS, LONG, NOW_MS, SECRETS, masked
from tests.catalogs.validity import VALID

formats = pytest.mark.parametrize("fmt", list(FORMATS))
documents = pytest.mark.parametrize("name", list(DOCUMENTS))
contexts = pytest.mark.parametrize("context", [Context(), Context(NOW_MS, "DEV")], ids=["timeless", "timed"])


def texts(fmt: str, document: Any, context: Context) -> list[str]:
    """Return all files of an export."""
    made_by, known = exporter(fmt), read_inventory(document)
    parts = [Inventory(assets=(asset,)) for asset in known.assets] if made_by.per_asset else [known]
    return [made_by.export(part, context) for part in parts]


def test_every_format_has_an_owner_who_says_what_is_valid() -> None:
    assert set(VALID) == set(FORMATS)


@formats
@documents
@contexts
def test_valid_by_its_owner(fmt: str, name: str, context: Context) -> None:
    for text in texts(fmt, DOCUMENTS[name](), context):
        VALID[fmt](text)


@formats
@documents
def test_equal_inventories_give_equal_files(fmt: str, name: str) -> None:
    document = DOCUMENTS[name]()
    again = json.loads(json.dumps(document))
    assert texts(fmt, document, Context(NOW_MS)) == texts(fmt, again, Context(NOW_MS))


@formats
@contexts
def test_no_value_of_a_masked_field_is_exported(fmt: str, context: Context) -> None:
    document = masked()
    planted = json.dumps(document)
    assert all(secret in planted or str(float(secret)) in planted for secret in SECRETS)
    for text in texts(fmt, document, context):
        assert not [secret for secret in SECRETS if secret in text]
        assert "e+77" not in text
        assert "e77" not in text


@formats
def test_fields_of_every_asset_are_named(fmt: str) -> None:
    told = "\n".join(texts(fmt, DOCUMENTS["shop"](), Context(NOW_MS)))
    if fmt == "great-expectations":
        assert {name for name in ("StockCode", "email", "pricing.price") if name in told} == {
            "StockCode",
            "email",
            "pricing.price",
        }
        return
    for name in ("StockCode", "customer_id", "email", "city", "updated_at"):
        assert name in told


@formats
def test_each_format_has_its_suffix(fmt: str) -> None:
    suffixes = [exporter(name).suffix for name in FORMATS]
    assert suffixes.count(exporter(fmt).suffix) == 1
    assert exporter(fmt).suffix.startswith(".")


@formats
def test_long_names_are_bounded(fmt: str) -> None:
    """What is said of one asset grows with its fields, not with the square of a name's length."""
    document = DOCUMENTS["hostile"]()
    (last,) = [asset for asset in document["assets"] if asset["asset"] == LONG]
    (text,) = texts(fmt, {"assets": [last]}, Context(NOW_MS))
    assert len(text) < 150_000


@pytest.mark.parametrize(
    ("document", "place"),
    [
        ([], "the document"),
        ({}, "assets"),
        ({"assets": [{}]}, "assets.0.asset"),
        (
            {"assets": [{"asset": "a", "fields": [{"field": "f", "count": "many@example.com"}]}]},
            "assets.0.fields.0.count",
        ),
        ({"assets": [{"asset": "a", "fields": {"no": "list"}}]}, "assets.0.fields"),
    ],
)
def test_what_is_no_inventory_is_refused_by_its_place(document: Any, place: str) -> None:
    from catalogs.exceptions import DocumentError

    with pytest.raises(DocumentError) as refused:
        read_inventory(document)
    assert str(refused.value).startswith(f"{place}: ")
    assert "example.com" not in str(refused.value)
