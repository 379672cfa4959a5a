"""Small files of one day become one: of the same rows, and known by the offsets that they span together.

The whole file is put before the small ones are removed. Who reads in between, or after a crash in between, sees that
their offsets overlap and takes each place once; the next run removes what lies within a larger file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import groupby

import pyarrow.parquet as pq

from pandian.archive.layout import INDEX, OFFSET, ArchiveFile, Segment
from pandian.archive.reading import without_repeats
from pandian.archive.schema import cast, unified
from pandian.archive.store import ArchiveStore

#: Bytes of a file that is large enough, and of those that become one.
LARGE_BYTES = 64 << 20
_ROWS_OF_A_GROUP = 100_000


def small_together(files: Iterable[ArchiveFile], before: date) -> Iterator[list[ArchiveFile]]:
    """Yield the files that are to become one: of one asset, day and source partition, in the order of their offsets.

    These are a file with those that lie within it, which a crash or a second worker has left; or several small ones.

    Args:
        files: any.
        before: only of earlier days: to a day that is not over more files come.
    """
    ordered = sorted((file for file in files if file.day < before), key=_by_source)
    for _, same in groupby(ordered, key=lambda file: _by_source(file)[:4]):
        alone = []
        for group in _by_container(same):
            if len(group) > 1:
                yield group
            else:
                alone += group
        yield from _runs(alone)


def _by_container(files: Iterable[ArchiveFile]) -> Iterator[list[ArchiveFile]]:
    """Yield each file with those that lie within it."""
    group: list[ArchiveFile] = []
    for file in files:
        if group and file.segment.end <= group[0].segment.end:
            group.append(file)
        else:
            yield from [group] if group else []
            group = [file]
    yield from [group] if group else []


def _runs(files: Iterable[ArchiveFile]) -> Iterator[list[ArchiveFile]]:
    run: list[ArchiveFile] = []
    for file in files:
        if run and sum(one.bytes for one in run) + file.bytes > LARGE_BYTES:
            yield from [run] if len(run) > 1 else []
            run = []
        run.append(file)
    yield from [run] if len(run) > 1 else []


def compact(store: ArchiveStore, files: Sequence[ArchiveFile]) -> ArchiveFile:
    """Make one file of several, and return it. Doing it again after a crash is doing it once.

    Args:
        store: the archive.
        files: as :func:`small_together` gives them.

    Raises:
        ArchiveError: when the archive cannot be read or written; all rows are there.
    """
    first, *others = files
    holds_all = all(file.segment.end <= first.segment.end for file in others) and _places(
        store, others
    ) <= _places(store, [first])
    one = first if holds_all else _joined(store, files)
    for file in files:
        if file.path != one.path:
            store.remove(file)
    return one


def _places(store: ArchiveStore, files: Sequence[ArchiveFile]) -> set[tuple[int, int]]:
    found: set[tuple[int, int]] = set()
    for table in without_repeats(store, files, (OFFSET, INDEX)):
        found.update(zip(table.column(OFFSET).to_pylist(), table.column(INDEX).to_pylist(), strict=True))
    return found


def _joined(store: ArchiveStore, files: Sequence[ArchiveFile]) -> ArchiveFile:
    first, newest = files[0], max(files, key=lambda file: file.segment.end)
    segment = Segment(
        first.segment.topic_id, first.segment.partition, first.segment.first, newest.segment.end
    )
    schemas = {}
    for file in files:
        with store.open(file) as opened, store.reading():
            schemas[file] = pq.read_schema(opened)
    whole = unified(schemas.values()).with_metadata(schemas[newest].metadata)
    rows = 0
    with store.spool() as path:
        with store.reading(), pq.ParquetWriter(path, whole, compression="zstd") as writer:
            for table in without_repeats(store, files):
                rows += table.num_rows
                writer.write_table(cast(table, whole, table.num_rows), row_group_size=_ROWS_OF_A_GROUP)
        made = ArchiveFile(first.asset, first.day, segment, rows, path.stat().st_size)
        store.put(path, made)
    return made


def _by_source(file: ArchiveFile) -> tuple[str, date, str, int, int, int]:
    one = file.segment
    return file.asset, file.day, one.topic_id, one.partition, one.first, -one.end
