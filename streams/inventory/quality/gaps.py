"""Where fields have no value: the first and the latest record, exactly, at nearly no cost.

A column that is as long as its group has no gap, which one comparison tells. Else the gaps are looked for from both
ends, and from the front only until there is one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from streams.decode.base import RowGroup
from streams.inventory.quality.places import Place, Places, Span

#: A path into an array can have many values in a record: it has no places of its own.
_ARRAY = "[]"
#: Rows looked at first; then twice as many each time.
_STEP = 32


class Gaps:
    """First and latest record without a value, by field, of records of one format."""

    def __init__(self) -> None:
        self.spans: dict[str, Span] = {}
        """By path; an empty span while the field was always there."""
        self._first: Place | None = None
        self._last: Place | None = None

    def add(self, group: RowGroup, paths: Mapping[str, Any], places: Places) -> None:
        """Look for the gaps of a group.

        Args:
            group: the records; a header line is no record here.
            paths: the fields that are counted at all.
            places: where they are.
        """
        headers = _headers(group) if group.header_records else frozenset()
        ends = _ends(group.records, headers)
        if ends is None:
            return
        first, last = places.at(ends[0]), places.at(ends[1])
        if first is None or last is None:
            return
        full = group.records - len(headers)
        columns = {column.path: column for column in group.columns if column.path in paths}
        for path, column in columns.items():
            # A field that holds objects or arrays is there and has no value of its own.
            there = full if column.containers else len(column.values)
            span = self.spans.get(path)
            if span is None and _ARRAY not in path:
                # It was not there before.
                span = self.spans[path] = Span(self._first, self._last)
            if span is not None and there < full:
                self.spans[path] = span.union(self._in(group, path, headers, places, span))
        for path in self.spans.keys() - columns.keys():
            self.spans[path] = self.spans[path].union(Span(first, last))
        self._first = self._first or first
        self._last = last

    @staticmethod
    def _in(group: RowGroup, path: str, headers: frozenset[int], places: Places, known: Span) -> Span:
        last = _gap(group, path, headers, _backwards(group.records))
        if last is None:
            return Span()
        latest = places.at(last)
        if known.first is not None:
            return Span(latest, latest)
        first = _gap(group, path, headers, _forwards(group.records))
        return Span(None if first is None else places.at(first), latest)

    def merge(self, other: Gaps) -> None:
        """Add what another one saw in other records, where a field that it does not know was always missing."""
        for path in dict.fromkeys([*self.spans, *other.spans]):
            mine, theirs = (one.spans.get(path, Span(one._first, one._last)) for one in (self, other))
            self.spans[path] = mine.union(theirs)
        whole = Span(self._first, self._last).union(Span(other._first, other._last))
        self._first, self._last = whole

    def state(self) -> list[Any]:
        """Return JSON values."""
        spans = [[path, span.state()] for path, span in self.spans.items()]
        return [Span(self._first, self._last).state(), spans]

    def restore(self, state: Sequence[Any]) -> None:
        """Take over what :meth:`state` gave."""
        self._first, self._last = Span.restored(state[0])
        self.spans = {path: Span.restored(span) for path, span in state[1]}


def _forwards(records: int) -> Iterator[range]:
    start, step = 0, _STEP
    while start < records:
        yield range(start, min(start + step, records))
        start, step = start + step, 2 * step


def _backwards(records: int) -> Iterator[range]:
    return (range(records - 1 - part.start, records - 1 - part.stop, -1) for part in _forwards(records))


def _gap(group: RowGroup, path: str, headers: frozenset[int], parts: Iterable[range]) -> int | None:
    """Return the first row without a value, in the order of ``parts``; each is looked at only if need be."""
    for part in parts:
        low, high = min(part[0], part[-1]), max(part[0], part[-1]) + 1
        values = group.aligned(path, slice(low, high))
        if None in values:
            found = next((row for row in part if values[row - low] is None and row not in headers), None)
            if found is not None:
                return found
    return None


def _headers(group: RowGroup) -> frozenset[int]:
    """Return the rows that are header lines: those without any value, as many as are told."""
    empty = set(range(group.records))
    for column in group.columns:
        values = group.aligned(column.path)
        empty = {row for row in empty if values[row] is None}
    return frozenset(islice(sorted(empty), group.header_records))


def _ends(records: int, headers: frozenset[int]) -> tuple[int, int] | None:
    first = next((row for row in range(records) if row not in headers), None)
    last = next((row for row in reversed(range(records)) if row not in headers), None)
    return None if first is None or last is None else (first, last)
