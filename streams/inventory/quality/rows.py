"""A few records as columns that rules can work on: numbers, times, codes; each made once, and only when asked for."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from streams.inventory.cleaning.rules import numbers as written_numbers
from streams.inventory.freshness import instant
from streams.inventory.profile.missing import find_missing
from streams.inventory.profile.numerals import Number, canonical

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.uint32]

_NUMERAL = re.compile(r"[+-]?(?:0|[1-9][0-9]{0,39})(?:\.[0-9]{1,40})?(?:[eE][+-]?[0-9]{1,3})?")
_NAN = float("nan")
#: Longest number in a notation of people, and signs of which each has one.
_WRITTEN = 24
_SIGNS = frozenset(",%€$£¥₹₽₩元")
_EXPONENT = 6
_TEXT = {str, type(None)}


class Rows:
    """Values of some records by field path, one entry a record; None where there is none.

    Blanks and spellings such as ``N/A`` are no values. A string that is a number counts as the number, and 1 and 1.0
    are one value.

    Args:
        size: how many records.
        values: by path, each as long as ``size``: ``str``, ``int``, ``float``, ``bool`` or None.
        types: the semantic type of each field, as far as known.
        coded: fields of which codes will be asked for: they are made together, which takes less.
    """

    def __init__(
        self,
        size: int,
        values: Mapping[str, Sequence[Any]],
        types: Mapping[str, str],
        coded: Iterable[str] = (),
    ) -> None:
        self.size = size
        self.types = types
        self._values = values
        self._coded = coded
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
            paths = dict.fromkeys([path, *(one for one in self._coded if one not in self._codes)])
            self._codes.update(zip(paths, codes_of([self.values(one) for one in paths]), strict=True))
            found = self._codes[path]
        return found

    def present(self, path: str) -> Bools:
        """Return which records have a value."""
        return np.asarray(self.codes(path) != 0)


def texts_of(values: Sequence[Any]) -> list[str | None]:
    """Return each value's text; None for no value, blanks and spellings of missing ones."""
    others = set(map(type, values)) - _TEXT
    missing = _missing(values)
    if not others:
        return [None if value in missing else value for value in values] if missing else list(values)
    return [
        value
        if value is None
        else None
        if value in missing
        else value
        if type(value) is str
        else _text(value)
        for value in values
    ]


def _missing(values: Sequence[Any]) -> set[str]:
    """Return which of the texts are blank or spellings of missing ones."""
    texts = [value for value in set(values) if type(value) is str]
    return {texts[place] for places in find_missing(texts) for place in places}


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
    return int(_hashes([text])[0])


def codes_of(columns: Iterable[Sequence[Any]]) -> list[Codes]:
    """Return the codes of the values of some fields; see :meth:`Rows.codes`."""
    texts = [values if set(map(type, values)) <= _TEXT else texts_of(values) for values in columns]
    different = [text for text in set[str | None]().union(*texts) if text is not None]
    known: dict[str | None, int] = dict(zip(different, _hashes(different).tolist(), strict=True))
    known[None] = 0
    known.update(dict.fromkeys(_missing(different), 0))
    return [
        np.fromiter(map(known.__getitem__, column), dtype=np.uint32, count=len(column)) for column in texts
    ]


def _hashes(texts: Sequence[str]) -> Codes:
    crc = zlib.crc32
    try:
        raw = np.fromiter(map(crc, map(str.encode, texts)), dtype=np.uint32, count=len(texts))
    except UnicodeEncodeError:  # a lone surrogate
        raw = np.array([crc(text.encode("utf-8", "replace")) for text in texts], dtype=np.uint32)
    # CRC is linear: similar texts must not share the bits that choose what is remembered (MurmurHash3's finaliser).
    mixed = raw ^ (raw >> np.uint32(16))
    mixed *= np.uint32(0x85EBCA6B)
    mixed ^= mixed >> np.uint32(13)
    mixed *= np.uint32(0xC2B2AE35)
    mixed ^= mixed >> np.uint32(16)
    mixed[mixed == 0] = 1
    return mixed


def numbers_of(values: Sequence[Any]) -> Floats:
    """Return the values as doubles; NaN where one is no finite number.

    Numeric strings are numbers, and so is what people write where it tells by itself how it is meant: ``1.234,56 €``.
    """
    kinds = set(map(type, values))
    if kinds <= {float}:
        found = np.array(values, dtype=np.float64)
    elif kinds <= _TEXT:
        known = {value: _NAN if value is None else _numeral(value) for value in set(values)}
        found = np.fromiter(map(known.__getitem__, values), dtype=np.float64, count=len(values))
    else:
        known = {value: _numeral(value) for value in {value for value in values if type(value) is str}}
        found = np.array(
            [known[value] if type(value) is str else _double(value) for value in values], dtype=np.float64
        )
    found[~np.isfinite(found)] = _NAN
    return found


def _numeral(text: str) -> float:
    if _NUMERAL.fullmatch(text):
        return float(text)
    if len(text) <= _WRITTEN and not _SIGNS.isdisjoint(text):
        number = written_numbers.value(text, "")
        return _NAN if number is None else float(number)
    return _NAN


def decimals_of(text: str) -> int:
    """Return how many decimals a number is written with; one with an exponent has as many as there may be."""
    if _NUMERAL.fullmatch(text):
        return _EXPONENT if "e" in text.lower() else len(text.partition(".")[2])
    one = written_numbers.read(text)
    point = written_numbers.point_of(one.digits) if one is not None else None
    return len(one.digits.rpartition(point)[2]) if one is not None and point else 0


def _double(value: Any) -> float:
    if type(value) is int or type(value) is float:
        try:
            return float(value)
        except OverflowError:
            return _NAN
    return _NAN


def _times_of(values: Sequence[Any]) -> Floats:
    if bool in set(map(type, values)):
        values = [None if type(value) is bool else value for value in values]
    known = {value: _NAN if value is None else _seconds(value) for value in set(values)}
    return np.fromiter(map(known.__getitem__, values), dtype=np.float64, count=len(values))


def _seconds(value: str | Number) -> float:
    if isinstance(value, str) and _NUMERAL.fullmatch(value):
        value = float(value)
    moment = instant(value)
    return _NAN if moment is None else moment.timestamp()
