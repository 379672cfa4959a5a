"""The tables of one segment become files: one an asset and day, each with one schema."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from pandian.archive.layout import RESERVED, ArchiveFile, Segment
from pandian.archive.schema import cast, unified
from streams.archiving.base import AssetPlan
from streams.archiving.rows import DayTable

#: Bytes of tables in memory, beyond which they go to disk.
_MOST_BYTES = 64 << 20
#: Tables in memory, beyond which they go there too: each takes some KB beside its values.
_MOST_TABLES = 4_096
#: Days of one asset in a segment; rows of further ones lie on the day whose rows came first.
MOST_DAYS = 64
_ROWS_OF_A_GROUP = 100_000
#: Version of what the files hold.
FORMAT = 1


@dataclass(slots=True)
class _Day:
    """What is to become one file."""

    tables: list[pa.Table] = field(default_factory=list)
    spilled: list[Path] = field(default_factory=list)
    rows: int = 0


class SegmentTables(AbstractContextManager["SegmentTables"]):
    """Collects the tables of a segment. Memory is bounded; use as a context manager, which removes what is on disk.

    Args:
        segment: which records it is of.
        most_bytes: of tables in memory.
    """

    def __init__(self, segment: Segment, most_bytes: int = _MOST_BYTES) -> None:
        self.segment = segment
        self._most_bytes = most_bytes
        self._days: dict[tuple[str, date], _Day] = {}
        self._first: dict[str, list[date]] = {}
        self._bytes = self._tables = 0
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._days.clear()
        if self._folder is not None:
            self._folder.cleanup()

    def add(self, found: Sequence[DayTable]) -> None:
        """Take tables over."""
        for one in found:
            day = self._days.setdefault((one.asset, self._day(one)), _Day())
            day.tables.append(one.table)
            day.rows += one.table.num_rows
            self._bytes += one.table.nbytes
        self._tables += len(found)
        if self._bytes > self._most_bytes or self._tables > _MOST_TABLES:
            self._spill()

    def _day(self, one: DayTable) -> date:
        known = self._first.setdefault(one.asset, [])
        if one.day not in known:
            if len(known) >= MOST_DAYS:
                return known[0]
            known.append(one.day)
        return one.day

    def _spill(self) -> None:
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="pandian-archive-")
        for number, day in enumerate(self._days.values()):
            if day.tables:
                path = Path(self._folder.name) / f"{number}-{len(day.spilled)}"
                pq.write_table(_joined(day.tables), path, compression="lz4")
                day.spilled.append(path)
                day.tables = []
        self._bytes = self._tables = 0

    def files(self) -> list[ArchiveFile]:
        """Return the files that the segment becomes, in a stable order."""
        return sorted(
            ArchiveFile(asset, day, self.segment, one.rows) for (asset, day), one in self._days.items()
        )

    def write(self, file: ArchiveFile, plan: AssetPlan | None, path: Path) -> None:
        """Write one of :meth:`files` to a path of this machine.

        Args:
            file: which.
            plan: what its columns mean; written into the file.
            path: where.
        """
        day = self._days[file.asset, file.day]
        schema = unified([pq.read_schema(part) for part in day.spilled] + [one.schema for one in day.tables])
        schema = _ordered(schema, plan).with_metadata(_metadata(file.asset, schema, plan))
        with pq.ParquetWriter(path, schema, compression="zstd") as writer:
            for table in _parts(day):
                writer.write_table(cast(table, schema, table.num_rows), row_group_size=_ROWS_OF_A_GROUP)


def _parts(day: _Day) -> Iterator[pa.Table]:
    for part in day.spilled:
        yield pq.read_table(part)
    if day.tables:
        yield _joined(day.tables)


def _joined(tables: Sequence[pa.Table]) -> pa.Table:
    return pa.concat_tables(tables, promote_options="default")


def _ordered(schema: pa.Schema, plan: AssetPlan | None) -> pa.Schema:
    """Return the columns in the order of the plan, behind those that say where a row came from."""
    places = {one.name: place for place, one in enumerate(plan.columns.values())} if plan else {}
    names = sorted(schema.names, key=lambda name: (name not in RESERVED, places.get(name, 0)))
    return pa.schema([schema.field(name) for name in names])


def _metadata(asset: str, schema: pa.Schema, plan: AssetPlan | None) -> dict[str, Any]:
    here = set(schema.names)
    meanings = (
        {one.name: one.semantic_type for one in plan.columns.values() if one.name in here} if plan else {}
    )
    return {"pandian": orjson.dumps({"format": FORMAT, "asset": asset, "semantic_types": meanings})}
