"""Who may have a user forgotten over HTTP, and what is answered."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from pydantic import SecretStr

from monitoring.metrics import WorkerMetrics
from pandian.errors import BrokerError
from streams.web.forget import forget_paths
from streams.web.routes import routes

TOKEN = "a token of the data team"


class Forgets:
    def __init__(self) -> None:
        self.asked: list[str] = []
        self.away = False

    async def forget(self, user_id: str) -> dict[str, object]:
        if self.away:
            raise BrokerError("pandian.forgotten", "must take it", "ask again")
        self.asked.append(user_id)
        return {"user_id": user_id, "time": 7, "known": True}


@pytest.fixture
def forgets() -> Forgets:
    return Forgets()


@pytest.fixture(params=[None, TOKEN], ids=["here", "token"])
async def client(request, source, forgets):
    async def user(_request: web.Request) -> web.Response:
        return web.Response(text="known")

    token = SecretStr(request.param) if request.param else None
    app = web.Application()
    more = {r"/v1/users/{user:[\s\S]+}": user}
    app.add_routes(routes(source, WorkerMetrics(), more=more, deletes=forget_paths(forgets, token)))
    async with TestClient(TestServer(app)) as opened:
        opened.sent = {"Authorization": f"Bearer {TOKEN}"} if token else {}
        yield opened


async def test_a_user_is_forgotten(client, forgets) -> None:
    for user in ("17850", "订单/1", "a b", "%2F"):
        answer = await client.delete(f"/v1/users/{quote(user, safe='')}", headers=client.sent)
        assert (answer.status, answer.headers["Cache-Control"]) == (200, "no-store")
        assert await answer.json() == {"user_id": user, "time": 7, "known": True}
    assert forgets.asked == ["17850", "订单/1", "a b", "%2F"]
    assert await (await client.get("/v1/users/17850")).text() == "known"


async def test_who_may_not(client, forgets) -> None:
    with_token = bool(client.sent)
    wrong = [
        {"Authorization": sent}
        for sent in ("", "Bearer", f"Bearer {TOKEN}x", f"Basic {TOKEN}", TOKEN, "Bearer é")
    ]
    proxied = [{"X-Forwarded-For": "203.0.113.7"}, {"Forwarded": "for=203.0.113.7"}, {"Via": "1.1 proxy"}]
    for headers in wrong if with_token else proxied:
        answer = await client.delete("/v1/users/u", headers=headers)
        code = (await answer.json())["error"]["code"]
        assert (answer.status, code) == ((401, "not-authorised") if with_token else (403, "not-allowed")), (
            headers
        )
        assert TOKEN not in await answer.text()
    assert not forgets.asked


async def test_a_broker_that_is_away_is_said(client, forgets) -> None:
    forgets.away = True
    answer = await client.delete("/v1/users/u", headers=client.sent)
    assert (answer.status, (await answer.json())["error"]["code"]) == (503, "broker-away")
    assert answer.headers["Retry-After"] == "5"


async def test_what_is_refused(client, forgets) -> None:
    answer = await client.delete("/v1/users/a%00b", headers=client.sent)
    assert (answer.status, (await answer.json())["error"]["code"]) == (400, "bad-user")
    answer = await client.delete("/v1/users/u?dry_run=true", headers=client.sent)
    assert (answer.status, (await answer.json())["error"]["code"]) == (400, "unknown-parameter")
    answer = await client.delete("/v1/inventory", headers=client.sent)
    assert (answer.status, answer.headers["Allow"]) == (405, "GET, HEAD")
    answer = await client.post("/v1/users/u", headers=client.sent)
    assert (answer.status, answer.headers["Allow"]) == (405, "GET, HEAD, DELETE")
    assert not forgets.asked
