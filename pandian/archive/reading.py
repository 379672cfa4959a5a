"""The rows of an asset, each once, in one schema.

A row is known by its place: topic id, partition, offset, index. Files hold different places unless two workers archived
one partition at a time (one was taken for dead and was not): then segments overlap, and the first of them counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from itertools import groupby
from operator import attrgetter
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pandian.archive.layout import INDEX, OFFSET, ArchiveFile, Segment
from pandian.archive.schema import cast, unified
from pandian.archive.store import ArchiveStore

_PLACE = (OFFSET, INDEX)
#: Places of overlapping segments, by the part of a source that overlaps.
_Seen = set[tuple[int, int]]


class ArchiveReader:
    """Reads one asset as the archive is now.

    Args:
        store: the archive.
        asset: its name.
        columns: which to read; None: all. One that no file has is null everywhere.
        since: the first day; None: from the beginning.
        until: the last day; None: to the end.
        progress: told how many rows were read.

    Raises:
        ArchiveError: when the archive cannot be read.
    """

    def __init__(
        self,
        store: ArchiveStore,
        asset: str,
        columns: Sequence[str] | None = None,
        since: date | None = None,
        until: date | None = None,
        progress: Callable[[int], None] = lambda _: None,
    ) -> None:
        self._store = store
        self._columns = columns
        self._progress = progress
        self.files = [
            file
            for file in store.files(asset)
            if (since is None or file.day >= since) and (until is None or file.day <= until)
        ]
        self._repeated = overlapping(file.segment for file in self.files)

    def schema(self) -> pa.Schema:
        """Return one schema for all files: their columns in the order of their first appearance.

        Where files differ: whole numbers and doubles are doubles, everything else that differs is text.
        """
        found = unified(self._schema_of(file) for file in self.files)
        if self._columns is None:
            return found
        names = set(found.names)
        return pa.schema(
            [found.field(name) if name in names else pa.field(name, pa.null()) for name in self._columns]
        )

    def tables(self) -> Iterator[pa.Table]:
        """Yield the rows file by file, each in :meth:`schema` and each place once; files by source and offset."""
        schema, read = self.schema(), 0
        ordered = sorted(self.files, key=_by_segment)
        for _, same in groupby(ordered, key=lambda file: (file.segment.topic_id, file.segment.partition)):
            seen: _Seen = set()
            for file in same:
                table = self._read(file, schema, seen)
                read += table.num_rows
                self._progress(read)
                yield table

    def table(self) -> pa.Table:
        """Return all of it at once."""
        found = list(self.tables())
        return pa.concat_tables(found) if found else self.schema().empty_table()

    def _schema_of(self, file: ArchiveFile) -> pa.Schema:
        with self._store.open(file) as opened, self._store.reading():
            return pq.read_schema(opened).remove_metadata()

    def _read(self, file: ArchiveFile, schema: pa.Schema, seen: _Seen) -> pa.Table:
        repeated = file.segment in self._repeated
        names = [*schema.names, *(name for name in _PLACE if repeated and name not in schema.names)]
        with self._store.open(file) as opened, self._store.reading():
            parquet = pq.ParquetFile(opened)
            here = set(parquet.schema_arrow.names)
            table = parquet.read([name for name in names if name in here])
            # Asked for the column a.b, Parquet gives all that begins so.
            table = table.select([name for name in names if name in here])
            rows = parquet.metadata.num_rows
        if repeated:
            table = _fresh(table, seen)
            rows = table.num_rows
        return cast(table, schema, rows)


def overlapping(segments: Any) -> set[Segment]:
    """Return the segments that share offsets with another segment of their source."""
    found: set[Segment] = set()
    for _, same in groupby(sorted(set(segments)), key=attrgetter("topic_id", "partition")):
        reach: Segment | None = None
        for one in same:
            if reach is not None and one.first < reach.end:
                found |= {reach, one}
            if reach is None or one.end > reach.end:
                reach = one
    return found


def _by_segment(file: ArchiveFile) -> tuple[Any, ...]:
    one = file.segment
    return one.topic_id, one.partition, one.first, -one.end, file.day


def _fresh(table: pa.Table, seen: _Seen) -> pa.Table:
    """Return the rows whose place was not seen, and take note of it."""
    places = list(zip(*(table.column(name).to_pylist() for name in _PLACE), strict=True))
    chosen = pa.array([place not in seen for place in places], pa.bool_())
    seen.update(places)
    return table.filter(chosen) if not pc.all(chosen).as_py() else table
