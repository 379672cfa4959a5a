"""Past its capacity a worker refuses at once, in whatever pieces requests come; those that wait get their answers."""

from __future__ import annotations

import asyncio
import json

import pytest
from aiohttp import web

from monitoring.metrics import WorkerMetrics
from pandian.events import Recommendation
from streams.recommend.gate import Gate
from streams.web.gated import GatedRunner
from streams.web.recommend import recommend_paths
from streams.web.routes import routes
from tests.support.processes import free_port

ASK = b"GET /v1/recommend/u HTTP/1.1\r\nHost: localhost\r\n\r\n"


class Held:
    """Answers once it is told to."""

    def __init__(self) -> None:
        self.go = asyncio.Event()
        self.asked = 0

    async def answer(self, request, *, shown):
        self.asked += 1
        await self.go.wait()
        return Recommendation(request.request_id, request.user_id, "live", "1", 1, (), None, None, 0.1)

    def user(self, user_id):
        return [{"user_id": user_id}]

    def models(self):
        return {}


class Connection:
    """One TCP connection to the server."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    def send(self, data: bytes = ASK) -> None:
        self._writer.write(data)

    async def answer(self) -> tuple[int, dict[str, str], dict]:
        head = (await asyncio.wait_for(self._reader.readuntil(b"\r\n\r\n"), 5)).decode().split("\r\n")
        headers = dict(line.split(": ", 1) for line in head[1:] if line)
        body = await self._reader.readexactly(int(headers["Content-Length"]))
        return int(head[0].split()[1]), headers, json.loads(body)

    def close(self) -> None:
        self._writer.close()


@pytest.fixture
async def served(source):
    held, refused = Held(), []
    gate = Gate(2, lambda: refused.append(1))
    app = web.Application()
    app.add_routes(routes(source, WorkerMetrics(), more=recommend_paths(held, None, gate)))
    runner, port = GatedRunner(app, gate, access_log=None), free_port()
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    opened: list[Connection] = []

    async def connect() -> Connection:
        opened.append(Connection(*await asyncio.open_connection("127.0.0.1", port)))
        return opened[-1]

    yield held, gate, refused, connect
    held.go.set()
    for connection in opened:
        connection.close()
    await runner.cleanup()


async def until(done) -> None:
    for _ in range(2_000):
        if done():
            return
        await asyncio.sleep(0.001)
    raise AssertionError("not in time")


async def full(gate, connect) -> list[Connection]:
    """Let two requests wait, which is as many as may."""
    waiting = [await connect() for _ in range(2)]
    for connection in waiting:
        connection.send()
    await until(lambda: gate.waiting == 2)
    return waiting


async def test_one_more_is_refused_at_once_and_the_others_are_answered(served) -> None:
    held, gate, refused, connect = served
    waiting = await full(gate, connect)
    late = await connect()
    for _ in range(3):
        late.send()
        status, headers, body = await late.answer()
        assert (status, headers["Retry-After"], body["error"]["code"]) == (503, "1", "overloaded")
        assert headers["X-Content-Type-Options"] == "nosniff"
    assert (held.asked, len(refused)) == (2, 3)
    held.go.set()
    assert [(await connection.answer())[0] for connection in waiting] == [200, 200]
    assert gate.waiting == 0
    late.send()
    assert (await late.answer())[0] == 200


async def test_what_is_not_asked_for_recommendations_is_answered_though_the_gate_is_full(served) -> None:
    _, gate, refused, connect = served
    await full(gate, connect)
    other = await connect()
    other.send(ASK.replace(b"recommend", b"users"))
    assert (await other.answer())[0] == 200
    assert not refused


async def test_in_pieces_it_is_refused_too(served) -> None:
    held, gate, refused, connect = served
    await full(gate, connect)
    slow = await connect()
    for piece in (ASK[:7], ASK[7:30], ASK[30:]):
        slow.send(piece)
        await asyncio.sleep(0.01)
    status, headers, body = await slow.answer()
    assert (status, headers["Retry-After"], body["error"]["code"]) == (503, "1", "overloaded")
    assert (held.asked, len(refused)) == (2, 1)
    slow.send()
    assert (await slow.answer())[0] == 503


async def test_answers_of_one_connection_come_in_order(served) -> None:
    held, gate, _, connect = served
    first, _ = await full(gate, connect)
    first.send()
    first.send(ASK.replace(b"recommend", b"users"))
    await asyncio.sleep(0.02)
    held.go.set()
    bodies = [(await first.answer())[2] for _ in range(3)]
    assert ["items" in body for body in bodies] == [True, True, False]


async def test_a_connection_that_goes_makes_room(served) -> None:
    held, gate, _, connect = served
    first, _ = await full(gate, connect)
    first.close()
    await until(lambda: gate.waiting == 1)
    third = await connect()
    third.send()
    held.go.set()
    assert (await third.answer())[0] == 200


async def test_a_body_that_looks_like_a_request_is_none(served) -> None:
    _, gate, refused, connect = served
    await full(gate, connect)
    posting = await connect()
    posting.send(b"POST /v1/users/u HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r" % len(ASK))
    await asyncio.sleep(0.01)
    posting.send(b"\n")
    await asyncio.sleep(0.01)
    posting.send(ASK)
    assert (await posting.answer())[0] == 405
    assert not refused
