"""Identifiers and times in the many ways in which files spell them, a whole column at a time."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import numpy.typing as npt

from pandian.events import MAX_ID_BYTES, NO_IDS

Numbers = npt.NDArray[np.float64]

#: Milliseconds of one unit, for numbers up to a size: seconds until the year 5138, and so on.
_UNITS = ((1e11, 1e3), (1e14, 1.0), (1e17, 1e-3), (math.inf, 1e-6))
#: 1 January of the year 1 and of the year 10000, epoch milliseconds.
_EARLIEST, _LATEST = -62_135_596_800_000, 253_402_300_800_000
#: Longest text that is looked at as a time: of more digits than a second has, ISO 8601 is read without a limit.
_LONGEST = 40
#: As in a stream, and as data frames write it.
_NOTHING = NO_IDS | {"<na>", "nat"}
#: A whole number as a column of floats spells it.
_WHOLE_FLOAT = re.compile(r"-?[0-9]{1,15}\.0+")


def identifiers(values: Sequence[Any]) -> list[str | None]:
    """Return values as identifiers: a number as its shortest decimal text; None where there is none."""
    names: dict[str | float, str | None] = {}
    found: list[str | None] = []
    for value in values:
        if not isinstance(value, str | int | float) or value is True or value is False:
            found.append(None)
            continue
        if value not in names:
            names[value] = _identifier(value)
        found.append(names[value])
    return found


def times(values: Sequence[Any]) -> Numbers:
    """Return epoch milliseconds [rows], NaN where a value is no time.

    Numbers, also as text, are seconds, milliseconds, microseconds or nanoseconds, which the median of the column
    decides for all of it; texts are ISO 8601, UTC unless they say otherwise.
    """
    numbers = _numbers(values)
    sound = np.isfinite(numbers)
    if sound.any():
        middle = float(np.median(np.abs(numbers[sound])))
        numbers *= next(factor for below, factor in _UNITS if middle < below)
    known: dict[Any, float] = {}
    for row in np.flatnonzero(~sound).tolist():
        value = values[row]
        if isinstance(value, str | date):
            if value not in known:
                known[value] = _moment(value)
            numbers[row] = known[value]
    with np.errstate(invalid="ignore"):
        numbers[~((numbers >= _EARLIEST) & (numbers < _LATEST))] = np.nan
    return numbers


def shape(value: object) -> str:
    """Return how a value looks without telling it: ``2011-12-01 8h`` is ``9999-99-99 9a``."""
    text = re.sub(r"[^\W\d_]", "a", re.sub(r"\d", "9", str(value)))
    return text if len(text) <= 40 else f"{text[:40]}…"


def _identifier(value: str | float) -> str | None:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = str(value).strip()
    if _WHOLE_FLOAT.fullmatch(text):
        text = text.partition(".")[0]
    none = text.lower() in _NOTHING or text in ("inf", "-inf")
    try:
        return None if none or len(text.encode()) > MAX_ID_BYTES else text
    except UnicodeEncodeError:  # half of a surrogate pair
        return None


def _numbers(values: Sequence[Any]) -> Numbers:
    try:
        return np.array(values, np.float64)  # numbers, and texts that are all numbers
    except (TypeError, ValueError, OverflowError):
        return np.array([_number(value) for value in values], np.float64)


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return math.nan
    try:
        return float(value)
    except (ValueError, OverflowError):
        return math.nan


def _moment(value: str | date) -> float:
    if isinstance(value, str):
        if len(value) > _LONGEST:
            return math.nan
        try:
            value = datetime.fromisoformat(value.strip().removesuffix(" UTC"))
        except ValueError:
            return math.nan
    if not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day)
    return round((value if value.tzinfo else value.replace(tzinfo=UTC)).timestamp() * 1000)
