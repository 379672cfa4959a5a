import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from monitoring.metrics import WorkerMetrics
from streams.web.guard import LOOPBACK_HOSTS, allowed_hosts, guard_middleware
from streams.web.routes import routes


@pytest.mark.parametrize(
    ("bind", "extra", "expected"),
    [
        ("127.0.0.1", (), LOOPBACK_HOSTS),
        ("localhost", (), LOOPBACK_HOSTS),
        ("::1", (), LOOPBACK_HOSTS),
        ("[::1]", (), LOOPBACK_HOSTS),
        ("127.0.0.5", (), LOOPBACK_HOSTS | {"127.0.0.5"}),
        ("127.0.0.1", ("Pandian.Example",), LOOPBACK_HOSTS | {"pandian.example"}),
        ("0.0.0.0", (), None),
        ("10.1.2.3", (), None),
        ("worker-1", (), None),
        ("0.0.0.0", ("pandian.example",), LOOPBACK_HOSTS | {"pandian.example"}),
    ],
)
def test_which_hosts_are_answered(bind: str, extra: tuple[str, ...], expected: frozenset[str] | None) -> None:
    assert allowed_hosts(bind, extra) == expected


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost", 200),
        ("localhost:6066", 200),
        ("LOCALHOST.:6066", 200),
        ("127.0.0.1:6066", 200),
        ("[::1]", 200),
        ("[::1]:6066", 200),
        ("evil.example", 403),
        ("evil.example:6066", 403),
        ("localhost.evil.example", 403),
        ("127.0.0.1.evil.example", 403),
        ("[::1", 403),
        ("[::2]:6066", 403),
        ("evil@localhost", 403),
    ],
)
@pytest.mark.parametrize("path", ["/v1/inventory", "/", "/nothing", "/metrics"])
async def test_a_rebound_name_is_refused_everywhere(client, path: str, host: str, status: int) -> None:
    answer = await client.get(path, headers={"Host": host})
    assert (answer.status == 403) is (status == 403)
    if status == 403:
        assert (await answer.json())["error"]["code"] == "host-not-allowed"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


async def test_any_host_when_open_to_the_network(source) -> None:
    app = web.Application()
    app.add_routes(routes(source, WorkerMetrics(), hosts=None))
    async with TestClient(TestServer(app)) as client:
        assert (await client.get("/healthz", headers={"Host": "worker:6066"})).status == 200


async def test_the_middleware_protects_routes_that_are_not_ours() -> None:
    async def table(_request: web.Request) -> web.Response:
        return web.Response(text="a table")

    app = web.Application(middlewares=[guard_middleware(LOOPBACK_HOSTS)])
    app.router.add_get("/table/{name}", table)
    async with TestClient(TestServer(app)) as client:
        assert (await client.get("/table/x", headers={"Host": "evil.example"})).status == 403
        allowed = await client.get("/table/x")
        assert await allowed.text() == "a table"
        assert "Content-Security-Policy" in allowed.headers
        missing = await client.get("/elsewhere")
        assert (missing.status, (await missing.json())["error"]["code"]) == (404, "not-found")
        refused = await client.post("/table/x")
        assert (refused.status, refused.headers["Allow"]) == (405, "GET,HEAD")
