r"""Numbers and their texts: which strings are numbers, and how a number is written.

A string is a number when it reads, from the first to the last character,
``[+-]? (0 | [1-9][0-9]*) (\.[0-9]+)? ([eE][+-]?[0-9]+)?``
and lies within the range of doubles. So ``00123`` is no number but a code (its zeros mean something), and neither
is ``1_000``, ``0x1f``, ``inf``, ``nan``, ``.5``, ``5.``, ``1,5`` or anything with blanks around it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import orjson
import pyarrow as pa
import pyarrow.compute as pc

Number = int | float

#: RE2, where ``$`` without flags is the very end.
_GRAMMAR = r"^[+-]?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$"

#: Integers up to here are exact as doubles.
EXACT_INT = 2**53
#: Integers up to here are written with all their digits even when they came as doubles.
_PLAIN_INT = 2**63
#: What a numeral is made of.
_SIGNS = b"0123456789+-.eE"
#: Shorter numerals are exact as doubles, as far as they are whole.
_LONG = 16
#: No longer numeral is taken for a number: nobody counts with 320 digits, and each costs quadratic time.
_MAX_NUMERAL = 320


class Numbers(NamedTuple):
    """Distinct numbers with how often each was seen."""

    values: npt.NDArray[np.float64]
    """Finite numbers that are exact as doubles (or are doubles)."""
    counts: npt.NDArray[np.int64]
    big: list[tuple[int, int]]
    """(integer, count) of the integers that no double can hold exactly."""

    @property
    def total(self) -> int:
        """How many numbers, all occurrences counted."""
        return int(self.counts.sum()) + sum(count for _, count in self.big)

    def as_doubles(self) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]:
        """Return (values, counts) of all, the big integers rounded to the nearest double."""
        if not self.big:
            return self.values, self.counts
        values, counts = zip(*self.big, strict=True)
        return (
            np.concatenate([self.values, np.array(values, dtype=np.float64)]),
            np.concatenate([self.counts, np.array(counts, dtype=np.int64)]),
        )


_NO_NUMBERS = Numbers(np.empty(0), np.empty(0, dtype=np.int64), [])


def parse_texts(texts: Sequence[str], counts: npt.NDArray[np.int64]) -> Numbers:
    """Return the numbers among distinct texts (see the grammar above) with their counts."""
    likely = _likely(texts)
    if likely is not None:
        if not likely:
            return _NO_NUMBERS
        if len(likely) < len(texts):
            texts, counts = [texts[place] for place in likely], counts[likely]
        plain = _plain_numerals(texts)
        if plain is not None:
            return Numbers(plain, counts, [])
    column = pa.array(texts, pa.string())
    matches = pc.match_substring_regex(column, _GRAMMAR).to_numpy(zero_copy_only=False)
    places = np.flatnonzero(matches)
    if not len(places):
        return _NO_NUMBERS
    column = column.take(pa.array(places))
    # Only long numerals can be beyond 2**53 or out of range; they are few, or the column is one of ids.
    long = pc.greater_equal(pc.binary_length(column), _LONG).to_numpy(zero_copy_only=False)
    short = column if not long.any() else column.filter(pa.array(~long))
    values = pc.cast(short, pa.float64()).to_numpy(zero_copy_only=False)
    picked = counts[places]
    extra = _long_numerals(column.filter(pa.array(long)).to_pylist(), picked[long])
    finite = np.isfinite(values)
    values, picked = values[finite], picked[~long][finite]
    return Numbers(np.concatenate([values, extra.values]), np.concatenate([picked, extra.counts]), extra.big)


def _likely(texts: Sequence[str]) -> list[int] | None:
    """Return the places of the texts that have no other signs than numerals have; None when one has several lines."""
    rest = "\n".join(texts).encode().translate(None, _SIGNS).split(b"\n")
    if len(rest) != len(texts):
        return None
    return [place for place, signs in enumerate(rest) if not signs]


def _plain_numerals(texts: Sequence[str]) -> npt.NDArray[np.float64] | None:
    """Return texts of nothing but the signs of numerals as numbers; None when one of them is long, or no numeral.

    It takes a tenth of the time. The grammar above is JSON's but for a plus.
    """
    if len(max(texts, key=len)) >= _LONG:
        return None
    try:
        numbers = orjson.loads(f"[{','.join(texts)}]")
    except orjson.JSONDecodeError:
        return None
    return np.fromiter(numbers, np.float64, len(texts)) if len(numbers) == len(texts) else None


def _long_numerals(texts: list[str], counts: npt.NDArray[np.int64]) -> Numbers:
    found: list[tuple[Number, int]] = []
    for text, count in zip(texts, counts.tolist(), strict=True):
        if len(text) > _MAX_NUMERAL:
            continue
        value: Number = float(text)
        if np.isfinite(value):
            found.append((int(text) if text.lstrip("+-").isdigit() else value, count))
    return from_numbers([value for value, _ in found], np.array([n for _, n in found], dtype=np.int64))


def from_numbers(numbers: Sequence[Number], counts: npt.NDArray[np.int64]) -> Numbers:
    """Sort distinct finite numbers into doubles and integers that no double can hold."""
    if not numbers:
        return _NO_NUMBERS
    values = np.array(numbers, dtype=np.float64)
    large = np.flatnonzero(np.abs(values) >= EXACT_INT).tolist()
    inexact = [place for place in large if int(values[place]) != numbers[place]]
    if not inexact:
        return Numbers(values, counts, [])
    big = [(int(numbers[place]), int(counts[place])) for place in inexact]
    return Numbers(np.delete(values, inexact), np.delete(counts, inexact), big)


def canonical(number: Number) -> Number:
    """Return the one form of a finite number: 1.0, 1 and 1e0 are all 1. Depends on the numeric value alone.

    Whole numbers below 2**63 are ``int``, other doubles ``float``, and what no double can hold is ``int``.
    """
    if type(number) is float:
        return int(number) if number.is_integer() and abs(number) < _PLAIN_INT else number
    if abs(number) < _PLAIN_INT:
        return number
    rounded = float(number)
    return rounded if int(rounded) == number else number


def number_text(number: Number) -> str:
    """Return a finite number's text, the same for equal numbers: ``1`` for 1 and 1.0, ``0.1``, ``1e300``."""
    return number_texts([number])[0]


def number_texts(numbers: Iterable[Number]) -> list[str]:
    """Return the text of each finite number."""
    # Most doubles are in their form already, which is quicker told here.
    forms = [
        number if type(number) is float and not number.is_integer() else canonical(number)
        for number in numbers
    ]
    if not forms:
        return []
    try:
        return orjson.dumps(forms).decode()[1:-1].split(",")
    except TypeError:  # an integer beyond 64 bits
        return [str(form) if type(form) is int else orjson.dumps(form).decode() for form in forms]
