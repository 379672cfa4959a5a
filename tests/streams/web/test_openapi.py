import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import orjson
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from monitoring.auc import auc
from monitoring.edges import Edges
from monitoring.histogram import Histogram
from monitoring.metrics import WorkerMetrics
from monitoring.watching import ModelWatch
from pandian import __version__, events
from pandian.events import Alert, Cause
from pandian.semantics import KINDS
from streams.decode.registry import BatchDecoder
from streams.inventory.assembly import topic_documents
from streams.inventory.policy import default_policy
from streams.inventory.profile import BatchMeta, PartitionProfile
from streams.web.alerts import alerts_paths
from streams.web.documents import encode, summarise
from streams.web.files import openapi
from streams.web.interactions import interactions_paths
from streams.web.recommend import recommend_paths
from streams.web.relations import relation_graph
from streams.web.routes import routes
from tests.monitoring.watching.labels import labels
from tests.streams.web.rich import rich_document
from tests.support import entries
from tests.support.served import Recommending, Served


@pytest.fixture(scope="module")
def description() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(openapi().body)
    return loaded


@pytest.fixture(scope="module")
def popular_entry(tmp_path_factory):
    return entries.make_entry(tmp_path_factory.mktemp("popular") / "entry")


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
        ("/v1/relations", "Graph"),
        ("/v1/status", "Status"),
        ("/healthz", "State"),
        ("/readyz", "State"),
        ("/nowhere", "Error"),
    ],
)
async def test_real_answers_are_as_described(client, description, path: str, schema: str) -> None:
    answer = await (await client.get(path)).json()
    validator(description, schema).validate(answer)


def test_a_document_with_all_findings_is_as_described(description) -> None:
    document = rich_document()
    validator(description, "Inventory").validate(document)
    validator(description, "Summary").validate(json.loads(encode(summarise(document))))
    validator(description, "Graph").validate(json.loads(encode(relation_graph(document))))
    described = set(description["components"]["schemas"]["AssetHead"]["properties"]) | {"fields"}
    assert {key for asset in document["assets"] for key in asset} <= described


async def test_the_description_can_fail(client, description) -> None:
    answer = await (await client.get("/v1/inventory")).json()
    answer["assets"][0]["fields"][0]["distinct"] = {"estimate": "many"}
    assert not validator(description, "Inventory").is_valid(answer)


@pytest.fixture
async def whole_client(source, tmp_path):
    """All that a worker with every role mounts."""
    with ThreadPoolExecutor(1) as thread:
        served = Served(tmp_path / "models", thread)
        served.know(("u", "hat", "purchase"), ("v", "hat"), ("v", "scarf"))
        more = recommend_paths(Recommending(served), Labelled()) | interactions_paths(Extracted())
        more |= alerts_paths(Told())
        app = web.Application()
        app.add_routes(routes(source, WorkerMetrics(), more=more))
        async with TestClient(TestServer(app)) as opened:
            opened.served = served
            yield opened


class Extracted:
    def document(self):
        return {"topics": []}


class Told:
    def alerts(self):
        cause = Cause("shop.items", "sku", "0 % unknown", "98 % unknown", "containment")
        alert = Alert(
            "1", "auc-drop", "firing", "sasrec@1", "AUC", 0.2, 1, 2, "It fell.", (cause,), "docs/x.md"
        )
        return [orjson.loads(orjson.dumps(alert))]


class Labelled:
    """Labels of one version, and of one that has none of one kind."""

    def versions(self):
        figures = []
        for counts in ([[8, 2], [1, 9]], [[3, 3], [0, 0]]):
            histogram = Histogram(2)
            histogram.counts[:] = counts
            figures.append(auc(histogram))
        return [
            {
                "model": "sasrec",
                "version": "1",
                "labels": {"positive": one.positive, "negative": one.negative},
                "auc": one.document(),
                "recent": one.document(),
                "reference": one.document(),
                "alarm": False,
                "figures": watched,
            }
            for one, watched in zip(figures, (self._watched(), None), strict=True)
        ]

    def _watched(self):
        """Return figures of labels of which some have a propensity, and some one that is none."""
        watch = ModelWatch(lambda _: Edges([0.25, 0.5, 0.75]))
        known = [*labels(50), *labels(50, first=51, propensity=0.5), *labels(5, first=101, propensity=0.0)]
        watch.take(0, list(map(events.encode, known)), len(known), 1)
        (found,) = watch.documents().values()
        return found


async def test_answers_about_recommendations_are_as_described(
    whole_client, description, tmp_path, popular_entry
) -> None:
    async def check(path: str, schema: str, status: int = 200) -> dict[str, Any]:
        answer = await whole_client.get(path)
        assert answer.status == status, path
        document = await answer.json()
        validator(description, schema).validate(document)
        return document

    for user in ("u", "nobody"):
        assert (await check(f"/v1/recommend/{user}", "Recommendation"))["fallback"]
    await check("/v1/users/u", "User")
    await check("/v1/users/nobody", "Error", 404)
    await check("/v1/recommend/u?k=0", "Error", 400)
    assert (await check("/v1/similar/hat", "Similar"))["items"]
    await check("/v1/similar/nothing", "Error", 404)
    assert (await check("/v1/models", "Models"))["champion"] is None
    served = whole_client.served
    await served.promote(popular_entry)
    assert (await check("/v1/models", "Models"))["answers"]["model"] == "popularity"
    served.know(("w", "item-1"))
    assert (await check("/v1/recommend/w", "Recommendation"))["fallback"] is None
    (served.registry.root / "champion.json").write_bytes(b"{")
    await served.champion.look()
    assert len((await check("/v1/models", "Models"))["refused"]) == 1
    await check("/v1/interactions", "Extractions")
    assert (await check("/v1/alerts", "Alerts"))["alerts"][0]["causes"]


async def test_parameters_are_those_that_are_described(whole_client, description) -> None:
    described = description["paths"]["/v1/recommend/{user}"]["get"]["parameters"]
    names = [one["name"] for one in described if "name" in one]
    values = {
        "k": "3",
        "time": "5",
        "impressions": "false",
        "price_from": "1",
        "price_to": "2.5",
        "bought": "false",
        "diversity": "0.5",
        "explain": "true",
    }
    for name in names:
        assert (await whole_client.get(f"/v1/recommend/u?{name}={values.get(name, 'x')}")).status == 200, name
    error = (await (await whole_client.get("/v1/recommend/u?nothing=1")).json())["error"]
    assert error["message"].partition("there are ")[2] == ", ".join(sorted(names, key=error["message"].index))


async def test_no_path_passes_over_a_parameter_that_it_does_not_know(whole_client, description) -> None:
    for path in filter(lambda one: one.startswith("/v1/"), description["paths"]):
        address = path.replace("{asset}", "shop.orders").replace("{user}", "u").replace("{item}", "hat")
        answer = await whole_client.get(f"{address}?nonsense=1")
        assert answer.status == 400, path
        error = (await answer.json())["error"]
        assert error["code"] == "unknown-parameter"
        assert error["message"].startswith("nonsense='1': there is no such parameter, leave it out; ")


async def test_every_described_path_answers(whole_client, description) -> None:
    client = whole_client
    for path in description["paths"]:
        answer = await client.get(
            path.replace("{asset}", "shop.orders").replace("{user}", "u").replace("{item}", "hat")
        )
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
