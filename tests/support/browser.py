"""A headless Chromium for tests that look at pages."""

from __future__ import annotations

import asyncio
import contextlib
import json
import shutil
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from aiohttp import ClientSession, ClientWebSocketResponse

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
CHROMIUM_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


class Browser:
    """A headless Chromium: one page at a time, driven through its DevTools protocol."""

    def __init__(self, profile: Path) -> None:
        self._profile = profile
        self._socket: ClientWebSocketResponse
        self._calls = 0
        self.problems: list[str] = []

    async def dump(self, url: str) -> str:
        """Load a page, let four seconds pass for it, and return its DOM as HTML."""
        process = await self._start("--virtual-time-budget=4000", "--dump-dom", url)
        async with asyncio.timeout(60):
            html, _ = await process.communicate()
        return html.decode()

    @contextlib.asynccontextmanager
    async def page(self, url: str) -> AsyncIterator[Browser]:
        process = await self._start("--remote-debugging-port=0", "--window-size=1400,1600", "about:blank")
        try:
            async with ClientSession() as session:
                async with asyncio.timeout(20):
                    await self._attach(session)
                await self._call("Page.navigate", url=url)
                yield self
        finally:
            process.kill()
            await process.wait()

    async def run(self, script: str) -> Any:
        """Return the value of a JavaScript expression on the page."""
        answer = await self._call(
            "Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True
        )
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    async def until(self, script: str) -> None:
        """Wait, at most 20 s, until a JavaScript expression is true on the page."""
        until = time.monotonic() + 20
        while not await self.run(script):
            assert time.monotonic() < until, f"never came true: {script}"
            await asyncio.sleep(0.05)

    async def go(self, url: str) -> None:
        """Go to another page."""
        await self._call("Page.navigate", url=url)

    async def resize(self, width: int, height: int) -> None:
        """Show the page as on a screen of this size, CSS pixels."""
        await self._call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )

    async def prefer(self, scheme: str) -> None:
        """Say that the viewer prefers a colour scheme, ``light`` or ``dark``."""
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        await self._call("Emulation.setEmulatedMedia", features=features)

    async def computed(self) -> float:
        """Return the seconds of processor time that the page's main thread has spent since this was first asked."""
        await self._call("Performance.enable", timeDomain="threadTicks")
        metrics = (await self._call("Performance.getMetrics"))["metrics"]
        return float(next(metric["value"] for metric in metrics if metric["name"] == "TaskDuration"))

    async def _attach(self, session: ClientSession) -> None:
        port_file = self._profile / "DevToolsActivePort"
        while not port_file.exists() or not port_file.read_text().strip():  # noqa: ASYNC110 - a file tells nobody
            await asyncio.sleep(0.05)
        port = port_file.read_text().split()[0]
        async with session.get(f"http://127.0.0.1:{port}/json") as answer:
            target = next(t for t in await answer.json() if t["type"] == "page")
        self._socket = await session.ws_connect(target["webSocketDebuggerUrl"], max_msg_size=0)
        for domain in ("Page", "Runtime", "Log"):
            await self._call(f"{domain}.enable")
        # As if its window were in front: else no element is told that it has the focus.
        await self._call("Emulation.setFocusEmulationEnabled", enabled=True)

    async def _start(self, *more: str) -> asyncio.subprocess.Process:
        assert CHROMIUM
        return await asyncio.create_subprocess_exec(
            CHROMIUM,
            *CHROMIUM_FLAGS,
            f"--user-data-dir={self._profile}",
            *more,
            stdout=asyncio.subprocess.PIPE if "--dump-dom" in more else asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )

    async def _call(self, method: str, **params: Any) -> dict[str, Any]:
        self._calls += 1
        await self._socket.send_json({"id": self._calls, "method": method, "params": params})
        while True:
            message = await self._socket.receive_json()
            if message.get("id") == self._calls:
                answer: dict[str, Any] = message.get("result", message)
                return answer
            if message["method"] in ("Runtime.exceptionThrown", "Log.entryAdded"):
                self.problems.append(json.dumps(message["params"]))
