import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from pandian import __version__
from pandian.semantics import KINDS
from streams.decode.registry import BatchDecoder
from streams.inventory.assembly import topic_documents
from streams.inventory.policy import default_policy
from streams.inventory.profile import BatchMeta, PartitionProfile
from streams.web.documents import encode, summarise
from streams.web.files import openapi


@pytest.fixture(scope="module")
def description() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(openapi().body)
    return loaded


def validator(description: dict[str, Any], name: str) -> Draft202012Validator:
    return Draft202012Validator(
        {"$ref": f"#/components/schemas/{name}", "components": description["components"]}
    )


def test_it_is_valid_openapi_3_1(description) -> None:
    OpenAPIV31SpecValidator(description).validate()
    assert description["openapi"] == "3.1.0"
    assert description["info"]["version"] == __version__


def test_kinds_are_those_of_the_project(description) -> None:
    assert tuple(description["components"]["schemas"]["AssetHead"]["properties"]["kind"]["enum"]) == KINDS


@pytest.mark.parametrize(
    ("path", "schema"),
    [
        ("/v1/inventory", "Inventory"),
        ("/v1/inventory?view=summary", "Summary"),
        ("/v1/inventory/shop.orders", "Asset"),
        ("/v1/inventory/nothing", "Error"),
        ("/v1/status", "Status"),
        ("/healthz", "State"),
        ("/readyz", "State"),
        ("/nowhere", "Error"),
    ],
)
async def test_real_answers_are_as_described(client, description, path: str, schema: str) -> None:
    answer = await (await client.get(path)).json()
    validator(description, schema).validate(answer)


async def test_the_description_can_fail(client, description) -> None:
    answer = await (await client.get("/v1/inventory")).json()
    answer["assets"][0]["fields"][0]["distinct"] = {"estimate": "many"}
    assert not validator(description, "Inventory").is_valid(answer)


async def test_every_described_path_answers(client, description) -> None:
    for path in description["paths"]:
        answer = await client.get(path.replace("{asset}", "shop.orders"))
        assert answer.status == 200, path
        assert answer.content_type in description["paths"][path]["get"]["responses"]["200"]["content"]


def test_documents_made_from_records_are_as_described(description) -> None:
    records = [
        b'{"order": {"id": "o-1", "total": 12.5}, "items": [{"sku": "85123A"}], "email": "ann@example.com", "n": null}',
        b'{"order": {"id": "o-2", "total": "N/A"}, "items": [], "email": "", "n": 100000000000000000000000000}',
        b"id,name,price\n1,hat,2.55",
        b"\xff\xfe garbage",
        b"",
    ]
    policy = default_policy(1000)
    profile = PartitionProfile("shop.orders", policy)
    profile.add(BatchDecoder().decode(records), BatchMeta(sum(map(len, records)), 1_700_000_000_000))
    source = {"topic": "shop.orders", "topic_id": "t", "partitions": {"0": {"next_offset": 5, "gone": 0}}}
    assets = [*topic_documents([profile], "shop.orders", source, policy, now_ms=1_700_000_000_000).values()]
    document = {"assets": assets}
    assert assets[0]["records"] + assets[0]["quarantined"] >= len(records)
    validator(description, "Inventory").validate(json.loads(encode(document)))
    validator(description, "Summary").validate(json.loads(encode(summarise(document))))
    described = set(description["components"]["schemas"]["AssetHead"]["properties"]) | {"fields"}
    assert set(assets[0]) <= described, "a new property of an asset belongs into openapi.json"
    schemas = description["components"]["schemas"]
    of_fields = set(schemas["FieldSummary"]["properties"]) | set(schemas["Field"]["allOf"][1]["properties"])
    assert {name for field in assets[0]["fields"] for name in field} <= of_fields
