"""A real `pandian worker` process to start, ask, stop and kill."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tests.support.processes import free_port, kill_process, start_process, tail, wait_until


class WorkerProcess:
    """One worker of a group on a broker. Use as a context manager; it is killed at the end if it still runs."""

    def __init__(
        self,
        address: str,
        group: str,
        globs: Iterable[str],
        *,
        options: Iterable[str] = (),
        settings: dict[str, str] | None = None,
    ) -> None:
        self.port = free_port()
        self.folder = Path(tempfile.mkdtemp(prefix="pandian-worker-"))
        self.log = self.folder / "log"
        self._command = [
            sys.executable,
            "-m",
            "streams.cli",
            "worker",
            "--port",
            str(self.port),
            *options,
            *globs,
        ]
        self._environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("PANDIAN_")},
            "PANDIAN_BROKER": address,
            "PANDIAN_GROUP": group,
            "PANDIAN_DATADIR": str(self.folder / "data"),
            "PANDIAN_SESSION_SECONDS": "2",
            "PANDIAN_CHECKPOINT_SECONDS": "0.4",
            "PANDIAN_DISCOVERY_SECONDS": "1",
            **(settings or {}),
        }
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> WorkerProcess:
        """Start it, or start it again."""
        self.process = start_process(self._command, log=self.log, env=self._environment)
        return self

    def kill(self) -> None:
        """End it as `kill -9` does."""
        if self.process:
            kill_process(self.process)

    def terminate(self, seconds: float = 10.0) -> int:
        """Ask it to stop and return its exit code."""
        assert self.process
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(seconds)

    def get(self, path: str) -> Any:
        """Return what it answers to GET, or None while it does not."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as answer:
                return json.load(answer)
        except (OSError, urllib.error.URLError, json.JSONDecodeError):
            return None

    def text(self, path: str) -> str:
        """Return what it answers to GET, as text."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as answer:
            return str(answer.read().decode())

    def ready(self) -> bool:
        """Tell whether it says that it is ready."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def asset(self, name: str) -> dict[str, Any] | None:
        """Return an asset's document, or None."""
        document = self.get("/v1/inventory") or {"assets": []}
        return next((asset for asset in document["assets"] if asset["asset"] == name), None)

    def wait_counted(self, name: str, records: int, seconds: float = 60.0) -> dict[str, Any]:
        """Wait until an asset's records and quarantined reach a number; return its document."""

        def counted() -> bool:
            asset = self.asset(name)
            return asset is not None and asset["records"] + asset["quarantined"] >= records

        self.wait(counted, f"{records} records of {name}", seconds)
        found = self.asset(name)
        assert found
        return found

    def wait_said(self, words: str, seconds: float = 30.0) -> None:
        """Wait until its log holds these words."""
        self.wait(lambda: words in self.said(), f"the log to say {words!r}", seconds)

    def wait(self, condition: Any, what: str, seconds: float) -> None:
        """Wait for a condition; fail with the log's end when it does not come or the worker ended."""

        def met() -> bool:
            if condition():
                return True
            assert self.process and self.process.poll() is None, f"the worker ended:\n{tail(self.log)}"
            return False

        try:
            wait_until(met, seconds, what, interval=0.1)
        except (AssertionError, TimeoutError) as error:
            raise AssertionError(
                f"{error}\n{tail(self.log)}\n{json.dumps(self.get('/v1/status'))}"
            ) from error

    def said(self) -> str:
        """Return its log."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def __enter__(self) -> WorkerProcess:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.kill()
