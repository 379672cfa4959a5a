"""Opening a file of records, whatever its format, compression and encoding."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import IO

from pandian.files import encoding
from pandian.files.base import Batch, RecordReader
from pandian.files.delimited import DelimitedReader
from pandian.files.formats import Format, tell_format
from pandian.files.jsondocuments import JsonDocumentsReader
from pandian.files.jsonlines import JsonLinesReader
from pandian.files.source import STDIN, Source, whole_lines

_DELIMITERS = {"csv": ",", "tsv": "\t"}


class RecordFile:
    """An opened file. Use as a context manager, and read :meth:`batches` once.

    Args:
        path: The file, or ``-`` for standard input.
        fmt: One of :data:`~pandian.files.formats.FORMATS`; None: told by name and content.
        columns: Names of the columns of a csv or tsv file that has no header line.
    """

    def __init__(self, path: str, fmt: str | None = None, columns: Sequence[str] | None = None) -> None:
        self._path = path
        self._source = Source(path)
        self._spool: IO[bytes] | None = None
        self._rows = 0
        self.encoding = "utf-8"
        """Encoding of the text."""
        try:
            head = self._source.read()
            self.format: Format = tell_format(path, head, fmt)
            self._blocks = itertools.chain([head] if head else [], self._source.blocks())
            self._reader = self._make_reader(head, columns)
        except BaseException:
            self.close()
            raise

    @property
    def name(self) -> str:
        """The path, or ``standard input``."""
        return self._source.name

    @property
    def compression(self) -> str:
        """``gzip``, ``zstd`` or empty."""
        return self._source.compression

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns of csv, tsv and parquet; empty for json."""
        return self._reader.columns

    @property
    def notices(self) -> list[str]:
        """What a person should know about how the file is read, one line each."""
        notices = list(self._reader.notices)
        if self.encoding != "utf-8":
            notices.insert(0, f"it is not UTF-8; read as {self.encoding}")
        return notices

    @property
    def size(self) -> int | None:
        """Bytes of the file as stored; None for standard input."""
        return self._source.size

    @property
    def progress(self) -> int:
        """Bytes of :attr:`size` read so far; where a file is not read from its start to its end, in proportion."""
        if self.total_rows and self.size:
            return self.size * self._rows // self.total_rows
        return self._source.position

    @property
    def total_rows(self) -> int | None:
        """Number of rows when the file says it (parquet)."""
        return self._reader.total_rows

    def batches(self) -> Iterator[Batch]:
        """Yield every row once, good or bad, in the file's order.

        Raises:
            FileError: when the file ends or breaks where it must not.
        """
        for batch in self._reader.batches():
            self._rows += len(batch.rows)
            yield batch

    def close(self) -> None:
        """Close the file."""
        self._source.close()
        if self._spool:
            self._spool.close()

    def __enter__(self) -> RecordFile:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _make_reader(self, head: bytes, columns: Sequence[str] | None) -> RecordReader:
        if self.format == "parquet":
            return self._make_parquet_reader()
        if self.format == "json":
            return JsonDocumentsReader(self._blocks)
        lines = whole_lines(self._blocks)
        if self.format == "jsonl":
            return JsonLinesReader(lines)
        self.encoding = self._detect_encoding(head)
        return DelimitedReader(self.name, lines, self.encoding, _DELIMITERS[self.format], columns)

    def _make_parquet_reader(self) -> RecordReader:
        from pandian.files.parquet import ParquetReader, spooled

        if self._source.streaming or self.compression:
            self._spool = spooled(self._blocks)
        else:
            self._spool = open(self._path, "rb")  # noqa: SIM115, PTH123 - closed with the source
        return ParquetReader(self.name, self._spool)

    def _detect_encoding(self, head: bytes) -> str:
        """Read a file through once for this; standard input is judged by what has come so far."""
        if self._source.streaming:
            return encoding.detect([head])
        scan = Source(self._path)
        try:
            return encoding.detect(lines.data for lines in whole_lines(scan.blocks()))
        finally:
            scan.close()


def check_readable(path: str) -> None:
    """Check that a file is there and may be read; standard input always is.

    Raises:
        UsageError: when it is not.
    """
    if path != STDIN:
        Source(path).close()


def open_records(path: str, fmt: str | None = None, columns: Sequence[str] | None = None) -> RecordFile:
    """Open a file of records; see :class:`RecordFile`.

    Raises:
        UsageError: when there is no such file, or ``fmt`` is no format.
        FileError: when it is not what its name or ``fmt`` says.
    """
    return RecordFile(path, fmt, columns)
