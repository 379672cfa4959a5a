"""A real HTTP server that speaks the REST paths of a schema registry."""

from __future__ import annotations

import base64
import json
import re
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit

NOT_FOUND = {"error_code": 40403, "message": "Schema not found"}


@dataclass
class Registry:
    """What the server knows and how it is to behave; can be changed while it runs."""

    url: str = ""
    schemas: dict[int, dict[str, Any]] = field(default_factory=dict)
    """Answers by schema id; ``serialized`` stands for ``schema`` when that format is asked for."""
    versions: dict[tuple[str, int], dict[str, Any]] = field(default_factory=dict)
    login: str | None = None
    status: int | None = None
    """Answer everything with this status."""
    raw: bytes | None = None
    """Answer everything with these bytes."""
    delay: float = 0.0
    asked: list[str] = field(default_factory=list)
    """Paths in the order in which they were asked for."""
    server: ThreadingHTTPServer | None = None

    def secure(self, context: ssl.SSLContext) -> None:
        """Speak TLS from now on."""
        assert self.server is not None
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.url = self.url.replace("http://", "https://")

    def answer(self, path: str, authorization: str | None) -> tuple[int, bytes]:
        self.asked.append(path)
        time.sleep(self.delay)
        if self.raw is not None:
            return self.status or 200, self.raw
        if self.status is not None:
            return self.status, b'{"error_code": 50001, "message": "no"}'
        if self.login is not None and authorization != self.login:
            return 401, b'{"error_code": 401, "message": "Unauthorized"}'
        parts = urlsplit(path)
        found = self._found(parts.path)
        if found is None:
            return 404, json.dumps(NOT_FOUND).encode()
        found = dict(found)
        serialized = found.pop("serialized", None)
        if serialized is not None and "format=serialized" in parts.query:
            found["schema"] = base64.b64encode(serialized).decode()
        return 200, json.dumps(found).encode()

    def _found(self, path: str) -> dict[str, Any] | None:
        if match := re.fullmatch(r"/schemas/ids/(\d+)", path):
            return self.schemas.get(int(match[1]))
        if match := re.fullmatch(r"/subjects/([^/]+)/versions/(\d+)", path):
            return self.versions.get((unquote(match[1]), int(match[2])))
        return None


@contextmanager
def serving() -> Iterator[Registry]:
    """Run a registry for as long as the block lasts."""
    registry = Registry()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = registry.answer(self.path, self.headers.get("Authorization"))
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            if status in (301, 302):
                self.send_header("Location", "http://127.0.0.1:1/elsewhere")
            self.end_headers()
            with suppress(ConnectionError):  # it did not want to wait
                self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.handle_error = lambda *_: None  # type: ignore[method-assign] # a client that hangs up is no news
    registry.server = server
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    registry.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield registry
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def framed(key: int, body: bytes) -> bytes:
    """Put a schema's id in front of a record."""
    return b"\x00" + key.to_bytes(4, "big") + body
