"""Values that a field's meaning rules out: a negative price, a quantity of zero, an event in the future."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from streams.inventory.freshness import instant
from streams.inventory.profile.field import FieldProfile

NEGATIVE, ZERO = "negative", "zero"

#: What may not be, by type of field, and why. Negative quantities and amounts are returns and refunds, a price of zero
#: a gift: both are told, and called what they may be.
_NUMBERS: Mapping[str, Mapping[str, str]] = {
    "price": {NEGATIVE: "a price is never negative", ZERO: "a price of zero is a gift, or not known"},
    "quantity": {
        ZERO: "a quantity of zero: nothing was bought, or nothing is left",
        NEGATIVE: "a negative quantity is a return, or a correction",
    },
    "weight": {NEGATIVE: "a weight is never negative", ZERO: "nothing weighs nothing"},
    "length": {NEGATIVE: "a length is never negative", ZERO: "nothing has no length"},
    "age": {NEGATIVE: "an age is never negative"},
    "rating": {NEGATIVE: "a rating is never negative"},
    "duration": {NEGATIVE: "a duration is never negative"},
    "amount": {NEGATIVE: "a negative amount is a refund, or a correction"},
    "position": {NEGATIVE: "a position is never negative"},
}
#: Numbers that are odd rather than wrong.
_ODD = frozenset(
    {("price", ZERO), ("quantity", ZERO), ("quantity", NEGATIVE), ("amount", NEGATIVE)},
)
_DATES = frozenset({"timestamp", "birth_date"})
#: Clocks differ: so much ahead is no future.
_AHEAD = timedelta(days=1)
#: A field of which a greater share of so many values lies ahead holds plans: when something expires, or is due.
_PLANS, _PLANNED = 0.2, 20


def impossible(semantic_type: str, field: FieldProfile, now_ms: int) -> list[dict[str, Any]]:
    """Return what is impossible or odd about a field's values, each with its count and the reason.

    Args:
        semantic_type: what the field means.
        field: its profile. Of a masked one nothing is told.
        now_ms: the time of reading, epoch milliseconds: later dates are in the future.

    Counts are of the values that the profile holds, with ``high`` for what the others may add. Where the first and the
    latest wrong record stand, the quality of the asset says.
    """
    if field.masked_as is not None:
        return []
    reasons = _NUMBERS.get(semantic_type)
    found = [] if reasons is None else _numbers(semantic_type, reasons, field)
    if semantic_type in _DATES:
        found += _future(field, datetime.fromtimestamp(now_ms / 1000, UTC) + _AHEAD)
    return found


def _numbers(semantic_type: str, reasons: Mapping[str, str], field: FieldProfile) -> list[dict[str, Any]]:
    kept, exact = field.kept()
    least = field.figures().moments.minimum
    if least is None or least > 0:
        return []
    others = 0 if exact else max(field.present - sum(kept.values()), 0)
    numbers = [(number, seen) for text, seen in kept.items() if type(number := _number(text)) is float]
    counts = {
        NEGATIVE: sum(seen for number, seen in numbers if number < 0),
        ZERO: sum(seen for number, seen in numbers if number == 0),
    }
    if least < 0:
        counts[NEGATIVE] = max(counts[NEGATIVE], 1)
    return [
        {
            "what": name,
            "odd": (semantic_type, name) in _ODD,
            "says": says,
            "count": counts[name],
            "high": counts[name] + (others if name == ZERO or least < 0 else 0),
        }
        for name, says in reasons.items()
        if counts[name]
    ]


def _future(field: FieldProfile, limit: datetime) -> list[dict[str, Any]]:
    kept, exact = field.kept()

    def late(text: str) -> bool:
        moment = instant(_number(text))
        return moment is not None and moment > limit

    count = sum(seen for text, seen in kept.items() if late(text))
    others = 0 if exact else max(field.present - sum(kept.values()), 0)
    if not count and not (others and _latest_is(field, late)):
        return []
    seen = sum(kept.values())
    if seen >= _PLANNED and count > _PLANS * seen:
        return []
    says = f"it has not happened yet: later than {limit:%Y-%m-%d %H:%M} UTC"
    count = max(count, 1)
    return [
        {
            "what": "future",
            "odd": False,
            "says": says,
            "count": count,
            "high": count + others,
        }
    ]


def _latest_is(field: FieldProfile, late: Callable[[str], bool]) -> bool:
    figures = field.figures()
    latest = (figures.maximum, figures.moments.maximum)
    return any(late(str(one)) for one in latest if one is not None)


def _number(text: str) -> str | int | float:
    try:
        return float(text)
    except ValueError:
        return text
