"""Count, extremes, sum and spread of numbers, without any rounding on the way.

A double is a whole number times a power of two, so a sum of doubles is kept as one big integer in units of 2**-1126
(the last bit of the smallest double's mantissa), and the sum of squares in units of 2**-2252. Sums are therefore
the same whatever the order, the batches and the merges, and correct under any cancellation. The additions are
vectorised: mantissas are cut into limbs small enough for 64-bit sums.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from streams.inventory.profile.numerals import Number, Numbers, canonical

_UNIT = 1126
_LIMB = 18
_MASK = (1 << _LIMB) - 1
#: Counts are taken 12 bits at a time and values 8,192 at a time: 12 + 13 + 38 bits of the largest limb product
#: stay below 2**63.
_COUNT_BITS = 12
_ROWS = 8_192
#: Sums below fit into 64 bits, rounded though they are.
_FITS = 2.0**62
#: Powers of two of each row that :func:`_limbs` returns.
_SUM_SHIFTS = (2 * _LIMB, _LIMB, 0)
_SQUARE_SHIFTS = (4 * _LIMB, 3 * _LIMB, 2 * _LIMB, _LIMB, 0)

Integers = npt.NDArray[np.int64]


class Moments:
    """Exact statistics of numbers. Merging and batching change no bit of them."""

    __slots__ = ("_squares", "_sum", "count", "maximum", "minimum")

    def __init__(self) -> None:
        self.count = 0
        self.minimum: Number | None = None
        self.maximum: Number | None = None
        self._sum = 0
        self._squares = 0

    def add(self, numbers: Numbers) -> None:
        """Count numbers in."""
        values, counts, big = numbers
        for value, count in big:
            self.count += count
            self._sum += (value << _UNIT) * count
            self._squares += (value * value << 2 * _UNIT) * count
            self._extend(value, value)
        if len(values):
            self.count += int(counts.sum())
            self._extend(canonical(float(values.min())), canonical(float(values.max())))
            if not self._add_small(values, counts):
                for start in range(0, len(values), _ROWS):
                    self._add_doubles(values[start : start + _ROWS], counts[start : start + _ROWS])

    def _extend(self, low: Number, high: Number) -> None:
        self.minimum = low if self.minimum is None else min(self.minimum, low)
        self.maximum = high if self.maximum is None else max(self.maximum, high)

    def _add_small(self, values: npt.NDArray[np.float64], counts: Integers) -> bool:
        """Count whole numbers in whose squares add up within 64 bits; tell whether they do."""
        largest = max(abs(float(values.min())), abs(float(values.max())))
        if not largest * largest * float(counts.sum()) < _FITS:
            return False
        whole = values.astype(np.int64)
        if not np.array_equal(whole, values):
            return False
        weighted = whole * counts
        self._sum += int(weighted.sum()) << _UNIT
        self._squares += int((whole * weighted).sum()) << 2 * _UNIT
        return True

    def _add_doubles(self, values: npt.NDArray[np.float64], counts: Integers) -> None:
        mantissas, exponents = np.frexp(values)
        order = np.argsort(exponents, kind="stable")
        exponents = exponents[order]
        starts = np.concatenate([[0], np.flatnonzero(np.diff(exponents)) + 1])
        limbs = _limbs(np.ldexp(mantissas[order], 53).astype(np.int64))
        counts = counts[order]
        shift = 0
        while counts.any():
            sums = np.add.reduceat(limbs * (counts & ((1 << _COUNT_BITS) - 1)), starts, axis=1)
            for exponent, column in zip(exponents[starts].tolist(), sums.T.tolist(), strict=True):
                place = exponent - 53 + _UNIT
                self._sum += _join(column[:3], _SUM_SHIFTS) << (place + shift)
                self._squares += _join(column[3:], _SQUARE_SHIFTS) << (2 * place + shift)
            counts = counts >> _COUNT_BITS
            shift += _COUNT_BITS

    @property
    def sum(self) -> Number | None:
        """The sum: an int when it is whole, else rounded once; None for one beyond the range of doubles."""
        whole, rest = divmod(self._sum, 1 << _UNIT)
        return whole if not rest else _ratio(self._sum, 1 << _UNIT)

    @property
    def mean(self) -> float | None:
        """The mean, rounded once; None without numbers."""
        return _ratio(self._sum, self.count << _UNIT) if self.count else None

    @property
    def stddev(self) -> float | None:
        """The sample standard deviation (n - 1); None below two numbers."""
        if self.count < 2:
            return None
        spread = self.count * self._squares - self._sum * self._sum
        variance = _ratio(spread, self.count * (self.count - 1) << 2 * _UNIT)
        return None if variance is None else math.sqrt(variance)

    def merge(self, other: Moments) -> None:
        """Add what another one counted."""
        self.count += other.count
        self._sum += other._sum
        self._squares += other._squares
        if other.minimum is not None and other.maximum is not None:
            self._extend(other.minimum, other.maximum)

    def state(self) -> dict[str, Any]:
        """Return the state as JSON values."""
        return {
            "count": self.count,
            "sum": _pack(self._sum),
            "squares": _pack(self._squares),
            "extremes": [_number_to_json(self.minimum), _number_to_json(self.maximum)],
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take over what :meth:`state` gave."""
        self.count = state["count"]
        self._sum = _unpack(state["sum"])
        self._squares = _unpack(state["squares"])
        self.minimum, self.maximum = map(_number_from_json, state["extremes"])


def _limbs(whole: Integers) -> Integers:
    """Return mantissas as three limbs (rows 0-2) and their squares as five (rows 3-7), highest first."""
    high, middle, low = whole >> 2 * _LIMB, (whole >> _LIMB) & _MASK, whole & _MASK
    return np.stack(
        [
            high,
            middle,
            low,
            high * high,
            2 * high * middle,
            2 * high * low + middle * middle,
            2 * middle * low,
            low * low,
        ]
    )


def _join(limbs: list[int], shifts: tuple[int, ...]) -> int:
    return sum(limb << shift for limb, shift in zip(limbs, shifts, strict=True))


def _ratio(numerator: int, denominator: int) -> float | None:
    try:
        return numerator / denominator
    except OverflowError:
        return None


def _pack(number: int) -> list[Any]:
    """Return a big integer without its trailing zero bits, as [hexadecimal, zero bits]."""
    zeros = (number & -number).bit_length() - 1 if number else 0
    return [format(number >> zeros, "x"), zeros]


def _unpack(state: list[Any]) -> int:
    zeros: int = state[1]
    return int(state[0], 16) << zeros


def _number_to_json(number: Number | None) -> Number | str | None:
    return str(number) if isinstance(number, int) and abs(number) >= 2**63 else number


def _number_from_json(state: Number | str | None) -> Number | None:
    return int(state) if isinstance(state, str) else state
