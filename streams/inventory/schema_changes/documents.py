"""Changes of the schema as they are shown: those of several partitions as one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from streams.inventory.schema_changes.change import Change

#: A change comes to all partitions within a day, or it is not one.
_TOGETHER_MS = 86_400_000


def documents(changes: Sequence[Change], *, names: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the changes as JSON values, the latest first.

    Args:
        changes: of all partitions. The same change of a field in several of them is told once, with the place where it
            was first, the mean share and the weakest bound.
        names: names of fields by path, where they have another one.
    """
    found = [_document(together, names) for together in _together(changes)]
    return sorted(found, key=lambda one: (one["time"] or "", one["offset"] or 0, one["field"]), reverse=True)


def _together(changes: Sequence[Change]) -> list[list[Change]]:
    groups: list[list[Change]] = []
    latest: dict[tuple[str, str], list[Change]] = {}
    for change in sorted(changes, key=lambda one: (one.place.time_ms or 0, one.place.offset or 0)):
        key = change.change, change.field
        group = latest.get(key)
        if group is None or (change.place.time_ms or 0) - (group[0].place.time_ms or 0) > _TOGETHER_MS:
            group = latest[key] = []
            groups.append(group)
        group.append(change)
    return groups


def _document(changes: Sequence[Change], names: Mapping[str, str]) -> dict[str, Any]:
    first = changes[0]
    return {
        "change": first.change,
        "field": names.get(first.field, first.field),
        **first.place.document(),
        "records": sum(change.records for change in changes),
        "share": round(sum(change.share for change in changes) / len(changes), 6),
        "log10_chance": max(change.log10_chance for change in changes),
        "partitions": len(changes),
        "producer": next((change.producer for change in changes if change.producer), None),
        "before": ", ".join(sorted({name for change in changes for name in change.before})) or None,
        "after": ", ".join(sorted({name for change in changes for name in change.after})) or None,
    }
