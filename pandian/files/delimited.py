"""CSV and TSV after RFC 4180, strictly: every row has as many cells as the header, quotes open and close a cell."""

from __future__ import annotations

import contextlib
import csv
import io
import itertools
import re
from collections.abc import Iterator, Sequence

import orjson

from pandian.files.base import MAX_RECORD_BYTES, Batch
from pandian.files.exceptions import FileError
from pandian.files.formats import BOM
from pandian.files.source import Lines

_DELIMITERS = ",\t;|"
#: A plain number or a phone number in international form.
_NUMBER = re.compile(r"[+-]?[0-9][0-9 .-]{0,30}")
_SAMPLE_ROWS = 20
_LONG_REST = 1 << 20
_TOO_LONG = f"a row must be shorter than {MAX_RECORD_BYTES >> 20} MiB"
_UNCLOSED = "a quote that opens a cell must be closed"
_QUOTE = "a quote inside a quoted cell must be doubled, and a delimiter must follow the closing one"
_UNCLOSED_MESSAGE = "unexpected end of data"


class _NotStrictError(Exception):
    """Something in these lines needs a look at each row."""


class DelimitedReader:
    """Rows as JSON objects named by the header: cells stay strings, an empty cell is null, blank lines are no rows.

    Args:
        name: The file's name, for errors.
        lines: The file in whole lines.
        encoding: What :func:`pandian.files.encoding.detect` said.
        delimiter: The delimiter that the format's name promises; another one that fits better is taken and noted.
        columns: Names for a file without a header line.
    """

    def __init__(
        self,
        name: str,
        lines: Iterator[Lines],
        encoding: str,
        delimiter: str,
        columns: Sequence[str] | None = None,
    ) -> None:
        self.notices: list[str] = []
        self.columns: tuple[str, ...] = unique_names(columns or ())[0]
        self.total_rows: int | None = None
        self._lines = lines
        self._encoding = encoding
        self._line = 1
        self._enough = 0
        first = next(lines, Lines(b""))
        if first.too_long:
            raise FileError(f"{name}, line 1", _TOO_LONG, "check that the file is what it is said to be")
        self._first = self._decode(first.data.removeprefix(BOM))
        self._delimiter = self._fitting_delimiter(delimiter)
        if self._first and not columns:
            self._read_header()

    def batches(self) -> Iterator[Batch]:
        """Yield the rows; a batch is about 256 KiB."""
        rest = self._first
        for data, too_long in itertools.chain([Lines(b"")], self._lines):
            batch = Batch()
            rest = self._parse(rest + self._decode(data), batch, final=too_long)
            if too_long:
                batch.reject(self._line, "too-long", _TOO_LONG)
                self._line += 1
            if batch:
                yield batch
        batch = Batch()
        self._parse(rest, batch, final=True)
        if batch:
            yield batch

    def _parse(self, text: str, batch: Batch, *, final: bool) -> str:
        """Add the rows of ``text`` to ``batch``; return the beginning of a row that goes on after it."""
        if len(text) < self._enough and not final:
            return text
        self._enough = 0
        with _wide_cells():
            try:
                self._parse_all(text, batch)
            except _NotStrictError:
                rest = self._parse_each(text, batch, final=final)
                if len(rest) > _LONG_REST:
                    self._enough = 2 * len(rest)  # parsing it again with every block would be quadratic
                return rest
        return ""

    def _parse_all(self, text: str, batch: Batch) -> None:
        """The fast way: all rows of ``text`` are good."""
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=self._delimiter, strict=True)
        try:
            cells = list(reader)
        except csv.Error as error:
            raise _NotStrictError from error
        columns = self.columns
        if set(map(len, cells)) - {len(columns)}:
            raise _NotStrictError
        rows = [dict(zip(columns, _nulls(row) if "" in row else row, strict=False)) for row in cells]
        try:
            values = [orjson.dumps(row) for row in rows]
        except orjson.JSONEncodeError as error:
            raise _NotStrictError from error
        batch.values += values
        batch.rows += rows
        self._line += reader.line_num

    def _parse_each(self, text: str, batch: Batch, *, final: bool) -> str:
        """The slow way: look at each row, go on with the line after the one on which a broken row starts."""
        lines = list(io.StringIO(text, newline=""))
        at = 0
        while at < len(lines):
            reader = csv.reader(lines[at:], delimiter=self._delimiter, strict=True)
            done = 0
            try:
                for cells in reader:
                    self._add_row(cells, self._line + at + done, batch)
                    done = reader.line_num
                break
            except csv.Error as error:
                at += done
                unclosed = str(error) == _UNCLOSED_MESSAGE
                if unclosed and not final and sum(map(len, lines[at:])) < MAX_RECORD_BYTES:
                    self._line += at
                    return "".join(lines[at:])
                batch.reject(self._line + at, "csv-quotes", _UNCLOSED if unclosed else _QUOTE)
                at += 1
        self._line += len(lines)
        return ""

    def _add_row(self, cells: list[str], line: int, batch: Batch) -> None:
        if not cells:
            return
        if len(cells) != len(self.columns):
            rule = f"a row must have {len(self.columns)} cells like the header; this one has {len(cells)}"
            batch.reject(line, "csv-cell-count", rule)
            return
        row = dict(zip(self.columns, _nulls(cells), strict=True))
        try:
            batch.accept(orjson.dumps(row), row)
        except orjson.JSONEncodeError:
            batch.reject(line, "not-utf8", f"text must be {self._encoding.upper()}")

    def _decode(self, data: bytes) -> str:
        # What cannot be decoded becomes lone surrogates, which no JSON encoder lets pass.
        return data.decode(self._encoding, "surrogateescape")

    def _read_header(self) -> None:
        reader = csv.reader(io.StringIO(self._first, newline=""), delimiter=self._delimiter)
        names = [_readable(name) for name in next(filter(None, reader), [])]
        self.columns, notice = unique_names(names)
        if notice:
            self.notices.append(notice)
        if any(_is_value(name) for name in names):
            # The cell itself is not told: if it is no name it may be somebody's number.
            self.notices.append(
                "its first line was taken as the header, but has a number or an address among its names; "
                "if there is no header, name the columns with --columns"
            )
        parts = list(io.StringIO(self._first, newline=""))
        self._first = "".join(parts[reader.line_num :])
        self._line += reader.line_num

    def _fitting_delimiter(self, named: str) -> str:
        """Keep the named delimiter unless it splits nothing and another splits every line of a sample alike."""
        sample = io.StringIO(self._first, newline="").readlines(1 << 16)[:_SAMPLE_ROWS]
        if not sample or named in sample[0]:
            return named
        for other in _DELIMITERS.replace(named, ""):
            widths = {len(row) for row in csv.reader(sample, delimiter=other) if row}
            if len(widths) == 1 and widths != {1}:
                shown = "a tab" if other == "\t" else repr(other)
                self.notices.append(f"its cells are separated by {shown}")
                return other
        return named


def unique_names(names: Sequence[str]) -> tuple[tuple[str, ...], str]:
    """Name what has no name ``column_3`` and what repeats ``name_2``; say so in one line (empty: nothing done)."""
    result: list[str] = []
    taken = set(names)
    changed = []
    for position, name in enumerate(names, 1):
        new = name if name.strip() else f"column_{position}"
        stem, copy = new, 2
        while new in result or (new != name and new in taken):
            new, copy = f"{stem}_{copy}", copy + 1
        result.append(new)
        if new != name:
            changed.append(f"column {position} is now {new}")
    if not changed:
        return tuple(result), ""
    more = f" and {len(changed) - 5} more" if len(changed) > 5 else ""
    return tuple(result), f"header names must be there and differ: {', '.join(changed[:5])}{more}"


@contextlib.contextmanager
def _wide_cells() -> Iterator[None]:
    """Let cells be as long as records; the limit belongs to the whole process, so it is put back."""
    before = csv.field_size_limit(MAX_RECORD_BYTES)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def _nulls(cells: list[str]) -> list[str | None]:
    return [cell or None for cell in cells]


def _is_value(name: str) -> bool:
    """Tell whether a header name looks like a value: a number, or an email address."""
    return bool(_NUMBER.fullmatch(name.strip())) or "@" in name


def _readable(name: str) -> str:
    """Return a header name without the lone surrogates that stand for bytes of another encoding."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
