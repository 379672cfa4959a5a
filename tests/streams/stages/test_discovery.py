"""Topics are looked for again and again; while the broker is away that is said once, and exported."""

from __future__ import annotations

import asyncio
import contextlib
from types import SimpleNamespace
from typing import Any

from monitoring.metrics import WorkerMetrics
from pandian.errors import BrokerError
from streams.stages.discovery import Discovery


async def test_a_broker_that_is_away_is_exported_until_it_is_back() -> None:
    metrics, seen, left = WorkerMetrics(), [], ["away", "away", "here"]

    async def topics() -> dict[str, Any]:
        seen.append(metrics.registry.get_sample_value("pandian_broker_away"))
        if (left.pop(0) if left else "here") == "away":
            raise BrokerError("PANDIAN_BROKER=x", "must answer", "start it")
        return {}

    topic: Any = SimpleNamespace(names=frozenset(), rename=lambda found: None)
    admin: Any = SimpleNamespace(topics=topics)
    discovery = Discovery(admin, topic, ["*"], 0.001)
    metrics.broker_away(lambda: discovery.away)
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(discovery.run(), 0.2)
    assert seen[:4] == [0, 1, 1, 0]
