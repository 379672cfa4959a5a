"""Finding the field that holds the event's time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pandian.times import NAMED, time_reader

_SAMPLE = 200


def value_at(row: Mapping[str, Any], path: str) -> Any:
    """Return the value of a field, ``a.b`` being ``b`` of the object ``a``; None when it is not there."""
    if path in row:
        return row[path]
    found: Any = row
    for name in path.split("."):
        if not isinstance(found, Mapping) or name not in found:
            return None
        found = found[name]
    return found


def paths(row: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    """Yield the paths of a row's fields, in their order, those of nested objects included."""
    for name, value in row.items():
        if isinstance(value, Mapping):
            yield from paths(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}"


def find_time_field(rows: Sequence[Mapping[str, Any]]) -> str | None:
    """Return the field whose values are times, best one with a name that says so; None when there is none.

    A field of numbers counts only when its name says so: identifiers look like epoch seconds.
    """
    sample = rows[:_SAMPLE]
    candidates = dict.fromkeys(path for row in sample for path in paths(row))
    found = [path for path in candidates if time_reader([value_at(row, path) for row in sample], path)]
    return min(found, key=lambda path: not NAMED.search(path), default=None)
