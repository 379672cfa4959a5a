"""Interactions from the archive: what ``pandian.interactions`` held before Kafka's retention removed it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from models.data.cells import identifiers
from models.data.log import InteractionLog
from models.exceptions import DataError
from pandian.actions import POSITIVE
from pandian.archive import open_archive
from pandian.archive.layout import OFFSET, PARTITION, TOPIC_ID
from pandian.archive.reading import ArchiveReader
from pandian.errors import SettingError
from pandian.forgetting import Erasures
from pandian.settings import Settings
from pandian.topics import INTERACTIONS

Notice = Callable[[str], None]
Progress = Callable[[str, int], None]

#: Columns that say of which record of which source an interaction was made: it is known by them.
_SOURCE = ("source.topic_id", "source.partition", "source.offset", "source.index")
_COLUMNS = ("user_id", "item_id", "action", "time", TOPIC_ID, PARTITION, OFFSET, *_SOURCE)
#: Partition of the interactions, topic id and partition of the source.
Origin = tuple[int, str, int]
#: Offset in the source, and index within the record.
Place = tuple[int, int]


@dataclass(frozen=True)
class ArchivedInteractions:
    """Interactions that are to be learned from, and what was left out."""

    users: pa.Array
    items: pa.Array
    times: npt.NDArray[np.int64]
    """Epoch milliseconds [rows]."""
    read: int
    left_out: Counter[str]
    seen: Mapping[Origin, Place]
    """The last place of each source: whatever is not beyond it is a repeat."""
    missing: int
    """Offsets that were neither in the archive nor are in Kafka."""

    def without(self, erasures: Erasures) -> ArchivedInteractions:
        """Return the same without what people did before they asked to be forgotten, by event time."""
        if not len(erasures) or not len(self.users):
            return self
        users = self.users.dictionary_encode()
        # One lookup a user; -1: never asked.
        asked = np.array([erasures.asked(user) or -1 for user in users.dictionary.to_pylist()], np.int64)
        kept = self.times > asked[users.indices.to_numpy(zero_copy_only=False)]
        gone = Counter({"of people who asked to be forgotten": int((~kept).sum())})
        mask = pa.array(kept)
        return replace(
            self,
            users=self.users.filter(mask),
            items=self.items.filter(mask),
            times=self.times[kept],
            left_out=self.left_out + gone,
        )


class InteractionArchive:
    """The archived interactions, read once.

    Args:
        settings: say where the archive is.
        progress: told how many rows were read.
        topic: whose interactions.

    Raises:
        ArchiveError: when the archive cannot be read.
    """

    def __init__(
        self, settings: Settings, progress: Progress = lambda *_: None, topic: str = INTERACTIONS
    ) -> None:
        store = open_archive(settings.archive or "")
        reader = ArchiveReader(
            store, topic, _COLUMNS, progress=lambda rows: progress(f"archive of {topic}", rows)
        )
        self._table = reader.table()
        self._ends: dict[tuple[str, int], int] = {}
        for file in reader.files:
            key = file.segment.topic_id, file.segment.partition
            self._ends[key] = max(self._ends.get(key, 0), file.segment.end)

    def __len__(self) -> int:
        return int(self._table.num_rows)

    def before(self, topic_id: str, starts: Mapping[int, int]) -> ArchivedInteractions:
        """Return what a topic does not hold any more, and what earlier topics of its name held.

        Args:
            topic_id: of the topic as it is, 32 hexadecimal digits; empty: there is none.
            starts: the first offset that each of its partitions still holds.
        """
        table = self._table
        if topic_id and len(table):
            offsets = table.column(OFFSET).to_numpy()
            partitions = table.column(PARTITION).to_numpy()
            here = pc.equal(table.column(TOPIC_ID), topic_id).to_numpy()
            known = np.array([starts.get(int(one), 0) for one in np.unique(partitions)], np.int64)
            start = known[np.searchsorted(np.unique(partitions), partitions)]
            table = table.filter(pa.array(~here | (offsets < start)))
        missing = sum(
            max(0, start - self._ends.get((topic_id, partition), 0)) for partition, start in starts.items()
        )
        return _chosen(table, missing if self._ends else 0)


def read_archive(
    settings: Settings, notice: Notice = lambda _: None, progress: Progress = lambda *_: None
) -> InteractionLog:
    """Read the positive interactions of the archive.

    Raises:
        SettingError: when no archive is set.
        ArchiveError: when it cannot be read.
        DataError: when there is no positive interaction in it.
    """
    if settings.archive is None:
        raise SettingError("PANDIAN_ARCHIVE", "is not set", "set it to where the archive is")
    found = InteractionArchive(settings, progress).before("", {})
    for text in notices(found):
        notice(f"archive: {text}")
    if not len(found.users):
        raise DataError(
            f"the archive {open_archive(settings.archive).address}: {found.read:,} interactions",
            "must have interactions of a positive action, such as view or purchase",
            "let a worker archive them first, or name files",
        )
    return InteractionLog.of(found.users, found.items, found.times, found.read)


def notices(found: ArchivedInteractions) -> list[str]:
    """Return what was left out, and what is missing, in words."""
    parts = [f"{count:,} {reason}" for reason, count in found.left_out.items() if count]
    told = [f"left out {', '.join(parts)} of {found.read:,} rows"] if parts else []
    if found.missing:
        told.append(f"{found.missing:,} offsets were gone from Kafka before they were archived")
    return told


def _chosen(table: pa.Table, missing: int) -> ArchivedInteractions:
    read, left_out = table.num_rows, Counter[str]()
    table = _once(table)
    left_out["repeated"] = read - table.num_rows
    seen = _last_places(table)
    positive = pc.fill_null(pc.is_in(_text(table.column("action")), pa.array(sorted(POSITIVE))), False)
    users, items = (_identifiers(table.column(name)) for name in ("user_id", "item_id"))
    checks: list[tuple[str, Any]] = [
        ("of an action that speaks for no item", positive),
        ("without time", pc.is_valid(table.column("time"))),
        ("without user or item", pc.and_(pc.is_valid(users), pc.is_valid(items))),
    ]
    kept = np.ones(table.num_rows, bool)
    for reason, fine in checks:
        chosen = kept & np.asarray(fine)
        left_out[reason] = int(kept.sum() - chosen.sum())
        kept = chosen
    mask = pa.array(kept)
    times = pc.cast(table.column("time"), pa.timestamp("ms", "UTC")).cast(pa.int64()).filter(mask)
    return ArchivedInteractions(
        users.filter(mask), items.filter(mask), times.to_numpy(), read, left_out, seen, missing
    )


def _once(table: pa.Table) -> pa.Table:
    """Return the rows of different sources' places; a row that names no source stands for itself."""
    columns = [_codes(table.column(name)) for name in _SOURCE]
    known = np.logical_and.reduce([column >= 0 for column in columns])
    order = np.lexsort(columns[::-1])
    same = np.zeros(len(order), bool)
    if len(order) > 1:
        same[1:] = np.logical_and.reduce([np.diff(column[order]) == 0 for column in columns])
    repeated = np.zeros(len(order), bool)
    repeated[order[same]] = True
    return table.filter(pa.array(~(repeated & known)))


def _codes(column: pa.ChunkedArray) -> npt.NDArray[np.int64]:
    """Return a number for each different value, -1 for none."""
    if pa.types.is_null(column.type):
        return np.full(len(column), -1, np.int64)
    codes = column.combine_chunks().dictionary_encode().indices
    found: npt.NDArray[np.int64] = pc.fill_null(codes, -1).to_numpy(zero_copy_only=False).astype(np.int64)
    return found


def _last_places(table: pa.Table) -> dict[Origin, Place]:
    columns = [table.column(PARTITION), *(table.column(name) for name in _SOURCE)]
    if not len(table) or any(pa.types.is_null(column.type) for column in columns):
        return {}
    names = ("partition", "topic_id", "source", "offset", "index")
    found = pa.table(dict(zip(names, columns, strict=True))).drop_null()
    found = found.sort_by([("offset", "ascending"), ("index", "ascending")])
    by_source = found.group_by(names[:3], use_threads=False)  # the last of each in this order
    last = by_source.aggregate([("offset", "last"), ("index", "last")])
    return {
        (int(row["partition"]), str(row["topic_id"]), int(row["source"])): (
            int(row["offset_last"]),
            int(row["index_last"]),
        )
        for row in last.to_pylist()
    }


def _text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.cast(column, pa.string())


def _identifiers(column: pa.ChunkedArray) -> pa.Array:
    encoded = _text(column).combine_chunks().dictionary_encode()
    names = pa.array(identifiers(encoded.dictionary.to_pylist()), pa.string())
    return names.take(encoded.indices)
