"""The records of one format of an asset, one after the other: windows and what is noticed in them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import astuple
from typing import Any, Final

from streams.decode.base import RowGroup
from streams.inventory.base import Masker
from streams.inventory.drift.found import Drift, Place
from streams.inventory.drift.track import NEWEST
from streams.inventory.profile.batch import BatchMeta
from streams.inventory.profile.codec import BlobReader, BlobWriter
from streams.inventory.profile.field import FieldProfile
from streams.inventory.schema_changes.change import Change
from streams.inventory.schema_changes.presence import Presence
from streams.inventory.windows.field import WatchedField
from streams.inventory.windows.schedule import WINDOW, is_tested
from streams.inventory.windows.segments import cut, first_of, is_cut

#: Fields that are watched; of an asset with more, those that were seen first.
MOST_FIELDS: Final = 256
#: One false alarm in so many tested windows, all fields and aspects together.
WINDOWS_PER_ALARM: Final = 1e6


class Lane:
    """Windows of consecutive records.

    Args:
        masker: tells which values must not be kept.
    """

    def __init__(self, masker: Masker) -> None:
        self._masker = masker
        self._windows = 0
        self._tested = 0
        self._filled = 0
        self._testing = False
        self._start = Place(None, None)
        self._starts: list[Place] = []
        self._fields: dict[str, WatchedField] = {}
        self.evidence: dict[str, float] = {}
        """By field: the greatest evidence for a change now, decimal logarithm; only what is above 0."""

    @property
    def watched(self) -> Sequence[str]:
        """The fields that are watched."""
        return [*self._fields]

    def add(
        self, group: RowGroup, fields: Mapping[str, FieldProfile], meta: BatchMeta
    ) -> tuple[list[Drift], list[Change]]:
        """Take records in; return what was noticed."""
        drifts: list[Drift] = []
        changes: list[Change] = []
        position = 0
        while position < group.records:
            if not self._filled:
                self._begin(_place(group, meta, position))
            end = min(position + WINDOW - self._filled, group.records)
            if self._testing:
                self._count(group, fields, meta, position, end)
            self._filled += end - position
            position = end
            if self._filled == WINDOW:
                self._end(drifts, changes)
        return drifts, changes

    def _begin(self, start: Place) -> None:
        span = None
        if self._windows and start.time_ms is not None and self._start.time_ms is not None:
            span = start.time_ms - self._start.time_ms
        self._testing = is_tested(self._windows, span)
        self._start = start

    def _count(
        self,
        group: RowGroup,
        fields: Mapping[str, FieldProfile],
        meta: BatchMeta,
        start: int,
        end: int,
    ) -> None:
        for column in group.columns:
            profile = fields.get(column.path)
            if profile is None or not column.values or not is_cut(column):
                continue
            values = cut(group, column, start, end)
            if not values:
                continue
            watched = self._fields.get(column.path)
            masked = profile.masked_as is not None
            if watched is None:
                if len(self._fields) >= MOST_FIELDS:
                    continue
                first = first_of(group, column, start)
                watched = self._watch(column.path, group, meta, first, first - start, masked=masked)
            elif masked and not watched.masked:
                watched.hide()
            watched.add(values, column.kind, self._masker)

    def _watch(
        self, path: str, group: RowGroup, meta: BatchMeta, first: int, into: int, *, masked: bool
    ) -> WatchedField:
        producers = group.facts.get("producer")
        into += self._filled
        presence = Presence(
            path,
            _place(group, meta, first),
            producers[first] if producers else None,
            self._tested,
            self._tested * WINDOW + into,
            into,
        )
        watched = self._fields[path] = WatchedField(presence, masked=masked)
        return watched

    def _end(self, drifts: list[Drift], changes: list[Change]) -> None:
        self._windows += 1
        self._filled = 0
        if not self._testing:
            return
        self._tested += 1
        self._starts = [*self._starts, self._start][-NEWEST:]
        for field in self._fields.values():
            changes += field.close(self._start, WINDOW)
        tests = sum(field.tests for field in self._fields.values())
        self.evidence = {}
        if not tests:
            return
        threshold = math.log10(WINDOWS_PER_ALARM * tests)
        for path, field in self._fields.items():
            found, evidence = field.judge(self._starts, threshold)
            drifts += found
            if evidence > 0:
                self.evidence[path] = evidence

    def hide(self, path: str) -> None:
        """Let go of all that tells of a field's values."""
        if path in self._fields:
            self._fields[path].hide()

    def state(self, blobs: BlobWriter) -> list[Any]:
        """Return the state as JSON values; numbers go to ``blobs``."""
        return [
            [self._windows, self._tested, self._filled, self._testing],
            [astuple(place) for place in [self._start, *self._starts]],
            [[path, field.state(blobs)] for path, field in self._fields.items()],
            self.evidence,
        ]

    @classmethod
    def restored(cls, state: Sequence[Any], blobs: BlobReader, masker: Masker) -> Lane:
        """Return the lane whose :meth:`state` this is."""
        counts, places, fields, evidence = state
        lane = cls(masker)
        lane._windows, lane._tested, lane._filled, lane._testing = counts
        lane._start, *lane._starts = [Place(*place) for place in places]
        lane._fields = {path: WatchedField.restored(field, blobs) for path, field in fields}
        lane.evidence = dict(evidence)
        return lane


def _place(group: RowGroup, meta: BatchMeta, position: int) -> Place:
    index = group.indexes[position]
    offset = None if meta.offsets is None else int(meta.offsets[index])
    time = None if meta.timestamps is None else int(meta.timestamps[index])
    return Place(offset, None if time is None or time < 0 else time)
