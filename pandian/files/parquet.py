"""Parquet rows as JSON objects: types kept, nested values nested."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from typing import IO, Any

import pyarrow as pa
import pyarrow.parquet as pq

from pandian.files.base import Batch
from pandian.files.delimited import unique_names
from pandian.files.exceptions import FileError
from pandian.files.values import to_json

_BATCH_ROWS = 4096


class ParquetReader:
    """Rows of a parquet file.

    Numbers and booleans stay what they are, decimals are numbers with all their digits; timestamps, dates and times
    are ISO 8601 (with ``Z`` when they are UTC, without a zone when they have none; to the microsecond); durations
    are seconds; maps are objects; binary values are text where they are UTF-8, else base64; NaN is null.

    Raises:
        FileError: when it is not a whole parquet file.
    """

    def __init__(self, name: str, file: IO[bytes]) -> None:
        self._name = name
        try:
            self._parquet = pq.ParquetFile(file)
        except (pa.ArrowException, OSError) as error:
            raise self._damaged(error) from error
        self.total_rows: int | None = self._parquet.metadata.num_rows
        self.columns, notice = unique_names(self._parquet.schema_arrow.names)
        self.notices = [notice] if notice else []

    def batches(self) -> Iterator[Batch]:
        """Yield the rows, a few thousand at a time."""
        try:
            for part in self._parquet.iter_batches(_BATCH_ROWS):
                rows = _rows(part, self.columns)
                yield Batch([to_json(row) for row in rows], rows)
        except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
            raise self._damaged(error) from error

    def _damaged(self, error: Exception) -> FileError:
        said = str(error).splitlines()[0][:120]
        return FileError(self._name, f"is not a whole parquet file ({said})", "write or copy it again")


def spooled(blocks: Iterator[bytes]) -> IO[bytes]:
    """Copy blocks to a temporary file, as parquet must be read from its end. It is deleted when closed."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes it
    for block in blocks:
        file.write(block)
    file.seek(0)
    return file


def _rows(batch: pa.RecordBatch, columns: tuple[str, ...]) -> list[dict[str, Any]]:
    named = batch.rename_columns(list(columns))
    target = pa.schema([field.with_type(microseconds(field.type)) for field in named.schema])
    if target != named.schema:
        named = pa.RecordBatch.from_arrays(
            [array.cast(field.type, safe=False) for array, field in zip(named.columns, target, strict=True)],
            schema=target,
        )
    # Asking for maps as dicts more than halves pyarrow's speed, whether there are maps or not.
    maps = "lossy" if any("map<" in str(kind) for kind in target.types) else None
    rows: list[dict[str, Any]] = named.to_pylist(maps_as_pydicts=maps)
    return rows


def microseconds(kind: pa.DataType) -> pa.DataType:
    """Return the type with nanoseconds as microseconds, at any depth: Python's times have no nanoseconds."""
    if getattr(kind, "unit", "") == "ns":
        if pa.types.is_timestamp(kind):
            return pa.timestamp("us", kind.tz)
        return pa.duration("us") if pa.types.is_duration(kind) else pa.time64("us")
    if pa.types.is_struct(kind):
        return pa.struct([field.with_type(microseconds(field.type)) for field in kind])
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        make = pa.list_ if pa.types.is_list(kind) else pa.large_list
        return make(kind.value_field.with_type(microseconds(kind.value_type)))
    if pa.types.is_map(kind):
        return pa.map_(kind.key_type, microseconds(kind.item_type))
    return kind
