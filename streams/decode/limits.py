"""What bounds the columns of a record, decided by that record alone.

A record with more different field paths than allowed keeps the first ones in document order. Cutting happens on
the row, before columns are made, so a wide record neither pushes its neighbours' fields out nor gains from them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from streams.decode.paths import MAX_PATH, brief, child, element


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds that hold for each record."""

    max_fields: int = 1000
    """Different field paths of one record that become columns."""
    max_depth: int = 64
    """Nested containers that are opened, the record itself included; deeper ones are counted, not opened."""


class RowCutter:
    """Cuts one row of nested dicts and lists down to its first ``max_fields`` paths."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._paths: set[str] = set()
        self.dropped = 0
        """Entries left out: a value or null counts one, a container counts one whatever it holds."""
        self.dropped_paths: set[str] = set()
        """Where they were, each :func:`~streams.decode.paths.brief`; not what is in a container left out."""

    def cut(self, row: dict[str, Any]) -> dict[str, Any]:
        """Return a copy of ``row`` that has at most ``max_fields`` different paths. Call once."""
        return self._object(row, "", 1)

    def _object(self, row: dict[str, Any], parent: str, depth: int) -> dict[str, Any]:
        kept = {}
        for name, value in row.items():
            path = child(parent, name)
            if self._admits(path):
                kept[name] = self._value(value, path, depth)
            else:
                self.dropped += 1
        return kept

    def _value(self, value: Any, path: str, depth: int) -> Any:
        if depth < self._limits.max_depth:
            if type(value) is dict:
                return self._object(value, path, depth + 1)
            if type(value) is list and value:
                return self._array(value, element(path), depth + 1)
        return value

    def _array(self, values: list[Any], path: str, depth: int) -> list[Any]:
        if self._admits(path):
            return [self._value(value, path, depth) for value in values]
        self.dropped += len(values)
        return []

    def _admits(self, path: str) -> bool:
        if path in self._paths:
            return True
        if len(path) > MAX_PATH or len(self._paths) >= self._limits.max_fields:
            self.dropped_paths.add(brief(path))
            return False
        self._paths.add(path)
        return True


def cut_rows(
    rows: list[dict[str, Any]], suspects: list[int], limits: Limits
) -> tuple[list[dict[str, Any]], int, set[str]]:
    """Cut the rows at the places ``suspects``; return all rows, how many entries were left out, and their paths."""
    cut = list(rows)
    dropped = 0
    paths: set[str] = set()
    for place in suspects:
        cutter = RowCutter(limits)
        cut[place] = cutter.cut(rows[place])
        dropped += cutter.dropped
        paths |= cutter.dropped_paths
    return cut, dropped, paths


def wide_rows(rows: list[dict[str, Any]], limits: Limits) -> list[int]:
    """Return the places of the rows that may have more than ``max_fields`` different paths.

    Each path needs an entry of an object, or an array, of its own.
    """
    return [place for place, row in enumerate(rows) if _entries_exceed(row, limits.max_fields)]


def _entries_exceed(row: dict[str, Any], most: int) -> bool:
    entries = 0
    waiting: list[Any] = [row]
    while waiting and entries <= most:
        value = waiting.pop()
        if type(value) is dict:
            entries += len(value)
            waiting.extend(value.values())
        elif type(value) is list:
            entries += 1
            waiting.extend(value)
    return entries > most
