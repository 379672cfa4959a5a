import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from pandian import __version__
from pandian.semantics import KINDS
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
