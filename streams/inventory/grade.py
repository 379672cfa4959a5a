"""How good the data of an asset is: dimensions with intervals, a score and a grade.

Each dimension is a share of things that are as they should be, with its 95 % Wilson interval:

- *completeness*: of the places where a field could have a value, those that have one. Absent, null and blank count
  against it, and so do spellings such as ``N/A``.
- *validity*: of the values, those of the field's own kind: the JSON type of most of its values; in a field of
  numbers, a string that is a number counts as one; and in a string field of which at least 99 % are numbers, the
  others count against it. A record that could not be read counts as a record's worth of wrong values.
- *uniqueness*: of the values of the key, those that are different. Only where there is a key: a field whose
  meaning says so for this kind of asset (an ``event_id``, the ``item_id`` of items, the ``user_id`` of users, the
  ``order_id`` of orders or payments) and whose values are at least 90 % different; below that it refers to
  something and is no key.

The score is the mean of the dimensions, its interval the mean of theirs. The grade is that of the lower end, so that
few records do not earn a good one: A from .95, B from .90, C from .80, D from .70, E from .50, else F.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from streams.inventory.intervals import Share, wilson
from streams.inventory.profile.distinct import Estimate

_GRADES = ((0.95, "A"), (0.90, "B"), (0.80, "C"), (0.70, "D"), (0.50, "E"))
#: From this share of numbers on, a field of strings is one of numbers.
NUMERIC = 0.99
_KEY = 0.9
_KEYS = {
    "event_id": None,
    "item_id": {"items"},
    "sku": {"items"},
    "gtin": {"items"},
    "user_id": {"users"},
    "order_id": {"orders", "payments"},
}


@dataclass(frozen=True, slots=True)
class FieldQuality:
    """What the grade needs to know of a field."""

    semantic_type: str
    base: int
    """Places where it could have a value."""
    present: int
    """Neither absent nor null nor blank."""
    spelled: int
    """Of these, spellings such as ``N/A``."""
    types: dict[str, int]
    """Values by JSON type."""
    numbers: int
    """Numbers and numeric strings."""
    distinct: Estimate


def quality(kind: str, fields: Sequence[FieldQuality], records: int, quarantined: int) -> dict[str, Any]:
    """Return the ``quality`` of an asset's document; grade and score are None when there is nothing to grade.

    Args:
        kind: the asset's kind.
        fields: its fields.
        records: those that were read.
        quarantined: those that could not be read.
    """
    shares = {"completeness": _completeness(fields), "validity": _validity(fields, records, quarantined)}
    if (key := _uniqueness(kind, fields, records)) is not None:
        shares["uniqueness"] = key
    known = {name: share for name, share in shares.items() if share is not None}
    if not known:
        return {"grade": None, "score": None, "low": None, "high": None, "dimensions": {}}
    whole = Share(*(fmean(column) for column in zip(*known.values(), strict=True)))
    return {
        "grade": grade(whole.low),
        **whole.document(),
        "dimensions": {name: share.document() for name, share in known.items()},
    }


def grade(low: float) -> str:
    """Return the letter for the lower end of a score."""
    return next((letter for bound, letter in _GRADES if low >= bound), "F")


def _completeness(fields: Sequence[FieldQuality]) -> Share | None:
    places = sum(field.base for field in fields)
    filled = sum(min(field.present - field.spelled, field.base) for field in fields)
    return wilson(filled, places) if places else None


def _validity(fields: Sequence[FieldQuality], records: int, quarantined: int) -> Share | None:
    values = sum(field.present for field in fields)
    wrong = sum(map(_of_another_kind, fields))
    unread = quarantined * values / records if values and records else quarantined
    return wilson(values - wrong, values + unread) if values + unread else None


def _of_another_kind(field: FieldQuality) -> int:
    values = field.present - field.spelled
    if field.types.get("number", 0) * 2 > values or (values and field.numbers >= NUMERIC * values):
        return max(values - field.numbers, 0)
    # Blanks and missing spellings are strings too, and are no values.
    strings = field.types.get("string", 0)
    others = sum(field.types.values()) - strings
    counts = {**field.types, "string": max(values - others, 0)}
    return sum(counts.values()) - max(counts.values())


def _uniqueness(kind: str, fields: Sequence[FieldQuality], records: int) -> Share | None:
    keys = [field for field in fields if _is_key(field, kind, records)]
    if not keys:
        return None
    key = max(keys, key=lambda field: (field.present, field.distinct.estimate))
    score, low, high = (wilson(min(distinct, key.present), key.present) for distinct in key.distinct)
    return Share(score.score, low.low, high.high)


def _is_key(field: FieldQuality, kind: str, records: int) -> bool:
    kinds = _KEYS.get(field.semantic_type, set())
    if kinds is not None and kind not in kinds:
        return False
    many = field.present >= _KEY * records and field.present >= 2
    return many and field.distinct.high >= _KEY * field.present
