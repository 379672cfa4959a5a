"""CSV: each record one line or several, the cells as strings.

Columns are named by the record's ``pandian.columns`` header, else by position (``c1``, ``c2`` …); a line that is
itself a header line is counted, adds no values, and lends its names to the group as ``layout``: a record of its own, or
the first line of one. Records of one line are handed to one ``csv.reader`` for the whole batch, a record as one item:
a row uses up at least one item, so as many rows as items means that no quoted cell ran from one record into the next.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from functools import lru_cache, partial
from itertools import chain
from typing import Any, Final, NamedTuple, cast

from streams.decode import reasons
from streams.decode.base import COLUMNS_HEADER, Column, Decoded, Headers, Reject, RowGroup, has_columns_header
from streams.decode.csv_rules import delimiter_of, has_delimiter, is_header_line, is_prose
from streams.decode.csv_several import NOT_CSV, Lines, explain, read_lines
from streams.decode.halves import Failure, read_by_halves
from streams.decode.kinds import Kinds
from streams.decode.limits import Limits
from streams.decode.paths import MAX_PATH, brief, child

Row = list[str]

_CONTROL: Final = bytes(code for code in (*range(0x20), 0x7F) if code not in b"\t\r\n")
_LONGEST_HEADER: Final = 65_536
_BAD_HEADER: Final = Failure(reasons.CSV_COLUMNS_HEADER, f"the header {COLUMNS_HEADER} is not one CSV line")
_BINARY: Final = Failure(reasons.NOT_JSON_NOR_CSV, "control characters, which neither JSON nor CSV has")


class Layout(NamedTuple):
    """Columns as a ``pandian.columns`` header names them."""

    delimiter: str
    cells: Row
    """The header's cells as they are."""
    names: tuple[str, ...]
    """The cells as field paths; an empty one by position, a repeated one with its position added."""


class _Rows(NamedTuple):
    """The lines of all values; all sequences are as long."""

    rows: Sequence[Row | Failure]
    """Of a value that cannot be read, the reason takes the place of its lines."""
    indexes: Sequence[int]
    layouts: Sequence[Layout | Failure | None]
    headers: Sequence[tuple[str, ...] | None]
    """The header line of its own that a row's record has, empty when it has none; None: a record of one line."""


class _Open:
    """A row group in the making. Places are positions in the rows being decoded."""

    __slots__ = ("data", "headers", "layout", "names", "width")

    def __init__(self, names: Sequence[str], width: int) -> None:
        self.names = names
        """Paths of the columns that are kept."""
        self.width = width
        """Cells of each row."""
        self.layout: tuple[str, ...] = ()
        self.data: list[int] = []
        self.headers: list[int] = []


class CsvDecoder:
    """Reads CSV lines (RFC 4180 quotes) separated by comma, tab, semicolon or bar."""

    name = "csv"

    def __init__(self, limits: Limits) -> None:
        self._limits = limits

    def accepts(self, value: bytes, headers: Headers) -> bool:
        """Tell whether columns are declared for ``value``, or it has a delimiter. JSON is asked first."""
        return has_delimiter(value) or has_columns_header(headers)

    def decode(
        self,
        values: Sequence[bytes],
        indexes: Sequence[int],
        headers: Sequence[Headers] | None,
        kinds: Kinds | None = None,
    ) -> Decoded:
        """Decode records; see :meth:`streams.decode.base.Decoder.decode`."""
        layouts: Sequence[Layout | Failure | None] = [None] * len(values)
        if headers is not None:
            layouts = [_declared(found) for found in headers]
        rows, indexes, layouts, lines = _spread(_read(values, layouts), indexes, layouts)
        grouping = _Grouping(self._limits.max_fields)
        rejects: list[Reject] = []
        for place, (row, layout, header) in enumerate(zip(rows, layouts, lines, strict=True)):
            declared = layout if isinstance(layout, Layout) else None
            failure = row if isinstance(row, Failure) else grouping.add(place, row, declared, header)
            if failure is not None:
                rejects.append(failure.reject(indexes[place]))
        label = "" if kinds is None else kinds.label(self.name)
        return Decoded([self._group(found, rows, indexes, label) for found in grouping.groups()], rejects)

    def _group(self, found: _Open, rows: Sequence[Any], indexes: Sequence[int], label: str) -> RowGroup:
        cells = [rows[place] for place in found.data]
        columns, dropped, paths = _columns(cells, found.names, found.width)
        places = sorted(found.data + found.headers) if found.headers else found.data
        lines = frozenset(found.headers)
        return RowGroup(
            self.name,
            [indexes[place] for place in places],
            columns,
            header_records=len(lines),
            layout=found.layout,
            kind=label,
            dropped_values=dropped,
            dropped_paths=paths,
            aligner=partial(
                _aligned, [() if place in lines else rows[place] for place in places], found.names
            ),
        )


class _Grouping:
    """Sorts rows into groups of the same columns."""

    def __init__(self, max_fields: int) -> None:
        self._most = max_fields
        self._groups: dict[tuple[str, ...] | int, _Open] = {}
        self._lines: dict[tuple[str, ...], list[int]] = {}
        self._below: dict[tuple[str, ...], list[int]] = {}
        """Rows of records that begin with a header line, by that."""

    def add(
        self, place: int, row: Row, layout: Layout | None, header: tuple[str, ...] | None
    ) -> Failure | None:
        """Put a row into its group; return why when it breaks a rule."""
        if layout is None:
            self._add_positional(place, row, header)
            return None
        if len(row) != len(layout.cells):
            return Failure(
                reasons.CSV_CELL_COUNT, f"{len(row)} cells where the header names {len(layout.cells)}"
            )
        group = self._groups.get(layout.names)
        if group is None:
            group = self._groups[layout.names] = _Open(layout.names[: self._most], len(row))
        (group.headers if row == layout.cells else group.data).append(place)
        return None

    def _add_positional(self, place: int, row: Row, header: tuple[str, ...] | None) -> None:
        if header is None:
            if (
                row[-1][:1].isalpha()
                and row[0][:1].isalpha()
                and len(row) <= self._most
                and is_header_line(row)
            ):
                self._lines.setdefault(tuple(row), []).append(place)
                return
        elif header and len(row) <= self._most:
            kind = self._lines if tuple(row) == header else self._below
            kind.setdefault(header, []).append(place)
            return
        group = self._groups.get(len(row))
        if group is None:
            group = self._groups[len(row)] = self._positional(len(row))
        group.data.append(place)

    def _positional(self, width: int) -> _Open:
        return _Open([f"c{position}" for position in range(1, min(width, self._most) + 1)], width)

    def groups(self) -> list[_Open]:
        """Return the groups; header lines are with the rows of as many cells, a second layout by itself."""
        groups = dict(self._groups)
        more = []
        for cells, places in self._lines.items():
            group = groups.get(len(cells))
            if group is None:
                group = groups[len(cells)] = self._positional(len(cells))
            elif group.headers:
                group = self._positional(len(cells))
                more.append(group)
            group.layout = _paths(cells)
            group.headers = places
            if cells in self._below:
                group.data = sorted(group.data + self._below[cells])
        return [*groups.values(), *more]


def _spread(
    found: Sequence[Row | Lines | Failure],
    indexes: Sequence[int],
    layouts: Sequence[Layout | Failure | None],
) -> _Rows:
    """Return the lines of all values one after the other."""
    if Lines not in set(map(type, found)):
        return _Rows(cast("Sequence[Row | Failure]", found), indexes, layouts, [None] * len(found))
    rows: list[Row | Failure] = []
    places: list[int] = []
    headers: list[tuple[str, ...] | None] = []
    for place, one in enumerate(found):
        if isinstance(one, Lines):
            rows += one.rows
            places += [place] * len(one.rows)
            headers += [one.header] * len(one.rows)
        else:
            rows.append(one)
            places.append(place)
            headers.append(None)
    return _Rows(rows, [indexes[place] for place in places], [layouts[place] for place in places], headers)


def _read(values: Sequence[bytes], layouts: Sequence[Layout | Failure | None]) -> list[Row | Lines | Failure]:
    """Return each value's cells, or why it cannot be read."""
    results: list[Row | Lines | Failure] = [NOT_CSV] * len(values)
    lines: dict[str, tuple[list[int], list[str]]] = {}
    several: list[tuple[int, str, str]] = []
    ended = _have_line_ends(values)
    for place, (text, layout) in enumerate(zip(_texts(values), layouts, strict=True)):
        if isinstance(text, Failure):
            results[place] = text
        elif isinstance(layout, Failure):
            results[place] = layout
        else:
            delimiter = delimiter_of(text) if layout is None else layout.delimiter
            if delimiter is None:
                continue
            if ended and ("\n" in text or "\r" in text):
                several.append((place, text, delimiter))
            else:
                places, texts = lines.setdefault(delimiter, ([], []))
                places.append(place)
                texts.append(text)
    for delimiter, (places, texts) in lines.items():
        rows = read_by_halves(texts, partial(_read_together, delimiter), partial(_read_alone, delimiter))
        blank = delimiter + " "
        for place, text, row in zip(places, texts, rows, strict=True):
            prose = layouts[place] is None and blank in text and type(row) is list and is_prose(row)
            results[place] = NOT_CSV if prose else row
    for place, text, delimiter in several:
        layout = layouts[place]
        names = layout.cells if isinstance(layout, Layout) else None
        results[place] = read_lines(text, delimiter, None if names is None else len(names))
    return results


def _have_line_ends(values: Sequence[bytes]) -> bool:
    joined = b"".join(values)
    return b"\n" in joined or b"\r" in joined


def _texts(values: Sequence[bytes]) -> list[str | Failure]:
    """Return each value as text without byte order mark and last line end, or why it is none."""
    joined = b"\n".join(values)
    if len(joined.translate(None, _CONTROL)) == len(joined):
        try:
            return [value.decode().removeprefix("\ufeff").rstrip("\r\n") for value in values]
        except UnicodeDecodeError:
            pass
    return [_text(value) for value in values]


def _text(value: bytes) -> str | Failure:
    try:
        text = value.decode()
    except UnicodeDecodeError as error:
        return Failure(reasons.NOT_UTF8, f"byte {error.start + 1} of {len(value)} is not valid UTF-8")
    if len(value.translate(None, _CONTROL)) != len(value):
        return _BINARY
    return text.removeprefix("\ufeff").rstrip("\r\n")


def _read_together(delimiter: str, texts: Sequence[str]) -> list[Row] | None:
    try:
        rows = list(csv.reader(texts, delimiter=delimiter, strict=True))
    except csv.Error:
        return None
    return rows if len(rows) == len(texts) else None


def _read_alone(delimiter: str, text: str) -> Row | Failure:
    try:
        return next(csv.reader((text,), delimiter=delimiter, strict=True))
    except csv.Error as error:
        return explain(error)


def _declared(headers: Headers) -> Layout | Failure | None:
    for key, line in headers:
        if key == COLUMNS_HEADER:
            return _layout(line) if len(line or b"") <= _LONGEST_HEADER else _BAD_HEADER
    return None


@lru_cache(maxsize=256)
def _layout(line: bytes) -> Layout | Failure:
    text = _text(line or b"")
    if isinstance(text, Failure) or not text:
        return _BAD_HEADER
    delimiter = delimiter_of(text) or ","
    cells = _read_alone(delimiter, text)
    if isinstance(cells, Failure):
        return _BAD_HEADER
    return Layout(delimiter, cells, _paths(cells))


def _paths(cells: Sequence[str]) -> tuple[str, ...]:
    """Return a different field path for each cell of a header line."""
    paths: dict[str, None] = {}
    for position, cell in enumerate(cells, start=1):
        path = child("", cell) if cell else f"c{position}"
        while path in paths:
            path = f"{path}_{position}"
        paths[path] = None
    return tuple(paths)


def _columns(rows: Sequence[Row], names: Sequence[str], width: int) -> tuple[list[Column], int, set[str]]:
    """Return the first columns of rows that are ``width`` cells wide, how many cells were left out, and where."""
    cells = list(chain.from_iterable(rows))
    columns = []
    dropped = (width - len(names)) * len(rows)
    paths = {f"c{position}" for position in range(len(names) + 1, width + 1)} if rows else set()
    for place, name in enumerate(names):
        values = cells[place::width]
        if len(name) > MAX_PATH:
            dropped += len(values)
            paths.add(brief(name))
            continue
        nulls = values.count("")
        if nulls:
            values = list(filter(None, values))
        columns.append(Column(name, values, nulls, kind="str" if values else ""))
    return columns, dropped, paths


def _aligned(rows: Sequence[Sequence[str]], names: Sequence[str], path: str, part: slice) -> list[str | None]:
    """Return the cell called ``path`` of each row; None for an empty one and where the row is a header line."""
    if path not in names:
        return [None] * len(rows[part])
    place = names.index(path)
    return [row[place] or None if row else None for row in rows[part]]
