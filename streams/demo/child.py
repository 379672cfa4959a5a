"""Starts a part of the demo as a process of its own, listens to it and ends it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Self

from pandian.errors import PandianError
from pandian.settings import PREFIX, Settings
from streams.demo.progress import Progress, read_line


class ChildProcess:
    """A Python module in a process of its own. ``async with`` starts it; leaving ends it, whatever it is doing.

    It has a process group of its own, so that a Ctrl-C reaches it through us only; and it ends by itself when this
    process does, as its standard input ends with it.

    Args:
        settings: The broker to use; what is not an address (TLS, SASL) it reads from the environment, as we did.
        module: What to run; it must end with its standard input.
        arguments: Of its command line.
        environment: Further variables.
    """

    def __init__(
        self,
        settings: Settings,
        module: str,
        arguments: Sequence[str],
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self._environment = {**os.environ, f"{PREFIX}BROKER": str(settings.broker), **(environment or {})}
        self._command = (sys.executable, "-m", module, *arguments)
        self._process: asyncio.subprocess.Process | None = None
        self._listening: asyncio.Task[None] | None = None

    def check(self) -> None:
        """Do nothing while it runs well or has ended well.

        Raises:
            PandianError: what made it end.
        """
        if self._listening and self._listening.done():
            self._listening.result()

    @property
    def ended(self) -> bool:
        """Whether it has ended, well or not."""
        return self._listening is not None and self._listening.done()

    async def __aenter__(self) -> Self:
        self._process = await asyncio.create_subprocess_exec(
            *self._command,
            env=self._environment,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,
            limit=1 << 20,  # bytes of a line
        )
        self._listening = asyncio.get_running_loop().create_task(self._listen(self._process))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process and self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()
        if self._listening:
            self._listening.cancel()
            await asyncio.wait([self._listening])

    async def _listen(self, process: asyncio.subprocess.Process) -> None:
        """Take note of what it says until it ends.

        Raises:
            PandianError: what made it end.
        """
        raise NotImplementedError


def pipes(process: asyncio.subprocess.Process) -> tuple[asyncio.StreamReader, asyncio.StreamReader]:
    """Return standard output and standard error of a child."""
    if process.stdout is None or process.stderr is None:
        raise RuntimeError("started without pipes")
    return process.stdout, process.stderr


class ReplayProcess(ChildProcess):
    """A running replay.

    Args:
        settings: The broker to send to.
        rate: Records a second.
        lines: Replay the order lines from the first of these numbers to before the second.
        pages: Show a page before each invoice of a known customer.
        inject: Change orders, and say so before.
        wrong: A catalogue import went wrong before.
        earlier: What was replayed before.
    """

    def __init__(
        self,
        settings: Settings,
        rate: float,
        lines: tuple[int, int],
        *,
        pages: bool = False,
        inject: bool = False,
        wrong: bool = False,
        earlier: Progress | None = None,
    ) -> None:
        options = ["--rate", str(rate), "--skip", str(lines[0]), "--limit", str(lines[1])]
        flags = (("--pages", pages), ("--inject", inject), ("--wrong", wrong))
        options += [word for word, wanted in flags if wanted]
        super().__init__(settings, "streams.demo.replay", options)
        self._earlier = earlier or Progress()
        self.said = Progress()
        """What it said last."""

    @property
    def progress(self) -> Progress:
        """Return what it said last, on top of what was replayed before."""
        return self.said.after(self._earlier)

    async def _listen(self, process: asyncio.subprocess.Process) -> None:
        out, err = pipes(process)
        async for line in out:
            self.said = read_line(line)
        if not self.said.done:
            last = (await err.read()).decode(errors="replace").strip().rpartition("\n")[2]
            raise PandianError(
                "the replay",
                f"ended before everything was sent ({last or f'exit code {await process.wait()}'})",
                "run pandian demo again",
            )
