"""Parquet: each record one whole file, its rows the rows of the record.

A file of some hundred bytes can say that it has a billion rows, or one text a million times. So what it will become is
added up before anything is read: rows and cells from its footer, bytes from the headers of its pages. Texts that a
dictionary repeats are read once and shared.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import repeat
from math import isfinite
from typing import Any, Final, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pandian.files.parquet import microseconds
from streams.decode import reasons
from streams.decode.base import Headers, Read, Row
from streams.decode.halves import Failure
from streams.decode.parquet_pages import MOST_FOOTER, MOST_PAGES, Chunk, Column, Footer, pages, read_footer
from streams.decode.plain import plain
from streams.decode.several_rows import MOST_ROWS, NO_ROWS, TOO_MANY_ROWS, gathered

#: Bytes that the pages of one file may become.
MOST_BYTES: Final = 32 << 20
#: Rows times columns of one file, and values of all its columns.
MOST_CELLS: Final = 1 << 21

_MAGIC: Final = b"PAR1"
_PAGE: Final = b"PAR1\x15"
_DELTA_BYTE_ARRAY: Final = 7
_ERRORS: Final = (pa.ArrowException, OSError, ValueError, OverflowError, KeyError, NotImplementedError)

_MALFORMED: Final = Failure(reasons.PARQUET_MALFORMED, "cut off, damaged, or of a kind that is not supported")
_TOO_MANY_CELLS: Final = Failure(reasons.TOO_LARGE, f"more than {MOST_CELLS:,} values")
_TOO_MANY_PARTS: Final = Failure(
    reasons.TOO_LARGE, f"more than {MOST_PAGES:,} pages, or {MOST_FOOTER:,} bytes that describe them"
)
_TOO_LARGE: Final = Failure(reasons.TOO_LARGE, f"more than {MOST_BYTES:,} bytes of values")


class ParquetReader:
    """Reads Parquet files of flat and nested columns; see :mod:`streams.decode.plain` for what types become."""

    name = "parquet"

    def accepts(self, value: bytes, headers: Headers) -> bool:  # noqa: ARG002 the protocol's; the bytes tell
        """Tell whether the value starts and ends as a Parquet file, or starts as one with a page."""
        return value.startswith(_MAGIC) and (value.startswith(_PAGE) or value.endswith(_MAGIC))

    def read(
        self,
        values: Sequence[bytes],
        indexes: Sequence[int],
        headers: Sequence[Headers] | None,  # noqa: ARG002 the protocol's; Parquet needs none
    ) -> Read:
        """Read records; see :meth:`streams.decode.base.Reader.read`."""
        return gathered(list(map(_read, values)), indexes)


class _Plan(NamedTuple):
    """How a file is read within bounds."""

    dictionaries: list[str]
    """Paths of the columns whose texts are kept once."""
    rows: int
    """At once."""


def _read(value: bytes) -> list[Row] | Failure:
    try:
        footer = read_footer(value)
        if footer is None:
            return _TOO_MANY_PARTS
        plan = _plan(footer, value)
        if isinstance(plan, Failure):
            return plan
        file = pq.ParquetFile(
            pa.BufferReader(value),
            read_dictionary=plan.dictionaries,
            pre_buffer=False,
            arrow_extensions_enabled=False,
        )
        rows: list[Row] = []
        size = 0
        for batch in file.iter_batches(plan.rows, use_threads=False):
            batch.validate(full=True)  # places in dictionaries are not looked at before
            size += batch.nbytes + sum(map(_repeated_bytes, batch.columns))
            if size > 2 * MOST_BYTES:
                return _TOO_LARGE
            rows += _rows(batch)
    except _ERRORS:
        return _MALFORMED
    return rows or NO_ROWS


def _plan(footer: Footer, value: bytes) -> _Plan | Failure:
    """Return how to read a file, or why not to: nothing of it has been read yet."""
    rows = sum(rows for rows, _ in footer.groups)
    if not rows:
        return NO_ROWS  # the writer leaves no sound pages then
    if rows > MOST_ROWS:
        return TOO_MANY_ROWS
    if rows * len(footer.columns) > MOST_CELLS:
        return _TOO_MANY_CELLS
    costs = _Costs()
    for _, chunks in footer.groups:
        for column, chunk in zip(footer.columns, chunks, strict=True):
            failure = costs.add(column, chunk, value)
            if failure is not None:
                return failure
    return _Plan(sorted(costs.dictionaries), costs.rows_at_once())


class _Costs:
    """Adds up what column chunks become."""

    def __init__(self) -> None:
        self.dictionaries: set[str] = set()
        self._values = 0
        self._bytes = 0
        self._pages = 0
        self._largest_delta = 0

    def add(self, column: Column, chunk: Chunk, data: bytes) -> Failure | None:
        """Add a chunk of a column; return why the file is too large."""
        self._values += chunk.values
        if self._values > MOST_CELLS:
            return _TOO_MANY_CELLS
        self._bytes += column.length * chunk.values
        largest, delta = 0, False
        for page in pages(data, chunk):
            self._pages += 1
            self._bytes += page.size
            if self._pages > MOST_PAGES:
                return _TOO_MANY_PARTS
            if self._bytes > MOST_BYTES:
                return _TOO_LARGE
            largest = max(largest, page.size)
            delta = delta or page.encoding == _DELTA_BYTE_ARRAY
            if page.is_dictionary and column.is_text:
                self.dictionaries.add(column.path)
        return self._add_delta(column, chunk, largest) if delta else None

    def _add_delta(self, column: Column, chunk: Chunk, largest: int) -> Failure | None:
        """Note texts of which each starts as the one before: each can be as long as all that the page holds."""
        if column.is_repeated and chunk.values * largest > MOST_BYTES:
            return _TOO_LARGE
        self._largest_delta = max(self._largest_delta, largest)
        return None

    def rows_at_once(self) -> int:
        if not self._largest_delta:
            return MOST_ROWS
        return max(1, MOST_BYTES // self._largest_delta)


def _repeated_bytes(array: Any) -> int:
    """Return how many bytes the texts of nested dictionaries are when each is written out."""
    kind = array.type
    if pa.types.is_struct(kind):
        return sum(map(_nested_bytes, array.flatten()))
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return _nested_bytes(array.values)
    if pa.types.is_map(kind):
        return _nested_bytes(array.keys) + _nested_bytes(array.items)
    return 0


def _nested_bytes(array: Any) -> int:
    if not pa.types.is_dictionary(array.type):
        return _repeated_bytes(array)
    lengths = pc.binary_length(array.dictionary)
    return pc.sum(lengths.take(array.indices)).as_py() or 0


def _rows(batch: Any) -> list[Row]:
    names = batch.schema.names
    columns = list(map(_values, batch.columns))
    return list(map(dict, map(zip, repeat(names), zip(*columns, strict=True))))


def _values(array: Any) -> list[Any]:
    """Return the values of a column as JSON has them."""
    kind = array.type
    if pa.types.is_dictionary(kind):
        known = _values(array.dictionary)
        return [None if place is None else known[place] for place in array.indices.to_pylist()]
    if pa.types.is_integer(kind) or pa.types.is_boolean(kind) or pa.types.is_string(kind):
        values: list[Any] = array.to_pylist()
        return values
    if pa.types.is_float16(kind) or pa.types.is_float32(kind):
        # The shortest decimal of a single precision number, as JSON writes it: 0.1, not 0.10000000149011612.
        array = array.cast(pa.float32()).cast(pa.string()).cast(pa.float64())
    if pa.types.is_floating(kind):
        values = array.to_pylist()
        return values if isfinite(pc.sum(array).as_py() or 0.0) else list(map(plain, values))
    finer = microseconds(kind)
    if finer != kind:
        array = array.cast(finer, safe=False)
    # Asking for maps as dicts costs where there are none.
    return list(map(plain, array.to_pylist(maps_as_pydicts="lossy" if "map<" in str(kind) else None)))
