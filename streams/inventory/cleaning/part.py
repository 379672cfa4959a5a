"""Counts, on the stream, how many values each rule changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from streams.decode.base import Column, RowGroup
from streams.inventory.cleaning.counted import FieldCounts, Locate
from streams.inventory.cleaning.plan import FieldPlan
from streams.inventory.profile.codec import BlobReader, BlobWriter
from streams.inventory.profile.field import FieldProfile
from streams.inventory.profile.policy import BatchMeta


class CleaningPart:
    """The :class:`FieldCounts` of an asset's fields. Implements :class:`streams.inventory.profile.part.AssetPart`.

    Blanks and spellings of "no value" are not counted here: the profile has them. A field's own rules count from
    :meth:`learn` on, those for any text from the first record.
    """

    def __init__(self) -> None:
        self.fields: dict[str, FieldCounts] = {}
        """By path as decoded."""

    def learn(self, plans: Mapping[str, FieldPlan]) -> None:
        """Take over plans, by path; a field that has one keeps it."""
        for path, plan in plans.items():
            if path in self.fields:
                self.fields[path].learn(plan)

    def plans(self) -> dict[str, FieldPlan]:
        """Return the plans that fields have, by path."""
        return {path: counts.plan for path, counts in self.fields.items() if counts.plan is not None}

    def add(self, group: RowGroup, fields: Mapping[str, FieldProfile], meta: BatchMeta) -> None:
        """Count the records of one format in one batch."""
        for column in group.columns:
            field = fields.get(column.path)
            # A path that is personal itself is kept under another: such fields are left out.
            if not column.values or column.kind == "bool" or field is None:
                continue
            counts = self.fields.get(column.path)
            if counts is None:
                counts = self.fields[column.path] = FieldCounts(hidden=field.masked_as is not None)
            _add(counts, column, field, _Places(column, group), meta)

    def hide(self, path: str, semantic_type: str) -> None:
        """Let go of a field's values."""
        del semantic_type
        self.fields.setdefault(path, FieldCounts()).hide()

    def merge(self, other: CleaningPart) -> None:
        """Add what another one counted in other records."""
        for path, theirs in other.fields.items():
            self.fields.setdefault(path, FieldCounts()).merge(theirs)

    def state(self, blobs: BlobWriter) -> Any:
        """Return the state as JSON values."""
        del blobs
        return [[path, counts.state()] for path, counts in self.fields.items()]

    def restore(self, state: Any, blobs: BlobReader) -> None:
        """Take over what :meth:`state` gave."""
        del blobs
        for path, counts in state:
            self.fields.setdefault(path, FieldCounts()).restore(counts)

    def document(self) -> dict[str, dict[str, Any]]:
        """Return, by path, what the rules change in each field in which they change anything."""
        return {path: one.document() for path, one in self.fields.items() if one.found or one.plan}


class _Places:
    """Finds the record that a value of a column is of, and looks for it only when asked."""

    def __init__(self, column: Column, group: RowGroup) -> None:
        self._column = column
        self._group = group
        self._there: Sequence[int] | None = None

    def __call__(self, place: int) -> int | None:
        if self._there is None:
            self._there = self._find()
        return self._there[place] if place < len(self._there) else None

    def _find(self) -> Sequence[int]:
        column, group = self._column, self._group
        if "[]" in column.path:
            return ()
        if len(column.values) == len(group.indexes):
            return group.indexes
        values = group.aligned(column.path)
        return [index for index, value in zip(group.indexes, values, strict=True) if value is not None]


def _add(counts: FieldCounts, column: Column, field: FieldProfile, places: _Places, meta: BatchMeta) -> None:
    if column.kind == "str":
        counts.add_texts(column.values, field.latest_texts(), places, meta)
    elif column.kind:
        counts.add_numbers(column.values, places, meta)
    else:
        values = column.values
        texts = [place for place, value in enumerate(values) if type(value) is str]
        numbers = [place for place, value in enumerate(values) if type(value) in {int, float}]
        if texts:
            kept, chosen = field.latest_texts(), [values[place] for place in texts]
            counts.add_texts(chosen, kept, _of(texts, places), meta)
        if numbers:
            counts.add_numbers([values[place] for place in numbers], _of(numbers, places), meta)


def _of(chosen: Sequence[int], places: Locate) -> Locate:
    return lambda place: places(chosen[place])
