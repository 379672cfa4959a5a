"""The rows of an asset, each once, in one schema.

A row is known by its place: topic id, partition, offset, index. The files of a day hold different places unless two
workers archived one partition at a time (one was taken for dead and was not), or small files are just becoming one:
then their segments overlap, and the first of them counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from itertools import groupby

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
        names = None if self._columns is None else schema.names
        for table in without_repeats(self._store, self.files, names):
            read += table.num_rows
            self._progress(read)
            yield cast(table, schema, table.num_rows)

    def table(self) -> pa.Table:
        """Return all of it at once."""
        found = list(self.tables())
        return pa.concat_tables(found) if found else self.schema().empty_table()

    def _schema_of(self, file: ArchiveFile) -> pa.Schema:
        with self._store.open(file) as opened, self._store.reading():
            return pq.read_schema(opened).remove_metadata()


def without_repeats(
    store: ArchiveStore, files: Sequence[ArchiveFile], names: Sequence[str] | None = None
) -> Iterator[pa.Table]:
    """Yield the rows of files of one asset, each place of a day once; in the order of source, day and offset.

    Args:
        store: the archive.
        files: of one asset.
        names: the columns to read, and those that tell places; None: all.
    """
    ordered = sorted(files, key=_by_day)
    for _, same in groupby(ordered, key=lambda file: _by_day(file)[:3]):
        day = list(same)
        repeated = overlapping([file.segment for file in day])
        seen: _Seen = set()
        for file in day:
            table = _read(store, file, names)
            yield _fresh(table, seen) if file.segment in repeated else table


def _read(store: ArchiveStore, file: ArchiveFile, names: Sequence[str] | None) -> pa.Table:
    with store.open(file) as opened, store.reading():
        parquet = pq.ParquetFile(opened)
        if names is None:
            return parquet.read()
        here = parquet.schema_arrow.names
        wanted = {*names, *_PLACE}
        # Asked for the column a.b, Parquet gives all that begins so.
        chosen = [name for name in here if name in wanted]
        return parquet.read(chosen).select(chosen)


def overlapping(segments: Sequence[Segment]) -> set[Segment]:
    """Return the segments of one source that share offsets with another of these."""
    found: set[Segment] = set()
    reach: Segment | None = None
    for one in sorted(segments):
        if reach is not None and one.first < reach.end:
            found |= {reach, one}
        if reach is None or one.end > reach.end:
            reach = one
    return found


def _by_day(file: ArchiveFile) -> tuple[str, int, date, int, int]:
    one = file.segment
    return one.topic_id, one.partition, file.day, one.first, -one.end


def _fresh(table: pa.Table, seen: _Seen) -> pa.Table:
    """Return the rows whose place was not seen, and take note of it."""
    places = list(zip(*(table.column(name).to_pylist() for name in _PLACE), strict=True))
    chosen = pa.array([place not in seen for place in places], pa.bool_())
    seen.update(places)
    return table.filter(chosen) if not pc.all(chosen).as_py() else table
