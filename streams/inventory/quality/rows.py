"""A few records as columns that rules can work on: numbers, times, codes; each made once, and only when asked for."""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from streams.inventory.freshness import instant
from streams.inventory.profile.missing import is_spelled_missing
from streams.inventory.profile.numerals import Number, canonical

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.uint32]

_NUMERAL = re.compile(r"[+-]?(?:0|[1-9][0-9]{0,39})(?:\.[0-9]{1,40})?(?:[eE][+-]?[0-9]{1,3})?")
_NAN = float("nan")


class Rows:
    """Values of some records by field path, one entry a record; None where there is none.

    Blanks and spellings such as ``N/A`` are no values. A string that is a number counts as the number, and 1 and 1.0
    are one value.

    Args:
        size: how many records.
        values: by path, each as long as ``size``: ``str``, ``int``, ``float``, ``bool`` or None.
        types: the semantic type of each field, as far as known.
    """

    def __init__(self, size: int, values: Mapping[str, Sequence[Any]], types: Mapping[str, str]) -> None:
        self.size = size
        self.types = types
        self._values = values
        self._texts: dict[str, list[str | None]] = {}
        self._numbers: dict[str, Floats] = {}
        self._times: dict[str, Floats] = {}
        self._codes: dict[str, Codes] = {}

    @property
    def paths(self) -> list[str]:
        """The fields, in the order of their first appearance."""
        return list(self._values)

    def values(self, path: str) -> Sequence[Any]:
        """Return the values as they are; all None for a field that none of the records has."""
        found = self._values.get(path)
        return [None] * self.size if found is None else found

    def texts(self, path: str) -> list[str | None]:
        """Return each value's text; None where there is no value."""
        found = self._texts.get(path)
        if found is None:
            found = self._texts[path] = texts_of(self.values(path))
        return found

    def numbers(self, path: str) -> Floats:
        """Return the values as doubles; NaN where one is no finite number."""
        found = self._numbers.get(path)
        if found is None:
            found = self._numbers[path] = numbers_of(self.values(path))
        return found

    def times(self, path: str) -> Floats:
        """Return the values as seconds since 1970; NaN where one is no instant (ISO 8601, or epoch s to ns)."""
        found = self._times.get(path)
        if found is None:
            found = self._times[path] = _times_of(self.values(path))
        return found

    def codes(self, path: str) -> Codes:
        """Return a 32-bit hash of each value's text, the same in all processes; 0 where there is no value."""
        found = self._codes.get(path)
        if found is None:
            found = self._codes[path] = _codes_of(self.texts(path))
        return found

    def present(self, path: str) -> Bools:
        """Return which records have a value."""
        return np.asarray(self.codes(path) != 0)


def texts_of(values: Sequence[Any]) -> list[str | None]:
    """Return each value's text; None for no value, blanks and spellings of missing ones."""
    known: dict[Any, str | None] = {None: None}
    for value in {value for value in values if type(value) is str}:
        known[value] = None if not value.strip() or is_spelled_missing(value) else value
    return [known[value] if value is None or type(value) is str else _text(value) for value in values]


def _text(value: Any) -> str | None:
    if type(value) is bool:
        return str(value).lower()
    if type(value) is float and not np.isfinite(value):
        return None
    number: Number = canonical(value) if type(value) is float else value
    # Beyond 64 bits in hexadecimal, which takes linear time and no bound on digits.
    return str(number) if -(2**63) <= number < 2**63 else f"{int(number):#x}"


def code_of(text: str) -> int:
    """Return the 32-bit hash of a text, never 0."""
    return int(_codes_of([text])[0])


def _codes_of(texts: Sequence[str | None]) -> Codes:
    crc = zlib.crc32
    known = {text: crc(text.encode("utf-8", "replace")) for text in set(texts) if text is not None}
    raw = np.array([0 if text is None else known[text] for text in texts], dtype=np.uint32)
    # CRC is linear: similar texts must not share the bits that choose what is remembered (MurmurHash3's finaliser).
    mixed = raw ^ (raw >> np.uint32(16))
    mixed *= np.uint32(0x85EBCA6B)
    mixed ^= mixed >> np.uint32(13)
    mixed *= np.uint32(0xC2B2AE35)
    mixed ^= mixed >> np.uint32(16)
    mixed[mixed == 0] = 1
    missing = np.array([text is None for text in texts], dtype=np.bool_)
    mixed[missing] = 0
    return mixed


def numbers_of(values: Sequence[Any]) -> Floats:
    """Return the values as doubles; NaN where one is no finite number (numeric strings are)."""
    kinds = set(map(type, values))
    if kinds <= {float}:
        found = np.array(values, dtype=np.float64)
    else:
        known = {value: _numeral(value) for value in {value for value in values if type(value) is str}}
        found = np.array(
            [known[value] if type(value) is str else _double(value) for value in values], dtype=np.float64
        )
    found[~np.isfinite(found)] = _NAN
    return found


def _numeral(text: str) -> float:
    return float(text) if _NUMERAL.fullmatch(text) else _NAN


def _double(value: Any) -> float:
    if type(value) is int or type(value) is float:
        try:
            return float(value)
        except OverflowError:
            return _NAN
    return _NAN


def _times_of(values: Sequence[Any]) -> Floats:
    known: dict[Any, float] = {}
    found = np.empty(len(values))
    for row, value in enumerate(values):
        if value is None or type(value) is bool:
            found[row] = _NAN
            continue
        time = known.get(value)
        if time is None:
            time = known[value] = _seconds(value)
        found[row] = time
    return found


def _seconds(value: str | Number) -> float:
    if isinstance(value, str) and _NUMERAL.fullmatch(value):
        value = float(value)
    moment = instant(value)
    return _NAN if moment is None else moment.timestamp()
