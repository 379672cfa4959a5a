"""What becomes of the topics' records, over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from monitoring.metrics import WorkerMetrics
from streams.web.interactions import interactions_paths
from streams.web.routes import routes
from tests.streams.web.conftest import BREAKOUT, SCRIPT

Client = TestClient[web.Request, web.Application]


class Extractions:
    """Says what it is told to."""

    topics: tuple[Mapping[str, Any], ...] = ()

    def document(self) -> Mapping[str, Any]:
        return {"topics": self.topics}


@pytest.fixture
def extractions() -> Extractions:
    return Extractions()


@pytest.fixture
async def client(source: Any, extractions: Extractions) -> AsyncIterator[Client]:
    app = web.Application()
    app.add_routes(routes(source, WorkerMetrics(), more=interactions_paths(extractions)))
    async with TestClient(TestServer(app)) as opened:
        yield opened


async def test_what_it_answers_is_of_now(client: Client, extractions: Extractions) -> None:
    answer = await client.get("/v1/interactions")
    assert (answer.status, answer.content_type) == (200, "application/json")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert await answer.json() == {"topics": []}
    extractions.topics = ({"topic": "订单", "outcomes": {"interaction": 3}},)
    assert await (await client.get("/v1/interactions")).json() == {"topics": list(extractions.topics)}


async def test_names_of_fields_cannot_end_the_document(client: Client, extractions: Extractions) -> None:
    extractions.topics = ({"topic": SCRIPT, "mapping": {"user": {"field": BREAKOUT, "why": "\ud800"}}},)
    answer = await client.get("/v1/interactions")
    found = await answer.json()
    assert found["topics"][0]["topic"] == SCRIPT
    assert found["topics"][0]["mapping"]["user"]["field"] == BREAKOUT


async def test_it_is_read_only(client: Client) -> None:
    assert (await client.post("/v1/interactions")).status == 405
    assert (await client.head("/v1/interactions")).status == 200


async def test_a_worker_that_does_not_serve_has_no_such_page(source: Any) -> None:
    app = web.Application()
    app.add_routes(routes(source, WorkerMetrics()))
    async with TestClient(TestServer(app)) as opened:
        assert (await opened.get("/v1/interactions")).status == 404
