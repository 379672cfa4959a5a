"""What an asset's document says about the past: how figures moved, and when fields came and went."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Protocol

import orjson

from streams.inventory.base import Classification
from streams.inventory.schema_changes.meaning import Meanings
from streams.stages.best_of_day import BestOfDay

#: Points kept; when there are more, every second one is dropped, so that history thins out with age.
_POINTS = 240
_CHANGES = 100


class Remembers(Protocol):
    """Keeps bytes by partition and key, such as :class:`streams.state.CheckpointedTable`."""

    def get(self, partition: int, key: bytes) -> bytes | None:
        """Return what was put last."""
        ...

    def put(self, partition: int, key: bytes, value: bytes | None) -> None:
        """Keep a value."""
        ...


def remember(table: Remembers, partition: int, document: Mapping[str, Any]) -> dict[str, Any]:
    """Return the document with its ``history``, ``best_of_day`` and ``schema_changes``, and keep them in the table.

    ``history``: points of time, records, bytes, quarantined and quality score, oldest first.
    ``best_of_day``: the best grade, score and age of the newest event of the last 24 hours.
    ``schema_changes``: those that the records show (see :mod:`streams.inventory.schema_changes`), and fields whose
    meaning changed. History, bests and meanings are best effort across crashes: they depend on when somebody looked.
    """
    key = document["asset"].encode()
    stored = table.get(partition, key)
    topic_id = document["source"]["topic_id"]
    past = orjson.loads(stored) if stored else {}
    if past.get("topic_id") != topic_id:
        past = {"topic_id": topic_id, "meanings": None, "changes": [], "points": []}
    moment = datetime.now(UTC)
    now = moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    meanings = Meanings(past.get("meanings"))
    changes = meanings.look(_meanings(document), document["records"])
    past["changes"] = [*past["changes"], *({**change, "time": now} for change in changes)][-_CHANGES:]
    past["meanings"] = meanings.state()
    best = BestOfDay(past.get("best_of_day"))
    best.look(document, round(moment.timestamp() * 1000))
    past["best_of_day"] = best.state()
    past["points"] = _thin([*past["points"], _point(document, now)])
    table.put(partition, key, orjson.dumps(past))
    told = [*(document["schema_changes"] or ()), *past["changes"]]
    told.sort(key=lambda change: change["time"] or "", reverse=True)
    return {
        **document,
        "history": past["points"],
        "best_of_day": best.document(),
        "schema_changes": told[:_CHANGES],
    }


def _meanings(document: Mapping[str, Any]) -> dict[str, Classification]:
    return {
        field["field"]: Classification(field["semantic_type"], field["confidence"])
        for field in document["fields"]
    }


def _point(document: Mapping[str, Any], now: str) -> dict[str, Any]:
    quality = document.get("quality") or {}
    return {
        "time": now,
        "records": document["records"],
        "bytes": document["bytes"],
        "quarantined": document["quarantined"],
        "score": quality.get("score"),
    }


def _thin(points: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return points if len(points) <= _POINTS else [*points[: _POINTS // 2 : 2], *points[_POINTS // 2 :]]
