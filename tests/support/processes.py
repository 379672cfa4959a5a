"""Starting processes that cannot outlive the test run, whatever ends it."""

from __future__ import annotations

import atexit
import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None

# Linux sends the death signal when the *thread* that started the child ends. One thread that lives as long as
# this process therefore starts them all: else a child started from `asyncio.to_thread` would die with its loop.
_STARTER = ThreadPoolExecutor(max_workers=1, thread_name_prefix="process-starter")
_STARTED: list[subprocess.Popen[bytes]] = []


def _die_with_parent() -> None:
    if _LIBC is not None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def start_process(
    command: Sequence[str | Path], log: Path, env: Mapping[str, str] | None = None, cwd: Path | None = None
) -> subprocess.Popen[bytes]:
    """Start a process that is killed when this one ends, even by SIGKILL (Linux) or at the latest by its exit.

    Args:
        command: Program and arguments.
        log: File that gets stdout and stderr, appended.
        env: The whole environment; default: this process's.
        cwd: Working folder.
    """

    def start() -> subprocess.Popen[bytes]:
        with log.open("ab") as out:
            return subprocess.Popen(
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                env=None if env is None else dict(env),
                cwd=cwd,
                preexec_fn=_die_with_parent,  # noqa: PLW1509 - one system call, already loaded, takes no lock
            )

    process = _STARTER.submit(start).result()
    _STARTED[:] = [known for known in _STARTED if known.poll() is None] + [process]
    return process


def stop_process(process: subprocess.Popen[bytes], seconds: float = 30.0) -> None:
    """Ask a process to end (SIGTERM), wait, and kill it when it has not ended after ``seconds``."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            kill_process(process)


def kill_process(process: subprocess.Popen[bytes]) -> None:
    """Kill a process (SIGKILL, also when it is stopped) and wait until it is gone."""
    if process.poll() is None:
        process.kill()
        process.wait()


@atexit.register
def _kill_all() -> None:
    for process in _STARTED:
        kill_process(process)


def free_port() -> int:
    """Return a TCP port of 127.0.0.1 that nothing listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(
    condition: Callable[[], object],
    seconds: float,
    what: str,
    interval: float = 0.02,
    log: Path | None = None,
) -> None:
    """Wait until ``condition`` is true.

    Raises:
        TimeoutError: saying ``what`` did not happen, with the end of ``log``.
    """
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what}: not within {seconds:g} s{tail(log)}")
        time.sleep(interval)


def tail(log: Path | None, size: int = 3000) -> str:
    """Return the end of a log file, to put under an error; empty when there is none."""
    if log is None or not log.exists():
        return ""
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - 10 * size), os.SEEK_SET)
        said = file.read().decode(errors="replace").splitlines()
    # What a binding says of itself as the process ends would hide why it ended.
    told = "\n".join(line for line in said if "leaked" not in line and "nanobind" not in line)
    return f"\n--- end of {log.name} ---\n{told[-size:]}"
