"""CSV values of several lines: a row a line, the first of them a header line or not."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Final, NamedTuple

from streams.decode import reasons
from streams.decode.csv_rules import is_header_line, is_prose
from streams.decode.halves import Failure
from streams.decode.several_rows import MOST_ROWS, TOO_MANY_ROWS

NOT_CSV: Final = Failure(reasons.NOT_JSON_NOR_CSV, "text without JSON and without two or more CSV cells")


class Lines(NamedTuple):
    """The lines of one value, of as many cells each."""

    rows: list[list[str]]
    header: tuple[str, ...]
    """The first line where that is a header line; else empty."""


def read_lines(text: str, delimiter: str, width: int | None) -> list[str] | Lines | Failure:
    """Return the cells of a text that holds a line end: of its one line, or of all its lines.

    Args:
        text: without line ends at its end. Blank lines are passed over.
        delimiter: separates cells.
        width: how many cells a header beside the value names; None: there is none, so the first line says it.
    """
    if text.count("\n") > MOST_ROWS or text.count("\r") > MOST_ROWS:
        return TOO_MANY_ROWS
    try:
        rows = list(filter(None, csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)))
    except csv.Error as error:
        return explain(error)
    if not rows or (width is None and _is_text(rows, delimiter + " " in text)):
        return NOT_CSV
    if len(rows) == 1:
        return rows[0]
    if width is not None:
        return _uneven(rows, width, "the header names") or Lines(rows, ())
    first = rows[0]
    uneven = _uneven(rows, len(first), "the first has")
    return uneven or Lines(rows, tuple(first) if is_header_line(first) else ())


def explain(error: csv.Error) -> Failure:
    """Return what the parser's error says."""
    if "field limit" in str(error):
        return Failure(reasons.CSV_CELL_TOO_LONG, f"a cell of more than {csv.field_size_limit()} characters")
    return Failure(reasons.CSV_QUOTES, "the quotes of a cell do not close at its end")


def _is_text(rows: Sequence[Sequence[str]], has_blanks: bool) -> bool:
    """Tell whether most lines are of one cell, or prose."""
    single = sum(len(row) == 1 for row in rows)
    prose = sum(map(is_prose, rows)) if has_blanks else 0
    return 2 * max(single, prose) > len(rows)


def _uneven(rows: Sequence[Sequence[str]], width: int, says: str) -> Failure | None:
    if set(map(len, rows)) == {width}:
        return None
    number, row = next((number, row) for number, row in enumerate(rows, start=1) if len(row) != width)
    return Failure(reasons.CSV_CELL_COUNT, f"{len(row)} cells in line {number} where {says} {width}")
