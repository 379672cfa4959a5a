"""A webhook that really listens: it keeps what comes, and answers as it is told."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Iterable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

from tests.support.processes import wait_until


class Received(NamedTuple):
    """One request."""

    time: float
    """Seconds since the epoch."""
    path: str
    document: Any


class Listening:
    """A server on 127.0.0.1. Use as a context manager.

    Args:
        answers: what it answers, one after the other: a status, or seconds (a float) that it lets the client wait
            before 200. Afterwards 200.
        port: where to listen; 0: anywhere.
    """

    def __init__(self, answers: Iterable[int | float] = (), port: int = 0) -> None:
        self.received: list[Received] = []
        self._answers = list(answers)
        self._ending = threading.Event()
        listening = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                listening.received.append(Received(time.time(), self.path, json.loads(content)))
                answer = listening._answers.pop(0) if listening._answers else 200
                if isinstance(answer, float):
                    listening._ending.wait(answer)
                    answer = 200
                self.send_response(answer)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing."""

            def handle(self) -> None:
                with contextlib.suppress(ConnectionError):  # the client gave up, as it should
                    super().handle()

        class Server(ThreadingHTTPServer):
            allow_reuse_address = True
            daemon_threads = True

        self._server = Server(("127.0.0.1", port), Handler)
        self.port = int(self._server.server_address[1])
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})

    def answers(self, answers: Iterable[int | float]) -> None:
        """Answer so from now on, and 200 afterwards."""
        self._answers[:] = answers

    def url(self, path: str = "/hook") -> str:
        """Return where it listens."""
        return f"http://127.0.0.1:{self.port}{path}"

    def alert_ids(self) -> list[str]:
        """Return the ids of the alerts that came, in their order."""
        return [one.document["alert_id"] for one in self.received]

    def wait(self, requests: int, seconds: float = 10.0) -> list[Received]:
        """Wait until so many requests came; return them."""
        wait_until(lambda: len(self.received) >= requests, seconds, f"{requests} requests", interval=0.01)
        return self.received

    def __enter__(self) -> Listening:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
