"""The HTTP protocol behind a gate: a refusal must cost next to nothing.

So it is written as soon as the request has come, without parsing it, a task or a response. It says when to ask again.
"""

from __future__ import annotations

import asyncio
from typing import Any

from aiohttp import web
from aiohttp.web_protocol import RequestHandler

from streams.recommend.gate import Gate
from streams.web.documents import encode
from streams.web.guard import SECURITY_HEADERS

STATUS = 503
CODE = "overloaded"
MESSAGE = (
    "too many requests are waiting here; ask again after the seconds in Retry-After, or ask another worker"
)
HEADERS = {"Retry-After": "1", "Cache-Control": "no-store"}

_WANTED = (b"GET /v1/recommend/", b"GET /v1/similar/")
_END = b"\r\n\r\n"


def _refusal() -> bytes:
    body = encode({"error": {"code": CODE, "message": MESSAGE}})
    headers = {
        **HEADERS,
        "Content-Type": "application/json",
        "Content-Length": str(len(body)),
        **SECURITY_HEADERS,
    }
    lines = [
        f"HTTP/1.1 {STATUS} Service Unavailable",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    return "\r\n".join(lines).encode("ascii") + _END + bytes(body)


_REFUSAL = _refusal()


class _Gated(RequestHandler):
    """aiohttp's protocol of one connection, behind a gate."""

    gate: Gate

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._whole = True
        """Whether what came last ended a request, so that what comes next begins one."""

    def data_received(self, data: bytes) -> None:
        wanted = self._whole and data.startswith(_WANTED)
        self._whole = data.endswith(_END)
        if (
            wanted
            and self._whole
            and self._idle()
            and not self.gate.enter(self)
            and self.transport is not None
        ):
            self._next_keepalive_close_time = asyncio.get_running_loop().time() + self._keepalive_timeout
            self.transport.write(_REFUSAL)
            return
        super().data_received(data)

    def _idle(self) -> bool:
        """Tell whether the answer before has been written: refusals must not overtake it."""
        waiter = self._waiter
        return not self._messages and waiter is not None and not waiter.done()

    async def finish_response(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return await super().finish_response(*args, **kwargs)
        finally:
            self._whole = True
            self.gate.leave(self)

    def connection_lost(self, exc: BaseException | None) -> None:
        self.gate.leave(self)
        super().connection_lost(exc)


class GatedRunner(web.AppRunner):
    """Serves an application, requests for recommendations through a gate.

    A request that comes in pieces, or before the one before it is answered, is not refused by the protocol; its handler
    asks :meth:`Gate.enter` with ``request.protocol``.
    """

    def __init__(self, app: web.Application, gate: Gate, **options: Any) -> None:
        super().__init__(app, **options)
        self._protocol = type("Gated", (_Gated,), {"gate": gate})

    async def _make_server(self) -> Any:
        server = await super()._make_server()
        return _Made(server, self._protocol)


class _Made:
    """aiohttp's server, but that it makes protocols of another class."""

    def __init__(self, server: Any, protocol: type[RequestHandler]) -> None:
        self._server, self._protocol = server, protocol

    def __call__(self) -> RequestHandler:
        return self._protocol(self._server, loop=self._server._loop, **self._server._kwargs)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._server, name)
