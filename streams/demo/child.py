"""Starts the replay as a process of its own, listens to it and ends it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from types import TracebackType

from pandian.errors import PandianError
from pandian.settings import PREFIX, Settings
from streams.demo.progress import Progress, read_line


class ReplayProcess:
    """A running replay. ``async with ReplayProcess(...)`` starts it; leaving ends it, whatever it is doing.

    It has a process group of its own, so that a Ctrl-C reaches it through us only; and it ends by itself when this
    process does, as its standard input ends with it.

    Args:
        settings: The broker to send to; what is not an address (TLS, SASL) it reads from the environment, as we did.
        rate: Records a second.
        limit: Only so many order lines; None: all.
    """

    def __init__(self, settings: Settings, rate: float, limit: int | None) -> None:
        self.progress = Progress()
        """What it said last."""
        self._settings = settings
        self._options = ["--rate", str(rate), *(["--limit", str(limit)] if limit else [])]
        self._process: asyncio.subprocess.Process | None = None
        self._listening: asyncio.Task[None] | None = None

    def check(self) -> None:
        """Do nothing while it runs well or has ended well.

        Raises:
            PandianError: what made it end.
        """
        if self._listening and self._listening.done():
            self._listening.result()

    async def __aenter__(self) -> ReplayProcess:
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "streams.demo.replay", *self._options),
            env={**os.environ, f"{PREFIX}BROKER": str(self._settings.broker)},
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,
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
        """Take note of what it says until it ends."""
        if process.stdout is None or process.stderr is None:
            raise RuntimeError("started without pipes")
        async for line in process.stdout:
            self.progress = read_line(line)
        if not self.progress.done:
            last = (await process.stderr.read()).decode(errors="replace").strip().rpartition("\n")[2]
            raise PandianError(
                "the replay",
                f"ended before everything was sent ({last or f'exit code {await process.wait()}'})",
                "run pandian demo again",
            )
