"""Observations made by hand, of an asset with one field."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from monitoring.causes.observation import Lateness, Observation, observe

MINUTE_MS = 60_000


def document(asset: str = "orders", **more: Any) -> dict[str, Any]:
    """Return as much of an inventory document as is looked at."""
    field = {
        "field": "code", "semantic_type": "item_id", "masked": False, "count": 100, "missing": 0,
        "missing_spelled": 0, "types": {"string": 100}, "numbers": 0, "sum": None,
        "distinct": {"estimate": 10, "low": 10, "high": 10}, "top": [{"value": "a", "count": 60}],
    }  # fmt: skip
    known: dict[str, Any] = {
        "asset": asset, "records": 100, "fields": [field], "duplicates": None, "freshness": None,
        "relations": None, "drift": [], "schema_changes": [],
    }  # fmt: skip
    return known | more


def late(minute: int, count: int, ahead: int, p50: float, p95: float, p99: float) -> Observation:
    """Return an observation at a minute, with how late its events were in seconds."""
    seen = observe(document(), minute * MINUTE_MS)
    lateness = Lateness("at", count, ahead, {0.5: p50, 0.95: p95, 0.99: p99})
    return replace(seen, records=256 * count, lateness=lateness)
