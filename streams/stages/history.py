"""What an asset's document says about the past: how figures moved, and when fields came and went."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Protocol

import orjson

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
    """Return the document with its ``history`` and ``schema_changes``, and keep them in the table.

    ``history``: points of time, records, bytes, quarantined and quality score, oldest first.
    ``schema_changes``: fields that appeared after the asset was first seen, and fields whose meaning changed.
    Both are best effort across crashes: unlike the counts, they depend on when somebody looked.
    """
    key = document["asset"].encode()
    stored = table.get(partition, key)
    topic_id = document["source"]["topic_id"]
    past = orjson.loads(stored) if stored else {}
    if past.get("topic_id") != topic_id:
        past = {"topic_id": topic_id, "types": {}, "changes": [], "points": []}
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    types = {field["field"]: field["semantic_type"] for field in document["fields"]}
    past["changes"] = [*past["changes"], *_changes(past["types"], types, document["records"], now)][
        -_CHANGES:
    ]
    past["types"] = types
    past["points"] = _thin([*past["points"], _point(document, now)])
    table.put(partition, key, orjson.dumps(past))
    return {**document, "history": past["points"], "schema_changes": past["changes"]}


def _changes(
    before: Mapping[str, str], after: Mapping[str, str], records: int, now: str
) -> list[dict[str, Any]]:
    if not before:
        return []
    appeared = [
        {"change": "appeared", "field": field, "time": now, "records": records}
        for field in after.keys() - before.keys()
    ]
    meant = [
        {
            "change": "meaning",
            "field": field,
            "before": old,
            "after": after[field],
            "time": now,
            "records": records,
        }
        for field, old in before.items()
        if field in after and after[field] != old
    ]
    return sorted([*appeared, *meant], key=lambda change: str(change["field"]))


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
