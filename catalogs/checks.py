"""What can be expected of a field from now on.

Bounds are ends of measured intervals, never the measured figure itself: the data at hand meets every expectation, and
the next records of the same kind of data meet it too, but for the interval's own error. A field gets an expectation
only where its meaning does not let it grow (times, running numbers) and where its values are all seen.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from catalogs.document import Asset, Field
from pandian.intervals import wilson

Rule = Literal["missing", "unique", "range", "values"]

#: Types whose values name one thing each.
KEYS = frozenset(
    {"event_id", "order_id", "item_id", "sku", "gtin", "user_id", "session_id", "identifier", "uuid", "hash"}
)
#: Types whose numbers move on by themselves: their range today says nothing about tomorrow's.
_GROWING = KEYS | {
    "timestamp",
    "date",
    "time_of_day",
    "birth_date",
    "device_id",
    "seller_id",
    "category_code",
}
#: From this share of different values on, a key is one.
_UNIQUE = 0.9
#: At most so many different values are a set, and each was seen so often on average.
_SET, _REPEATED = 20, 20
#: Longer values are shown shortened.
_WHOLE = 256
#: The lowest and the highest rank that the document lists, and the share between them.
_LOW, _HIGH, _BETWEEN = 0.01, 0.99, 0.98
_PLACEHOLDER = re.compile(r"\[(?:email|phone|card|iban|national-id|token)\]")
_DIGITS = 6
_STEPS = 1_000_000


@dataclass(frozen=True, slots=True)
class Check:
    """An expectation of a field."""

    rule: Rule
    dimension: Literal["completeness", "uniqueness", "validity"]
    field: Field
    measured: float
    """The share that meets the rule in the data at hand, between 0 and 1."""
    at_least: float
    """The share of values that must meet the rule: the lower end of the measured share's interval, rounded down."""
    low: float | None = None
    """For ``range``: the least value within it."""
    high: float | None = None
    values: tuple[str, ...] = ()
    """For ``values``: what is allowed."""

    @property
    def at_most_missing(self) -> float:
        """For ``missing``: the share of places that may be empty, rounded up."""
        return round(1 - self.at_least, _DIGITS)

    @property
    def sentence(self) -> str:
        """What is expected, for people."""
        share = f"at least {self.at_least * 100:.4g} %"
        match self.rule:
            case "missing":
                return f"{share} of its places have a value"
            case "unique":
                return f"{share} of its values are different"
            case "range":
                return f"{share} of its values are between {self.low:.12g} and {self.high:.12g}"
            case "values":
                return f"{share} of its values are one of {len(self.values)}"


def checks(asset: Asset) -> list[Check]:
    """Return what can be expected of an asset's fields, in their order."""
    return [check for field in asset.fields for check in field_checks(field)]


def field_checks(field: Field) -> Iterator[Check]:
    """Give what can be expected of one field. Of masked fields: that they are there, and how many are different."""
    for make in (_missing, _unique, _range, _values):
        check = make(field)
        if check is not None and check.at_least > 0:
            yield check


def _missing(field: Field) -> Check | None:
    if not field.count:
        return None
    there = max(field.count - field.missing_spelled, 0)
    return Check(
        "missing", "completeness", field, there / field.places, _floor(wilson(there, field.places).low)
    )


def _unique(field: Field) -> Check | None:
    distinct = field.distinct
    if distinct is None or field.semantic_type not in KEYS or field.only_type is None or field.count < 2:
        return None
    # Blank strings are values to others, and equal ones.
    values = field.count + field.blanks
    least = min(distinct.low, field.count)
    if least < _UNIQUE * values:
        return None
    share = min(distinct.estimate, field.count) / values
    return Check("unique", "uniqueness", field, share, _floor(wilson(least, values).low))


def _range(field: Field) -> Check | None:
    low, high = field.quantile(_LOW), field.quantile(_HIGH)
    if low is None or high is None or field.semantic_type in _GROWING or not numeric(field):
        return None
    within = wilson(_BETWEEN * field.count, field.count)
    return Check("range", "validity", field, _BETWEEN, _floor(within.low), low=low.low, high=high.high)


def numeric(field: Field) -> bool:
    """Whether every value is a number, or every one is a text that is a number."""
    return 0 < field.count == field.numbers and field.only_type in ("number", "string") and not field.blanks


def _values(field: Field) -> Check | None:
    distinct, top = field.distinct, field.top
    if (
        distinct is None
        or not distinct.exact
        or field.only_type != "string"
        or field.numbers
        or field.semantic_type in _GROWING
    ):
        return None
    complete = 0 < len(top) == distinct.estimate <= _SET and sum(one.count for one in top) == field.count
    if not complete or field.count < _REPEATED * len(top):
        return None
    values = tuple(sorted(str(one.value) for one in top))
    if any(len(value) >= _WHOLE or _PLACEHOLDER.search(value) for value in values):
        return None
    seen = field.count + field.blanks
    return Check(
        "values", "validity", field, field.count / seen, _floor(wilson(field.count, seen).low), values=values
    )


def _floor(share: float) -> float:
    return math.floor(share * _STEPS) / _STEPS
