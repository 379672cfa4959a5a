"""Records whose identifier was there before: a field whose values are different from record to record.

Which fields are looked at depends on their names and on their first value alone, so that it is the same however the
records are cut into batches. One that repeats too often names something else than the record, a visit say, and is
let go at the same record wherever the batches end.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from streams.decode.base import Column, RowGroup
from streams.inventory.duplicates.counts import DuplicateCounts
from streams.inventory.duplicates.hashing import value_hashes
from streams.inventory.duplicates.hashset import Mask
from streams.inventory.duplicates.window import Window
from streams.inventory.profile.batch import BatchMeta
from streams.inventory.profile.codec import BlobReader, BlobWriter
from streams.inventory.profile.field import FieldProfile

#: Offsets that the window of a field reaches back: to fill it again, records must be decoded again.
WINDOW = 200_000
#: Fields looked at in an asset.
_MOST = 4
#: After every so many values it is asked whether the field is an identifier; it is not from this share of repeats on.
_ROUND = 1_024
_REPEATS = 0.1

_NAMES = re.compile(
    r"(?:event|message|msg|insert|record|request|row|log|trace|事件|消息|记录|日志|请求)[ _$-]?"
    r"(?:id|uuid|guid|key|号|编号)"
    r"|\$?(?:uuid|guid|ulid|insert_?id|_id)|流水号",
    re.IGNORECASE,
)
_UUID = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}|[0-7][0-9A-HJKMNP-TV-Z]{25}")


class _Watched:
    """One field that is looked at."""

    __slots__ = ("counts", "reference", "window")

    def __init__(self, size: int) -> None:
        self.counts = DuplicateCounts()
        self.reference = False
        """Whether it turned out to name something else than the record: then nothing more is counted."""
        self.window: Window | None = Window(size)

    def add(self, hashes: npt.NDArray[np.uint64], indexes: Sequence[int], meta: BatchMeta) -> None:
        if self.window is None:
            return
        duplicate = self.window.add(hashes, self._offsets(indexes, meta))
        kept = self._until_reference(duplicate)
        rate = self.window.false_positive_rate
        self.counts.add(duplicate[:kept], indexes, meta, rate)
        if self.reference:
            self.window = None

    def _offsets(self, indexes: Sequence[int], meta: BatchMeta) -> npt.NDArray[np.int64]:
        if meta.offsets is None:
            return self.counts.records + np.arange(len(indexes), dtype=np.int64)
        return meta.offsets[np.asarray(indexes, dtype=np.intp)]

    def _until_reference(self, duplicate: Mask) -> int:
        """Return how many of the values count: all, or those until the field was found to be no identifier."""
        seen, found = self.counts.records, self.counts.occurrences.count
        ends = np.arange(_ROUND - seen % _ROUND, len(duplicate) + 1, _ROUND)
        if not len(ends):
            return len(duplicate)
        repeats = found + np.cumsum(duplicate)[ends - 1]
        over = np.flatnonzero(repeats > _REPEATS * (seen + ends))
        if not len(over):
            return len(duplicate)
        self.reference = True
        return int(ends[over[0]])

    def warm(self, hashes: npt.NDArray[np.uint64], offsets: npt.NDArray[np.int64]) -> None:
        if self.window is not None:
            self.window.add(hashes, offsets)


class IdDuplicates:
    """Counts, for each field of an asset that identifies its records, those whose identifier was there before.

    Implements :class:`streams.inventory.profile.part.AssetPart`. As with contents, the counts are kept and the windows
    are not: see :meth:`rewind` and :meth:`warm`.

    Args:
        window: how many offsets back the same identifier is looked for.
    """

    def __init__(self, window: int = WINDOW) -> None:
        self._size = window
        self._fields: dict[str, _Watched] = {}
        self._others: set[str] = set()
        """Paths seen that are not looked at."""
        self._hidden: set[str] = set()

    def add(self, group: RowGroup, fields: Mapping[str, FieldProfile], meta: BatchMeta) -> None:
        """Count the records of one format in one batch."""
        for column in group.columns:
            path = column.path
            if path in self._others or path not in fields:
                # What is counted under another path holds something personal in its own, which must not be kept.
                continue
            if path not in self._fields and not self._take(column, fields[path]):
                continue
            values, indexes = _aligned(column, group)
            if values:
                self._fields[path].add(value_hashes(values), indexes, meta)

    def _take(self, column: Column, field: FieldProfile) -> bool:
        """Decide on a field that is new: look at it from now on, or never; not yet while it has no value."""
        if not column.values:
            return False
        first = column.values[0]
        named = _NAMES.fullmatch(column.path.rpartition(".")[2].strip('[]"'))
        formed = isinstance(first, str) and _UUID.fullmatch(first)
        open_ = field.masked_as is None and column.path not in self._hidden
        if open_ and (named or formed) and "[]" not in column.path and len(self._fields) < _MOST:
            self._fields[column.path] = _Watched(self._size)
            return True
        if len(self._others) < 100_000:
            self._others.add(column.path)
        return False

    def rewind(self, end: int) -> int:
        """Return from which offset on records are to be given to :meth:`warm` when counting goes on at ``end``."""
        return Window(self._size).rewind(end) if self._open() else end

    def _open(self) -> bool:
        return any(one.window is not None for one in self._fields.values())

    def warm(self, group: RowGroup, meta: BatchMeta) -> None:
        """Fill the windows with records that were counted in an earlier life."""
        if meta.offsets is None:
            return
        for column in group.columns:
            watched = self._fields.get(column.path)
            if watched is not None:
                values, indexes = _aligned(column, group)
                watched.warm(value_hashes(values), meta.offsets[np.asarray(indexes, dtype=np.intp)])

    def hide(self, path: str, semantic_type: str) -> None:
        """Let go of a field that was found to be personal, and of its hashes."""
        del semantic_type
        self._fields.pop(path, None)
        self._hidden.add(path)
        self._others.add(path)

    def merge(self, other: IdDuplicates) -> None:
        """Add what another one counted in other records."""
        for path in other._hidden:
            self.hide(path, "")
        for path, theirs in other._fields.items():
            if path in self._hidden:
                continue
            mine = self._fields.get(path)
            if mine is None:
                mine = self._fields[path] = _Watched(self._size)
            mine.counts.merge(theirs.counts)
            if theirs.reference:
                mine.reference, mine.window = True, None

    def state(self, blobs: BlobWriter) -> Any:
        """Return the state as JSON values: counts and what was decided of the fields."""
        del blobs
        return {
            "fields": [[path, one.counts.state(), one.reference] for path, one in self._fields.items()],
            "others": sorted(self._others),
            "hidden": sorted(self._hidden),
        }

    def restore(self, state: Any, blobs: BlobReader) -> None:
        """Take over what :meth:`state` gave."""
        del blobs
        for path, counts, reference in state["fields"]:
            one = self._fields[path] = _Watched(self._size)
            one.counts.restore(counts)
            if reference:
                one.reference, one.window = True, None
        self._others, self._hidden = set(state["others"]), set(state["hidden"])

    def document(self) -> dict[str, dict[str, Any]]:
        """Return the duplicates of each field that identifies records, by its path."""
        return {
            path: one.counts.document()
            for path, one in self._fields.items()
            if one.counts.records and not one.reference
        }


def _aligned(column: Column, group: RowGroup) -> tuple[Sequence[Any], Sequence[int]]:
    """Return the values of a column and the place in the batch of the record each is of."""
    if len(column.values) == len(group.indexes):
        return column.values, group.indexes
    values = group.aligned(column.path)
    there = [place for place, value in enumerate(values) if value is not None]
    return [values[place] for place in there], [group.indexes[place] for place in there]
