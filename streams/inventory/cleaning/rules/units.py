"""Measures in several units -> one unit, exactly. Thirty factors do not earn a library of units."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from streams.inventory.cleaning.base import Scalar, Signs


class _Unit(NamedTuple):
    kind: str
    factor: Fraction
    symbol: str


def _units() -> dict[str, _Unit]:
    """Return each spelling's unit. Factors are exact by definition (NIST SP 811; 斤 and 两 of 1959)."""
    # fmt: off
    rows = (
        ("mass", "0.001", "mg", "mg milligram milligrams 毫克"),
        ("mass", "1", "g", "g gr gram grams gramm 克 grm"),
        ("mass", "1000", "kg", "kg kgs kilo kilos kilogram kilograms 公斤 千克 kgm"),
        ("mass", "1000000", "t", "t tonne tonnes 吨"),
        ("mass", "500", "斤", "斤 市斤"),
        ("mass", "50", "两", "两"),
        ("mass", "28.349523125", "oz", "oz ounce ounces"),
        ("mass", "453.59237", "lb", "lb lbs pound pounds 磅"),
        ("length", "1", "mm", "mm millimeter millimeters millimetre millimetres 毫米"),
        ("length", "10", "cm", "cm centimeter centimeters centimetre centimetres 厘米 公分"),
        ("length", "1000", "m", "m meter meters metre metres 米"),
        ("length", "1000000", "km", "km 千米 公里"),
        ("length", "25.4", "in", 'in inch inches " 英寸 寸'),
        ("length", "304.8", "ft", "ft foot feet 英尺"),
        ("volume", "1", "ml", "ml milliliter milliliters millilitre millilitres 毫升"),
        ("volume", "10", "cl", "cl"),
        ("volume", "1000", "l", "l liter liters litre litres 升"),
    )
    # fmt: on
    return {
        spelling: _Unit(kind, Fraction(factor), symbol)
        for kind, factor, symbol, spellings in rows
        for spelling in spellings.split()
    }


_UNITS = _units()
_MEASURE = re.compile(
    r"(?P<number>[0-9]{1,15}(?:\.[0-9]{1,15}|,[0-9]{1,2})?) ?(?P<unit>[^\W\d_]{1,12}|\")\.?"
)
_LONGEST = 40
_DIGITS = 15


def _measure(text: str) -> tuple[Fraction, _Unit] | None:
    if len(text) > _LONGEST:
        return None
    found = _MEASURE.fullmatch(unicodedata.normalize("NFKC", text).strip())
    unit = _UNITS.get(found["unit"].lower()) if found else None
    if found is None or unit is None:
        return None
    return Fraction(found["number"].replace(",", ".")), unit


class Decision(NamedTuple):
    """What samples tell of a field's units."""

    unit: str
    """The one that most values have; "" when there are not several, or of several kinds."""
    measures: int
    """Values that are a number with a unit."""


def decide(texts: Iterable[str]) -> Decision:
    """Decide on a field's canonical unit from samples, each once."""
    found = [measure[1] for text in texts if (measure := _measure(text)) is not None]
    symbols = Counter(unit.symbol for unit in found)
    one_kind = len({unit.kind for unit in found}) == 1
    unit = (
        min(symbols, key=lambda symbol: (-symbols[symbol], symbol)) if one_kind and len(symbols) > 1 else ""
    )
    return Decision(unit, len(found))


class OneUnit:
    """Writes measures in one unit: ``0.5 kg`` as ``500 g``.

    Args:
        symbol: of that unit, as :func:`decide` found it.
    """

    name = "unit"
    says = "measures in another unit than most, converted"

    def __init__(self, symbol: str) -> None:
        self._unit = _UNITS[symbol]

    def suspects(self, signs: Signs) -> bool:
        """Always: which unit a text has is in its letters."""
        del signs
        return True

    def clean(self, text: str) -> Scalar:
        """Return the measure in the field's unit, or the text as it is."""
        measure = _measure(text)
        if measure is None or measure[1].kind != self._unit.kind or measure[1].symbol == self._unit.symbol:
            return text
        written = _written(measure[0] * measure[1].factor / self._unit.factor)
        return f"{written} {self._unit.symbol}"


def _written(number: Fraction) -> str:
    """Return a number with at most 15 significant digits, without zeros at its end."""
    rounded = Decimal(f"{number.numerator / number.denominator:.{_DIGITS}g}")
    return f"{rounded.normalize():f}"
