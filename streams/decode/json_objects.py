"""JSON: each record one object.

Why reading a batch together gives what reading each record alone gives. The records are joined by
``,9007199254740993,``, put in brackets and parsed once. The result is taken only when (1) those digits occur in
the text exactly once per join, (2) the parsed array has 2n - 1 elements, and (3) every second one of them is that
integer. Then:

- 2**53 + 1 has one spelling as a JSON integer and no float equals it, so each of the n - 1 integers found by (3)
  is an occurrence of the digits in the text; by (1) these are the n - 1 joins. So at every join the parser stood
  between two elements of the outer array: in no string, and with no bracket open that an earlier record opened.
- Hence each record is a list of one or more complete values; by (2) there are n such values, so each is one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import isinf
from typing import Any, Final

import orjson

from streams.decode import reasons
from streams.decode.base import Headers, Read, has_columns_header
from streams.decode.halves import Failure, read_by_halves

BOM: Final = b"\xef\xbb\xbf"

_MARK: Final = 2**53 + 1
_DIGITS: Final = b"%d" % _MARK
#: Joins records that are read together, see :func:`read_joined`.
JOIN: Final = b",%d," % _MARK

# A value that starts as an object ("{"), as an array, or is one whole scalar.
_LOOKS_LIKE_JSON = re.compile(
    rb"(?:\xef\xbb\xbf)?[ \t\r\n]*+(?:(\{)|\[|"
    rb'(?:"(?:[^"\\]|\\.)*+"|-?(?:0|[1-9]\d*+)(?:\.\d++)?(?:[eE][+-]?\d++)?|true|false|null)'
    rb"[ \t\r\n]*+\Z)",
    re.DOTALL,
)
_NUMBER = re.compile(r"-?\d++(?:\.\d++)?(?:[eE][+-]?\d++)?")
_NOT_A_NUMBER = re.compile(r"-?(?:nan|inf)", re.IGNORECASE)


class JsonReader:
    """Reads JSON objects. Numbers beyond 64 bits become floats; of equal keys the last one counts."""

    name = "json"

    def accepts(self, value: bytes, headers: Headers) -> bool:
        """Tell whether ``value`` starts as an object; or as an array, or is one scalar, and is not declared CSV."""
        found = _LOOKS_LIKE_JSON.match(value)
        if found is None:
            return False
        return found[1] is not None or not (headers and has_columns_header(headers))

    def read(
        self,
        values: Sequence[bytes],
        indexes: Sequence[int],
        headers: Sequence[Headers] | None,  # noqa: ARG002 the protocol's; JSON needs none
    ) -> Read:
        """Read records; see :meth:`streams.decode.base.Reader.read`."""
        rows = _read(values)
        if set(map(type, rows)) == {dict}:
            return Read(rows, indexes, [])
        found = list(zip(rows, indexes, strict=True))
        return Read(
            [row for row in rows if type(row) is dict],
            [index for row, index in found if type(row) is dict],
            [failure_of(row).reject(index) for row, index in found if type(row) is not dict],
        )


def _read(values: Sequence[bytes]) -> list[Any]:
    """Return what each value holds, or a Failure."""
    rows = _read_together(values)
    if rows is None:
        rows = read_by_halves([value.removeprefix(BOM) for value in values], _read_together, read_alone)
    return rows


def _read_together(values: Sequence[bytes]) -> list[Any] | None:
    return read_joined(JOIN.join(values), len(values) - 1)


def read_joined(text: bytes, joins: int) -> list[Any] | None:
    """Return the values of a text of JSON values with :data:`JOIN` between; None when any of them is no JSON.

    Args:
        text: what is to be read.
        joins: how often the mark was put in.
    """
    if text.count(_DIGITS) != joins:
        return None
    try:
        parsed = orjson.loads(b"".join((b"[", text, b"]")))
    except orjson.JSONDecodeError:
        return None
    if len(parsed) != 2 * joins + 1 or parsed[1::2] != [_MARK] * joins:
        return None
    rows: list[Any] = parsed[::2]
    return rows


def read_alone(value: bytes) -> Any:
    """Return what one JSON value holds, or a :class:`Failure`."""
    text = value.strip(b" \t\r\n")
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        return _explain(text, error)


def _explain(value: bytes, error: orjson.JSONDecodeError) -> Failure:
    try:
        text = value.decode()
    except UnicodeDecodeError as encoding:
        return Failure(reasons.NOT_UTF8, f"byte {encoding.start + 1} of {len(value)} is not valid UTF-8")
    where = f"at character {error.pos + 1} of {len(text)}"
    if error.msg == "depth limit exceeded":
        return Failure(reasons.JSON_TOO_DEEP, f"the nesting is too deep {where}")
    if error.msg == "unexpected content after document":
        return Failure(reasons.JSON_SEVERAL_VALUES, f"something follows the first value {where}")
    if error.msg == "unexpected end of data":
        return Failure(reasons.JSON_TRUNCATED, f"the text ends too early, after {len(text)} characters")
    if _is_bad_number(text, error.pos):
        return Failure(reasons.JSON_NUMBER, f"a number that JSON does not have {where}")
    return Failure(reasons.JSON_MALFORMED, f"not valid JSON {where}")


def _is_bad_number(text: str, at: int) -> bool:
    """Tell whether the parser stopped at NaN, an infinity, or digits too large for a float.

    It stops one character late when a sign comes first.
    """
    sign = at > 0 and text[at - 1] == "-"
    if _NOT_A_NUMBER.match(text, at - sign):
        return True
    number = _NUMBER.match(text, at)
    return number is not None and isinf(float(number[0]))


def failure_of(row: Any) -> Failure:
    """Return why a JSON value that is no object is no row."""
    if type(row) is Failure:
        return row
    if row is None:
        return Failure(reasons.JSON_NULL, "the whole value is null")
    if type(row) is list:
        return Failure(reasons.JSON_ARRAY, f"an array of {len(row)} elements")
    return Failure(reasons.JSON_SCALAR, f"a single {_SCALAR_NAMES.get(type(row), 'value')}")


_SCALAR_NAMES = {str: "string", bool: "boolean", int: "number", float: "number"}
