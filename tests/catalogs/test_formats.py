"""What is special about single formats."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import yaml

from catalogs.base import Context
from catalogs.document import read_inventory
from catalogs.registry import FORMATS, exporter
from tests.catalogs.inventories import HOSTILE, NOW_MS, hostile, shop


def made(fmt: str, document: Any, time_ms: int | None = NOW_MS) -> str:
    return exporter(fmt).export(read_inventory(document), Context(time_ms))


def rows(document: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(made("csv", document)[1:], newline="")))


def test_csv_has_a_row_a_field_with_intervals() -> None:
    document = shop()
    table = rows(document)
    assert len(table) == sum(len(asset["fields"]) for asset in document["assets"])
    customer = next(row for row in table if (row["asset"], row["field"]) == ("shop.orders", "CustomerID"))
    assert float(customer["missing_low"]) < float(customer["missing_share"]) < float(customer["missing_high"])
    email = next(row for row in table if row["field"] == "email")
    assert (email["masked"], email["min"], email["max"], email["top_value"]) == ("true", "", "", "")


def test_csv_keeps_numbers_and_disarms_formulas() -> None:
    quantity = next(row for row in rows(shop()) if row["field"] == "Quantity")
    assert float(quantity["min"]) < 0
    asset = {"asset": "=cmd|' /C calc'!A0", "fields": [{"field": "ok", "evidence": " \t@SUM(1)"}]}
    (row,) = rows({"assets": [asset]})
    assert row["asset"] == "'=cmd|' /C calc'!A0"
    assert row["evidence"] == "'@SUM(1)"
    for name in HOSTILE:
        (row,) = rows({"assets": [{"asset": name, "fields": []}]})
        assert row["asset"].lstrip("'").replace(" ", "") == "".join(name.split()).replace(
            "\u202e", ""
        ).replace("\u202c", "")


def test_contract_has_nesting_keys_and_bounds() -> None:
    contract = yaml.safe_load(made("odcs", shop()))
    orders = next(one for one in contract["schema"] if one["name"] == "shop.orders")
    fields = {one["name"]: one for one in orders["properties"]}
    assert fields["StockCode"]["relationships"] == [
        {"type": "foreignKey", "to": "schema/shop-items-" + _digest("shop.items") + "/properties/sku"}
    ]
    (rule,) = [one for one in fields["CustomerID"]["quality"] if one["metric"] == "nullValues"]
    missing = next(f for a in shop()["assets"] for f in a["fields"] if f["field"] == "CustomerID")["missing"]
    assert missing / 3000 * 100 < rule["mustBeLessOrEqualTo"] < 100
    users = {
        one["name"]: one
        for one in next(o for o in contract["schema"] if o["name"] == "shop.users")["properties"]
    }
    assert [one["name"] for one in users["address"]["properties"]] == ["city", "street_address"]
    assert users["tags"]["items"]["logicalType"] == "string"
    assert users["email"]["classification"] == "confidential"
    assert "examples" not in users["email"]
    assert {one["dimension"] for one in orders["quality"]} >= {"completeness", "conformity"}


def _digest(name: str) -> str:
    from catalogs.naming import digest

    return digest(name)


def test_contract_version_follows_the_shape_not_the_counts() -> None:
    document = shop()
    before = yaml.safe_load(made("odcs", document))["version"]
    document["assets"][0]["records"] += 1
    assert yaml.safe_load(made("odcs", document))["version"] == before
    document["assets"][0]["fields"][0]["types"] = {"boolean": 1}
    assert yaml.safe_load(made("odcs", document))["version"] != before


def aspects(document: Any, time_ms: int | None = NOW_MS) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for one in json.loads(made("datahub", document, time_ms)):
        found.setdefault(one["aspectName"], []).append(one["aspect"]["json"] | {"_urn": one["entityUrn"]})
    return found


def test_datahub_knows_keys_tags_terms_and_assertions() -> None:
    found = aspects(shop())
    orders = next(one for one in found["schemaMetadata"] if one["schemaName"] == "shop.orders")
    assert [key["foreignDataset"] for key in orders["foreignKeys"]] == [
        "urn:li:dataset:(urn:li:dataPlatform:kafka,shop.items,PROD)",
        "urn:li:dataset:(urn:li:dataPlatform:kafka,shop.customers,PROD)",
    ]
    users = next(one for one in found["schemaMetadata"] if one["schemaName"] == "shop.users")
    email = next(one for one in users["fields"] if one["fieldPath"] == "email")
    assert email["globalTags"] == {"tags": [{"tag": "urn:li:tag:pandian.personal"}]}
    assert email["glossaryTerms"]["terms"] == [{"urn": "urn:li:glossaryTerm:pandian.email"}]
    born = {one["_urn"] for one in found["glossaryTermInfo"] + found["tagProperties"]}
    used = {term["urn"] for one in users["fields"] for term in one.get("glossaryTerms", {}).get("terms", ())}
    assert used <= born
    assert (
        len(found["assertionInfo"])
        == len(found["assertionRunEvent"])
        == len({one["_urn"] for one in found["assertionInfo"]})
    )
    assert {one["result"]["type"] for one in found["assertionRunEvent"]} == {"SUCCESS"}
    properties = next(one for one in found["datasetProperties"] if one["name"] == "shop.orders")[
        "customProperties"
    ]
    assert properties["lineage.operation"] == "c, u"
    assert properties["last_schema_change"].startswith("meaning CustomerID from quantity to user_id")


def test_without_a_time_nothing_is_said_that_needs_one() -> None:
    assert not {"datasetProfile", "operation", "assertionRunEvent"} & aspects(shop(), None).keys()
    paths = [one["path"] for one in json.loads(made("openmetadata", shop(), None))["requests"]]
    assert not [path for path in paths if "tableProfile" in path]


def test_both_ways_into_datahub_say_the_same() -> None:
    bodies = [json.loads(line) for line in made("datahub-rest", hostile()).splitlines()]
    assert len(bodies) > 1
    sent = [one for body in bodies for one in body["proposals"]]
    filed = json.loads(made("datahub", hostile()))
    assert [one | {"aspect": json.loads(one["aspect"]["value"])} for one in sent] == [
        one | {"aspect": one["aspect"]["json"]} for one in filed
    ]


def test_openmetadata_creates_what_it_refers_to_before_it_does() -> None:
    requests = json.loads(made("openmetadata", shop()))["requests"]
    known: set[str] = set()
    for one in requests:
        body = one["body"]
        for tag in _tags(body):
            assert tag in known or tag.split(".")[0] in ("PII", "PersonalData")
        for constraint in body.get("tableConstraints", ()):
            assert all(
                any(name.startswith(table) for table in known) for name in constraint["referredColumns"]
            )
        if "classification" in body:
            known.add(f"{body['classification']}.{body['name']}")
        if one["path"].endswith("/tables"):
            known.add(f'pandian.inventory.assets."{body["name"]}"')
    assert sum(1 for one in requests if one["body"].get("tableConstraints")) == 1
    assert [one["body"]["name"] for one in requests if one["path"] == "/api/v1/topics"] == [
        asset["asset"] for asset in shop()["assets"]
    ]


def _tags(node: Any) -> list[str]:
    if isinstance(node, dict):
        own = [tag["tagFQN"] for tag in node.get("tags", ()) if isinstance(tag, dict)]
        return own + [tag for value in node.values() for tag in _tags(value)]
    return [tag for value in node for tag in _tags(value)] if isinstance(node, list) else []


def test_the_paper_lists_the_formats() -> None:
    paper = (Path(__file__).parents[2] / "docs" / "exports.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| `([a-z-]+)` \| .* \| one( an asset)? \|$", paper, re.MULTILINE)
    assert [name for name, _ in listed] == list(FORMATS)
    assert [bool(each) for _, each in listed] == [exporter(name).per_asset for name in FORMATS]
