"""Programs of Prometheus' family as processes: each says at ``/-/ready`` that it answers."""

from __future__ import annotations

import subprocess
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.support.processes import free_port, kill_process, start_process, tail, wait_until


class ReadyProcess:
    """A process with a port of its own. Use as a context manager; it answers when it is handed out and is killed at the
    end.

    Args:
        name: for messages.
        log: what it says.
    """

    def __init__(self, name: str, log: Path) -> None:
        self.port = free_port()
        self.log = log
        self.process: subprocess.Popen[bytes] | None = None
        self._name = name

    def command(self) -> Sequence[str]:
        """Return what to run."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        self.process = start_process(self.command(), self.log)
        wait_until(self._ready, 30, f"{self._name} answers", interval=0.05, log=self.log)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process is not None:
            kill_process(self.process)

    def _ready(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, f"{self._name} ended:\n{tail(self.log)}"
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/-/ready", timeout=2) as answer:
                return bool(answer.status == 200)
        except (OSError, urllib.error.URLError):
            return False
