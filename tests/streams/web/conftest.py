"""A realistic inventory for the web tests: figures of UCI Online Retail (Daqing Chen, CC BY 4.0), and hostile ones."""

import copy
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from monitoring.metrics import WorkerMetrics
from streams.web.base import StatusValue
from streams.web.routes import routes
from tests.support.browser import CHROMIUM, Browser

SCRIPT = "<script>document.title='owned'</script>"
IMAGE = "<img src=x onerror=\"document.title='owned'\">"
BREAKOUT = "\"'></td></table><svg onload=document.title='owned'>"
LONG = "很长的字段名" * 50


def hostile_field(name: str, value: Any, **more: Any) -> dict[str, Any]:
    return {
        "field": name,
        "types": {value if isinstance(value, str) else "string": 4, "null": 1},
        "semantic_type": "unknown",
        "confidence": 0.3,
        "evidence": f"looks like {value}",
        "pii": {"class": "none", "prevalence": 0.0, "low": 0.0, "high": 0.1},
        "count": 4,
        "missing": 1,
        "missing_spelled": 2,
        "min": value,
        "max": value,
        "mean": None,
        "stddev": None,
        "distinct": {"estimate": 1, "low": 1, "high": 1},
        "quantiles": {},
        "top": [{"value": value, "count": 4, "low": 4, "high": 4}],
        **more,
    }


def hostile_assets() -> list[dict[str, Any]]:
    """Assets whose names, values, reasons and evidence try to be markup, direction marks or simply too much."""
    fields = [
        hostile_field(SCRIPT, SCRIPT),
        hostile_field(IMAGE, IMAGE, semantic_type=IMAGE),
        hostile_field(BREAKOUT, BREAKOUT),
        hostile_field(LONG, "值" * 300),
        hostile_field("rtl \u202egnp.exe", "\u202ereversed\u202c and \x00 control"),
        hostile_field("javascript:alert(1)", "data:text/html,x"),
        hostile_field("big", 10**30, min=-(10**30), types={"number": 4}),
        hostile_field("number.id", 536365, semantic_type="order_id", types={"number": 4}),
        hostile_field("", "", types={}),
        hostile_field("__proto__", {"constructor": 1}, top=[]),
    ]
    broken = hostile_field(
        "odd.numbers", "x", count=0, missing=0, distinct=None, top=None, quantiles=None, types=None
    )
    broken["histogram"] = {"edges": [1.0, 1.0], "counts": [0]}
    assets = [
        {"asset": SCRIPT, "kind": IMAGE, "records": 4, "fields": fields, "quarantined_reasons": {SCRIPT: 2}},
        {"asset": "订单/店铺.一 %2F?#", "kind": "orders", "records": 1, "fields": [broken]},
        {"asset": "empty.topic", "kind": "other", "records": 0, "fields": []},
    ]
    for asset in assets:
        asset |= {
            "history": [
                {"time": IMAGE, "records": 1},
                {"time": "2026-11-23T09:30:00Z", "records": 0, "bytes": 0, "quarantined": 0, "score": None},
                {"time": "2026-11-23T09:31:00Z", "records": 4, "bytes": 9, "quarantined": 1, "score": None},
            ],
            "quarantined": 2,
            "bytes": 120,
            "source": {"topic": asset["asset"], "partitions": {}, "format": "json", "envelope": None},
            "freshness": {"last_event": None, "lateness_s": None},
            "quality": {"grade": None, "score": None, "low": None, "high": None, "dimensions": {}},
            "duplicates": {},
            "schema_changes": [SCRIPT, {"field": IMAGE, "before": None}],
            "drift": [],
            "relations": [],
        }
    return assets


class Source:
    """An inventory source over a document in memory."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.content = document
        self.number = 1
        self.ready = (True, "")
        self.documents_made = 0
        self.facts: dict[str, StatusValue] = {
            "broker": "127.0.0.1:9092",
            "embedded": True,
            "roles": "profile, merge, serve, watch",
            "topics": 3,
            "records_per_s": 152340.25,
            "lag": 1204,
            "quarantined": 44,
            "expired": 0,
        }

    def document(self) -> Mapping[str, Any]:
        self.documents_made += 1
        return self.content

    def asset(self, name: str) -> Mapping[str, Any] | None:
        return next((asset for asset in self.content["assets"] if asset["asset"] == name), None)

    def readiness(self) -> tuple[bool, str]:
        return self.ready

    def version(self) -> int:
        return self.number

    def status(self) -> Mapping[str, StatusValue]:
        return self.facts


@pytest.fixture(scope="session")
def online_retail() -> dict[str, Any]:
    path = Path(__file__).with_name("online_retail.json")
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return document


@pytest.fixture
def source(online_retail: dict[str, Any]) -> Source:
    return Source({"assets": copy.deepcopy(online_retail["assets"])})


@pytest.fixture
def hostile_source(online_retail: dict[str, Any]) -> Source:
    return Source({"assets": [*hostile_assets(), *copy.deepcopy(online_retail["assets"])]})


@pytest.fixture
async def client(source: Source):
    app = web.Application()
    app.add_routes(routes(source, WorkerMetrics()))
    async with TestClient(TestServer(app)) as opened:
        yield opened


@pytest.fixture
async def serve():
    """Serve the page over a source; returns the server."""
    servers = []

    async def start(source: Source, port: int | None = None) -> TestServer:
        app = web.Application()
        app.add_routes(routes(source, WorkerMetrics()))
        server = TestServer(app, port=port)
        await server.start_server()
        servers.append(server)
        return server

    yield start
    for server in servers:
        await server.close()


@pytest.fixture
def browser(tmp_path: Path) -> Browser:
    if CHROMIUM is None:
        pytest.skip("no chromium, chromium-browser or google-chrome on the path")
    return Browser(tmp_path / "profile")
