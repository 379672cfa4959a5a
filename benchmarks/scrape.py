"""A scrape of a worker that owns many assets: every figure of each is new at each scrape."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from benchmarks.base import Row, spread
from monitoring.metrics import WorkerMetrics


@dataclass(frozen=True)
class Sizes:
    """How much is measured."""

    repeat: int = 20
    """Scrapes."""
    assets: int = 200
    fields: int = 30
    """Of each asset."""


class _Assets:
    """Assets whose figures change between two scrapes, as those of topics that run do."""

    def __init__(self, sizes: Sizes) -> None:
        self._sizes = sizes
        self._version = 0
        self._drawn = random.Random(1)
        self._documents: Sequence[Mapping[str, Any]] = ()

    def version(self) -> int:
        return self._version

    def owned(self) -> Sequence[Mapping[str, Any]]:
        return self._documents

    def change(self) -> None:
        self._version += 1
        self._documents = [self._document(number) for number in range(self._sizes.assets)]

    def _document(self, number: int) -> Mapping[str, Any]:
        names = [f"field_{field}" for field in range(self._sizes.fields)]
        return {
            "asset": f"shop.topic-{number}",
            "quality": {"score": self._drawn.random(), "grade": "B"},
            "drift_evidence": {name: self._drawn.random() for name in names},
            "fields": [
                {"field": name, "count": self._drawn.randrange(1, 1_000_000), "missing": number}
                for name in names
            ],
        }


def run(sizes: Sizes | None = None) -> Iterator[Row]:
    """Yield how long ``GET /metrics`` takes."""
    sizes = sizes or Sizes()
    seconds = asyncio.run(_scraped(sizes))
    yield Row(
        "metrics_scrape_ms",
        1000 * median(seconds),
        "ms",
        f"GET /metrics over HTTP, {sizes.assets} assets of {sizes.fields} fields whose figures are all new each time;"
        f" the median of {sizes.repeat}, the longest {1000 * max(seconds):.0f} ms",
        ("<=", 100),
        spread([1000 * one for one in seconds]),
    )


async def _scraped(sizes: Sizes) -> list[float]:
    assets = _Assets(sizes)
    metrics = WorkerMetrics(assets)

    async def answer(_request: web.Request) -> web.Response:
        body, content_type = metrics.render()
        return web.Response(body=body, headers={"Content-Type": content_type})

    app = web.Application()
    app.router.add_get("/metrics", answer)
    found = []
    async with TestClient(TestServer(app)) as client:
        for _ in range(sizes.repeat):
            assets.change()
            began = time.perf_counter()
            async with client.get("/metrics") as response:
                await response.read()
            found.append(time.perf_counter() - began)
    return found
