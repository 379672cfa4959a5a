"""Dates in the notations of people -> ISO 8601. Which of two numbers is the day is decided for the field as a whole."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Literal, NamedTuple

from streams.inventory.cleaning.base import Scalar, Signs

Order = Literal["dmy", "mdy", ""]

_CLOCK = (
    r"(?:[T ,]{1,2}(?P<hour>[0-9]{1,2})[:：时](?P<minute>[0-9]{2})(?:[:：分](?P<second>[0-9]{2})秒?)?分?"
    r"(?: ?(?P<half>[AaPp])\.?[Mm]\.?)?)?"
)
_NUMERIC = re.compile(
    r"(?P<one>[0-9]{1,2})(?P<sep>[-/.])(?P<two>[0-9]{1,2})(?P=sep)(?P<year>[0-9]{4}|[0-9]{2})" + _CLOCK
)
_YEAR_FIRST = re.compile(
    r"(?P<year>[0-9]{4})(?:(?P<sep>[-/.])(?P<month>[0-9]{1,2})(?P=sep)(?P<day>[0-9]{1,2})"
    r"|年 ?(?P<month2>[0-9]{1,2}) ?月 ?(?P<day2>[0-9]{1,2}) ?[日号])" + _CLOCK
)
_MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), start=1
    )
}
_NAME = (
    r"(?P<name>Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?"
    r"|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\.?"
)
_NAMED = (
    re.compile(rf"(?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?[ -]{_NAME},?[ -](?P<year>[0-9]{{4}}){_CLOCK}", re.I),
    re.compile(rf"{_NAME} (?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?,? (?P<year>[0-9]{{4}}){_CLOCK}", re.I),
    re.compile(rf"{_NAME}-(?P<day>[0-9]{{1,2}})-(?P<year>[0-9]{{4}}|[0-9]{{2}}){_CLOCK}", re.I),
)
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ].*)?", re.DOTALL)
_LONGEST = 40
#: Years of two digits below this are of this century (POSIX strptime).
_PIVOT = 69


class Decision(NamedTuple):
    """What samples tell of a field's dates."""

    order: Order
    """``dmy``, ``mdy``, or "" when nothing or both tell."""
    day_first: int
    """Values that can only have the day first."""
    month_first: int
    ambiguous: int
    """Values that could have either."""
    dates: int
    """Values that are dates in any notation."""
    ordered: int
    """Of these, values whose notation asks for the order."""


def decide(texts: Iterable[str]) -> Decision:
    """Decide from samples, each once: the values with a number above 12 tell, if they agree."""
    day_first = month_first = ambiguous = dates = ordered = 0
    for text in texts:
        found = _NUMERIC.fullmatch(text) if len(text) <= _LONGEST else None
        if found is None:
            dates += iso(text, "") is not None or _ISO.fullmatch(text) is not None
            continue
        as_days, as_months = (iso(text, order) is not None for order in ("dmy", "mdy"))
        if not (as_days or as_months):
            continue
        dates += 1
        ordered += 1
        day_first += as_days and not as_months
        month_first += as_months and not as_days
        ambiguous += as_days and as_months and found["one"] != found["two"]
    order: Order = ""
    if day_first and not month_first:
        order = "dmy"
    elif month_first and not day_first:
        order = "mdy"
    return Decision(order, day_first, month_first, ambiguous, dates, ordered)


def iso(text: str, order: Order) -> str | None:
    """Return a date, with its time if it has one, in ISO 8601; None when it is none, or not for sure."""
    if len(text) > _LONGEST:
        return None
    if found := _NUMERIC.fullmatch(text):
        days = found["one"], found["two"]
        if order:
            day, month = days if order == "dmy" else days[::-1]
            return _written(found, found["year"], int(month), day)
        return _written(found, found["year"], int(days[0]), days[0]) if days[0] == days[1] else None
    if found := _YEAR_FIRST.fullmatch(text):
        month, day = found["month"] or found["month2"], found["day"] or found["day2"]
        return _written(found, found["year"], int(month), day)
    for pattern in _NAMED:
        if found := pattern.fullmatch(text):
            return _written(found, found["year"], _MONTHS[found["name"][:3].lower()], found["day"])
    return None


def _written(found: re.Match[str], year: str, month: int, day: str) -> str | None:
    number = int(year) if len(year) == 4 else int(year) + (2000 if int(year) < _PIVOT else 1900)
    try:
        if found["hour"] is None:
            return datetime(number, month, int(day)).date().isoformat()
        hour = _hour(int(found["hour"]), found["half"])
        moment = datetime(number, month, int(day), hour, int(found["minute"]), int(found["second"] or 0))
    except ValueError:
        return None
    return moment.isoformat()


def _hour(hour: int, half: str | None) -> int:
    if half is None:
        return hour
    if not 1 <= hour <= 12:
        raise ValueError
    return hour % 12 + 12 * (half in "Pp")


class Dates:
    """Writes dates as ISO 8601 does; those that are already, with a blank for the T too, stay.

    Args:
        order: of day and month in the field; "" leaves dates that ask for it.
    """

    name = "date"
    says = "dates in a notation of people, written as ISO 8601 has them"

    def __init__(self, order: Order) -> None:
        self._order: Order = order

    def suspects(self, signs: Signs) -> bool:
        """Look for what ISO 8601 does not have."""
        joined = signs.joined
        return not signs.ascii or "/" in joined or "." in joined or _NOT_ISO.search(joined) is not None

    def clean(self, text: str) -> Scalar:
        """Return the date, or the text as it is."""
        if _ISO.fullmatch(text):
            return text
        return iso(text, self._order) or text


#: Behind a mark or a blank, letters or fewer than four digits before a dash or a blank.
_NOT_ISO = re.compile(r"\x00(?![0-9]{4}-[0-9]{2}-[0-9]{2}[T \x00])[^\x00]")
