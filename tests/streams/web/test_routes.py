import asyncio
import gzip
import logging
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import faust
import orjson
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from prometheus_client.parser import text_string_to_metric_families
from yarl import URL

from monitoring.metrics import WorkerMetrics
from streams.web.guard import LOOPBACK_HOSTS
from streams.web.routes import routes

PATHS = [
    "/",
    "/static/app.js",
    "/healthz",
    "/readyz",
    "/metrics",
    "/v1/inventory",
    "/v1/status",
    "/openapi.json",
]


async def served(source, *, hosts=LOOPBACK_HOSTS, metrics=None) -> TestClient:
    app = web.Application()
    app.add_routes(routes(source, metrics or WorkerMetrics(), hosts=hosts))
    return TestClient(TestServer(app))


async def test_the_inventory_is_the_document(client, source) -> None:
    answer = await client.get("/v1/inventory")
    assert answer.status == 200
    assert answer.content_type == "application/json"
    assert await answer.json() == source.content


async def test_the_summary_and_a_wrong_view(client) -> None:
    answer = await client.get("/v1/inventory?view=summary")
    assert [asset["asset"] for asset in (await answer.json())["assets"]] == [
        "shop.orders",
        "shop.customers",
        "shop.catalogue",
    ]
    answer = await client.get("/v1/inventory?view=tall")
    assert answer.status == 400
    assert (await answer.json())["error"]["code"] == "bad-view"


async def test_every_asset_is_found_by_its_name(hostile_source) -> None:
    async with await served(hostile_source) as client:
        for asset in hostile_source.content["assets"]:
            url = URL("/v1/inventory/" + quote(asset["asset"], safe=""), encoded=True)
            answer = await client.get(url)
            assert answer.status == 200, asset["asset"]
            assert (await answer.json())["asset"] == asset["asset"]


async def test_an_unknown_asset_is_a_typed_error_with_a_clipped_name(client) -> None:
    answer = await client.get("/v1/inventory/" + "x" * 500)
    error = (await answer.json())["error"]
    assert answer.status == 404
    assert error["code"] == "asset-not-found"
    assert len(error["message"]) < 200


async def test_what_did_not_change_is_not_sent_again(client, source) -> None:
    for path in (
        "/v1/inventory",
        "/v1/inventory?view=summary",
        "/v1/inventory/shop.orders",
        "/",
        "/openapi.json",
    ):
        first = await client.get(path)
        etag = first.headers["ETag"]
        again = await client.get(path, headers={"If-None-Match": f'"other", {etag}'})
        assert again.status == 304, path
        assert await again.read() == b""
        assert again.headers["ETag"] == etag
        assert (await client.get(path, headers={"If-None-Match": '"other"'})).status == 200
    etag = (await client.get("/v1/inventory")).headers["ETag"]
    source.content["assets"][0]["records"] += 1
    source.number += 1
    assert (await client.get("/v1/inventory", headers={"If-None-Match": etag})).status == 200


@pytest.mark.parametrize(
    ("accept", "zipped"),
    [
        ("gzip", True),
        ("br, gzip;q=0.5", True),
        ("*", True),
        ("gzip;q=0", False),
        ("identity", False),
        ("br", False),
    ],
)
async def test_large_documents_are_gzipped_for_who_takes_it(
    client, source, accept: str, zipped: bool
) -> None:
    async with client.session.get(
        client.make_url("/v1/inventory"), headers={"Accept-Encoding": accept}, auto_decompress=False
    ) as answer:
        body = await answer.read()
        assert (answer.headers.get("Content-Encoding") == "gzip") is zipped
        assert "Accept-Encoding" in answer.headers["Vary"]
    assert orjson.loads(gzip.decompress(body) if zipped else body) == source.content


async def test_small_answers_are_not_gzipped(client) -> None:
    answer = await client.get("/v1/status", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in answer.headers


async def test_ready_only_when_the_worker_says_so(client, source) -> None:
    assert (await client.get("/readyz")).status == 200
    source.ready = (False, "the broker 10.0.0.9:9092 does not answer; waiting")
    answer = await client.get("/readyz")
    assert answer.status == 503
    assert (await answer.json())["error"] == {
        "code": "not-ready",
        "message": "the broker 10.0.0.9:9092 does not answer; waiting",
    }
    assert (await client.get("/healthz")).status == 200
    status = await (await client.get("/v1/status")).json()
    assert (status["ready"], status["broker"]) == (False, "127.0.0.1:9092")


async def test_metrics_are_what_prometheus_reads(source) -> None:
    metrics = WorkerMetrics()
    metrics.records("shop.orders", "profiled", 41)
    async with await served(source, metrics=metrics) as client:
        answer = await client.get("/metrics")
        assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
        families = {family.name: family for family in text_string_to_metric_families(await answer.text())}
        assert families["pandian_records"].samples[0].value == 41


@pytest.mark.parametrize("path", [*PATHS, "/v1/inventory/shop.orders"])
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH"])
async def test_other_methods_are_refused_as_json(client, path: str, method: str) -> None:
    answer = await client.request(method, path, headers={"Origin": "https://elsewhere.example"})
    assert answer.status == 405
    assert answer.headers["Allow"] == "GET, HEAD"
    assert (await answer.json())["error"]["code"] == "method-not-allowed"
    assert not [name for name in answer.headers if name.lower().startswith("access-control")]


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/v1",
        "/v1/inventory/",
        "/static/",
        "/static/nothing.js",
        "/static/..%2f..%2fbase.py",
        "/static/%2e%2e/base.py",
    ],
)
async def test_unknown_paths_are_json_errors(client, path: str) -> None:
    answer = await client.get(URL(path, encoded=True))
    assert answer.status == 404
    assert (await answer.json())["error"]["code"] == "not-found"


async def test_head_answers_without_a_body(client) -> None:
    answer = await client.head("/v1/inventory")
    assert answer.status == 200
    assert await answer.read() == b""


@pytest.mark.parametrize("path", [*PATHS, "/nothing", "/v1/inventory/nothing"])
async def test_every_answer_carries_the_security_headers(client, path: str) -> None:
    headers = (await client.get(path)).headers
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "Access-Control-Allow-Origin" not in headers


async def test_a_failure_is_a_typed_error_and_the_log_quotes_no_value(client, source, caplog) -> None:
    value = "@".join(("ann", "example.com"))

    def broken() -> Mapping[str, Any]:
        raise ValueError(value)

    source.document = broken
    with caplog.at_level(logging.ERROR):
        answer = await client.get("/v1/inventory")
    text = await answer.text()
    assert answer.status == 500
    assert orjson.loads(text)["error"]["code"] == "internal-error"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "ValueError" in caplog.text and "in broken" in caplog.text
    assert value not in caplog.text + text
    assert (await client.get("/healthz")).status == 200


async def test_a_large_inventory_is_served_to_many_viewers_from_one_serialisation(source) -> None:
    fields = source.content["assets"][0]["fields"]
    many = [fields[i % len(fields)] | {"field": f"field {i}"} for i in range(30)]
    source.content = {
        "assets": [source.content["assets"][0] | {"asset": f"a{i}", "fields": many} for i in range(100)]
    }
    async with await served(source) as client:
        answers = await asyncio.gather(*(client.get("/v1/inventory") for _ in range(8)))
        bodies = await asyncio.gather(*(answer.read() for answer in answers))
    assert len(set(bodies)) == 1
    assert source.documents_made == 1


async def test_mounted_on_fausts_own_application(source) -> None:
    app = faust.App("mounted", broker="kafka://127.0.0.1:1", store="memory://", autodiscover=False)
    assert app.web.cors
    app.web.web_app.add_routes(routes(source, WorkerMetrics()))
    app.web.init_server()
    async with TestClient(TestServer(app.web.web_app)) as client:
        assert await (await client.get("/v1/inventory")).json() == source.content
        assert "Pandian" in await (await client.get("/")).text()
        assert (await client.post("/v1/inventory")).status == 405
