"""The exact figures of a list of values, in plain Python; of the code under test only its list of spellings."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from streams.inventory.profile.missing import SPELLINGS

NUMBER = re.compile(r"[+-]?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
TYPES = {str: "string", bool: "boolean", int: "number", float: "number"}


@dataclass
class Exact:
    types: dict[str, int]
    nulls: int
    blanks: int
    spelled: int
    texts: Counter[str]
    numbers: list[int | float]
    lengths: list[int]
    strings: list[str]

    @property
    def sum(self) -> Fraction:
        return sum(map(Fraction, self.numbers), Fraction())

    @property
    def stddev(self) -> float:
        mean = self.sum / len(self.numbers)
        spread = sum((Fraction(x) - mean) ** 2 for x in self.numbers)
        return math.sqrt(spread / (len(self.numbers) - 1))


def exact(values: Sequence[Any]) -> Exact:
    present = [value for value in values if value is not None]
    strings = [value for value in present if isinstance(value, str) and value.strip()]
    numbers = [value for value in present if type(value) in (int, float)]
    numbers += [n for n in map(numeral, strings) if n is not None]
    return Exact(
        types=dict(Counter(TYPES[type(value)] for value in present)),
        nulls=len(values) - len(present),
        blanks=sum(isinstance(value, str) and not value.strip() for value in present),
        spelled=sum(value.strip() in SPELLINGS for value in strings),
        texts=Counter(text(value) for value in present if not isinstance(value, str) or value.strip()),
        numbers=numbers,
        lengths=[len(value) for value in strings],
        strings=[value for value in strings if value.strip() not in SPELLINGS],
    )


def numeral(value: str) -> int | float | None:
    if not NUMBER.fullmatch(value):
        return None
    number = int(value) if value.lstrip("+-").isdigit() else float(value)
    return number if -1.7e308 < number < 1.7e308 else None


def text(value: str | float | bool) -> str:
    """Return the same text for all that is one value: 1, 1.0 and "1"."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value
    return str(int(value)) if value == int(value) else repr(value)
