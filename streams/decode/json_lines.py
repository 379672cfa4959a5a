"""JSON of several rows: objects one after the other on lines of their own (JSON lines), or one array of objects.

A brace that closes, a line end and a brace that opens, with nothing but blanks between: that is in no valid JSON
text, as a string holds no line end and between two objects stands a comma. So it tells several objects from one,
however they are laid out, and it is where they are cut apart.

Read together, every line end gets the mark that :mod:`streams.decode.json_objects` joins records by; its proof holds:
each mark must be found again between two elements of the outermost array. When these are all objects, each line end
stood between two braces; else records are read one by one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice
from typing import Any, Final

from streams.decode import reasons
from streams.decode.base import Headers, Read, has_columns_header
from streams.decode.halves import Failure, read_by_halves
from streams.decode.json_objects import BOM, JOIN, failure_of, read_alone, read_joined
from streams.decode.several_rows import MOST_ROWS, TOO_MANY_ROWS, gathered

_BETWEEN = re.compile(rb"\}[ \t\r]*+\n[ \t\r\n]*+\{")
_CUT = re.compile(rb"(?<=\})[ \t\r]*+\n[ \t\r\n]*+(?=\{)")
_ARRAY = re.compile(rb"(?:\xef\xbb\xbf)?[ \t\r\n]*+\[[ \t\r\n]*+\{")
_BLANKS: Final = b" \t\r\n"


def any_on_lines(values: Sequence[bytes]) -> bool:
    """Tell whether there may be several objects on lines in any of the values; never wrong when it says no.

    Costs a twentieth of what decoding them does, most of it for putting them together.
    """
    text = b",".join(values)
    return b"\n" in text and _BETWEEN.search(text) is not None


class JsonLinesReader:
    """Reads JSON objects on lines, and arrays of objects. What is wrong with one of them rejects the whole record."""

    name = "jsonl"

    def accepts(self, value: bytes, headers: Headers) -> bool:
        """Tell whether the value holds objects on lines; or starts as an array of them and is not declared CSV."""
        if b"\n" in value and _BETWEEN.search(value) is not None:
            return True
        return _ARRAY.match(value) is not None and not (headers and has_columns_header(headers))

    def read(
        self,
        values: Sequence[bytes],
        indexes: Sequence[int],
        headers: Sequence[Headers] | None,  # noqa: ARG002 the protocol's; JSON needs none
    ) -> Read:
        """Read records; see :meth:`streams.decode.base.Reader.read`."""
        found = read_by_halves([value.removeprefix(BOM) for value in values], _read_together, _read_alone)
        return gathered(list(map(_rows, found)), indexes)


def _read_together(values: Sequence[bytes]) -> list[Any] | None:
    """Return of each value a list of what is on its lines, or the one thing that it holds."""
    texts, counts = [], []
    for value in values:
        text = value.strip(_BLANKS)
        lines = 0 if text.startswith(b"[") else text.count(b"\n")
        texts.append(text.replace(b"\n", JOIN) if lines else text)
        counts.append(lines + 1)
    if max(counts) > MOST_ROWS:
        return None
    parsed = read_joined(JOIN.join(texts), sum(counts) - 1)
    if parsed is None:
        return None
    rest = iter(parsed)
    found = [list(islice(rest, count)) if count > 1 else next(rest) for count in counts]
    if set(map(type, parsed)) == {dict} or all(map(_has_cuts, found, counts)):
        return found
    return None


def _has_cuts(found: Any, count: int) -> bool:
    """Tell whether each of the line ends stood between two objects."""
    return count == 1 or set(map(type, found)) == {dict}


def _read_alone(value: bytes) -> Any:
    texts = _CUT.split(value, MOST_ROWS)
    if len(texts) > MOST_ROWS:
        return TOO_MANY_ROWS
    found = []
    for number, text in enumerate(texts, start=1):
        row = read_alone(text)
        if type(row) is Failure:
            return row if len(texts) == 1 else Failure(row.reason, f"{row.detail} of row {number}")
        found.append(row)
    return found if len(found) > 1 else found[0]


def _rows(found: Any) -> Any:
    """Return the row, the rows, or why there are none."""
    if type(found) is dict or type(found) is Failure:
        return found
    if type(found) is not list or not found:
        return failure_of(found)
    if set(map(type, found)) != {dict}:
        return Failure(reasons.JSON_ARRAY, f"an array of {len(found)} elements that are not all objects")
    return found if len(found) <= MOST_ROWS else TOO_MANY_ROWS
