"""Where fields have no value: the first and the latest record among those that are looked at for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from streams.decode.base import Column, RowGroup
from streams.inventory.profile.missing import find_missing
from streams.inventory.quality.blocks import looked
from streams.inventory.quality.places import Places, Span

#: A path into an array can have many values in a record: it has no places of its own.
_ARRAY = "[]"


class Gaps:
    """First and latest record without a value, by field, of records of one format.

    Absent, null, blank and ``N/A`` are gaps, as they count against completeness.
    """

    def __init__(self) -> None:
        self.spans: dict[str, Span] = {}
        """By path; an empty span while the field was always there."""
        self.all = Span()
        """All records that were looked at: the gaps of a field that none of them has."""

    def add(self, group: RowGroup, paths: Mapping[str, Any], start: int, places: Places) -> None:
        """Look for the gaps of a group.

        Args:
            group: the records; a header line is no record here.
            paths: the fields that are counted at all.
            start: the number of the first record.
            places: where the records are.
        """
        for low, high in looked(start, group.records):
            columns = {
                column.path: _gaps(group, column, low, high)
                for column in group.columns
                if column.path in paths and _ARRAY not in column.path
            }
            rows: Sequence[int] = range(high - low)
            if group.header_records:
                rows = [row for row in rows if not all(row in gaps for gaps in columns.values())]
            if rows:
                self._add_rows(columns, rows, low, places)

    def _add_rows(
        self, columns: Mapping[str, frozenset[int]], rows: Sequence[int], low: int, places: Places
    ) -> None:
        whole = places.span((rows[0], rows[-1]), low)
        for path in self.spans.keys() - columns.keys():
            self.spans[path] = self.spans[path].union(whole)
        for path, gaps in columns.items():
            span = self.spans.get(path)
            if span is None:
                if len(gaps) >= len(rows) and gaps.issuperset(rows):
                    continue
                # None of the records before had it.
                span = self.spans[path] = self.all
            if gaps:
                self.spans[path] = span.union(places.span(sorted(gaps.intersection(rows)), low))
        self.all = self.all.union(whole)

    def of(self, path: str) -> Span:
        """Return the first and the latest gap of a field."""
        return self.spans.get(path, self.all)

    def merge(self, other: Gaps) -> None:
        """Add what another one saw in other records."""
        for path in dict.fromkeys([*self.spans, *other.spans]):
            self.spans[path] = self.of(path).union(other.of(path))
        self.all = self.all.union(other.all)

    def state(self) -> list[Any]:
        """Return JSON values."""
        return [self.all.state(), [[path, span.state()] for path, span in self.spans.items()]]

    def restore(self, state: Sequence[Any]) -> None:
        """Take over what :meth:`state` gave."""
        self.all = Span.restored(state[0])
        self.spans = {path: Span.restored(span) for path, span in state[1]}


def _gaps(group: RowGroup, column: Column, low: int, high: int) -> frozenset[int]:
    """Return the rows without a value, counted from ``low``."""
    if column.containers:
        # What holds objects or arrays is there and has no value of its own.
        return frozenset()
    full = len(column.values) == group.records
    if full and column.kind not in ("str", ""):
        return frozenset()
    values = column.values[low:high] if full else group.aligned(column.path, slice(low, high))
    blank, spelled = find_missing(values) if full and column.kind == "str" else _of_strings(values)
    absent = () if full else (row for row, value in enumerate(values) if value is None)
    return frozenset((*blank, *spelled, *absent))


def _of_strings(values: Sequence[Any]) -> tuple[list[int], list[int]]:
    """Return the positions of blank and of spelled-missing strings among values of all types."""
    places = [place for place, value in enumerate(values) if type(value) is str]
    blank, spelled = find_missing([values[place] for place in places])
    return [places[one] for one in blank], [places[one] for one in spelled]
