"""What a value of a semantic type looks like, where that is certain: what has not the form is wrong.

Types whose values have no certain form (names, texts, keys) are not here: of these only the JSON type is judged.
A form says less than the rule that finds the type: any web address is a URL, also an unusual one. Patterns are
linear: every repeat is bounded, or the last thing in its branch.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from streams.inventory.masking import checks
from streams.inventory.quality.rows import Bools, numbers_of


class Form(NamedTuple):
    """How values of a type are told from others."""

    says: str
    """In words that follow "values that are no"."""
    right: Callable[[Sequence[str]], Bools]
    """Takes different texts, returns which have the form."""


def _pattern(pattern: str) -> Callable[[Sequence[str]], Bools]:
    match = re.compile(pattern).fullmatch
    return lambda texts: np.array([match(text.strip()) is not None for text in texts], dtype=np.bool_)


def _number(low: float, high: float, *, whole: bool = False) -> Callable[[Sequence[str]], Bools]:
    def right(texts: Sequence[str]) -> Bools:
        numbers = numbers_of([text.strip() for text in texts])
        inside = (numbers >= low) & (numbers <= high)
        return np.asarray(inside & (numbers == np.floor(numbers)) if whole else inside)

    return right


def _either(*ways: Callable[[Sequence[str]], Bools]) -> Callable[[Sequence[str]], Bools]:
    def right(texts: Sequence[str]) -> Bools:
        found = ways[0](texts)
        for way in ways[1:]:
            others = np.flatnonzero(~found)
            if not len(others):
                break
            found[others] = way([texts[place] for place in others.tolist()])
        return found

    return right


def _each(test: Callable[[str], bool]) -> Callable[[Sequence[str]], Bools]:
    known = lru_cache(maxsize=1 << 14)(test)
    return lambda texts: np.array([known(text.strip()) for text in texts], dtype=np.bool_)


_YEAR = "(?:1[5-9]|20|21)[0-9]{2}"
_MONTH, _DAY = "(?:0?[1-9]|1[0-2])", "(?:0?[1-9]|[12][0-9]|3[01])"
_WORD = "[A-Za-zéûä]{3,10}[.]?"
_DATE = (
    f"{_YEAR}[-/. ]{_MONTH}[-/. ]{_DAY}|{_YEAR} ?年 ?{_MONTH} ?月 ?{_DAY} ?[日号]"
    f"|{_DAY}[-/.]{_DAY}[-/.](?:{_YEAR}|[0-9]{{2}})|{_YEAR}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
    f"|(?:{_WORD},? )?(?:{_WORD} {_DAY}(?:st|nd|rd|th)?,? {_YEAR}|{_WORD}-{_DAY}-(?:{_YEAR}|[0-9]{{2}})"
    f"|{_DAY}/{_WORD}/{_YEAR}"
    f"|{_DAY}(?:st|nd|rd|th|[.])?[ -]{_WORD},?[ -](?:{_YEAR}|[0-9]{{2}}))"
)
_CLOCK = (
    "(?:[01]?[0-9]|2[0-4])[:h：][0-5][0-9](?:[:：][0-5][0-9](?:[.,][0-9]{1,9})?)?(?: ?[AaPp][.]?[Mm][.]?)?"
)
_ZONE = "(?: ?(?:Z|[A-Z]{3,4}|[+-][0-9]{2}:?(?:[0-9]{2})?))?"
_NO_DAY = _pattern(f"{_YEAR}[-/](?:0?2[-/]3[01]|(?:0?[469]|11)[-/]31).*")
_MONEY = (
    r"[^0-9+-]{0,5}[+-]?[0-9]{1,3}(?:[,. '][0-9]{3}){0,4}(?:[.,][0-9]{1,4})?[^0-9]{0,5}"
    r"|[^0-9+-]{0,5}[0-9]{1,12}(?:[.,][0-9]{1,4})?[^0-9]{0,5}"
)
#: Numbers in groups of three digits, and percentages.
_GROUPED = "[+-]?(?:[0-9]{1,3}(?:[,. '][0-9]{3}){1,4}|[0-9]{1,12})(?:[.,][0-9]{1,6})?(?: ?%)?"
_HEX = "[0-9a-fA-F]"

_number_of_any_size = _number(-1.8e308, 1.8e308)
_epoch = _either(*(_number(6.3e8 * unit, 2.6e9 * unit) for unit in (1, 1e3, 1e6, 1e9)))


def _calendar(way: Callable[[Sequence[str]], Bools]) -> Callable[[Sequence[str]], Bools]:
    """Leave out days that no month has."""
    return lambda texts: way(texts) & ~_NO_DAY(texts)


#: By semantic type.
FORMS: dict[str, Form] = {
    "timestamp": Form(
        "dates with a time, nor seconds to nanoseconds since 1970",
        _calendar(
            _either(
                _pattern(
                    f"(?:{_DATE})(?:(?:T|,? (?:at )?|:){_CLOCK}{_ZONE})?|{_WORD} {_WORD} .{{4,24}}"
                    "|(?:19|20)[0-9]{6}T?[0-2][0-9](?:[0-5][0-9]){1,2}Z?"
                ),
                _epoch,
            )
        ),
    ),
    "date": Form(
        "calendar days, months or years",
        _calendar(
            _either(
                _pattern(
                    f"(?:{_DATE})(?:(?:T| ){_CLOCK}{_ZONE})?|{_YEAR}(?:[-/年]{_MONTH}月?|年)?"
                    f"|{_MONTH}/{_YEAR}|{_WORD},? {_YEAR}"
                ),
                _epoch,
            )
        ),
    ),
    "time_of_day": Form(
        "times of day", _either(_pattern(f"T?{_CLOCK}{_ZONE}|[0-9]{{1,2}} ?[AaPp][Mm]"), _number(0, 24))
    ),
    "price": Form("prices of 0 or more", _either(_number(0, 1e12), _pattern(_MONEY.replace("[+-]?", "")))),
    "amount": Form("amounts", _either(_number_of_any_size, _pattern(_MONEY))),
    "quantity": Form("numbers", _either(_number_of_any_size, _pattern(r"[0-9][0-9.,]{0,12} ?[^0-9]{1,12}"))),
    "number": Form("numbers", _either(_number_of_any_size, _pattern(_GROUPED))),
    "position": Form("whole numbers of 0 or more", _number(0, 1e9, whole=True)),
    "label": Form(
        "outcomes such as 0 and 1",
        _either(_number(-1, 10, whole=True), _pattern("(?i)true|false|yes|no|y|n|t|f")),
    ),
    "boolean": Form(
        "booleans",
        _either(
            _number(0, 1, whole=True),
            _pattern(
                "(?i)true|false|yes|no|y|n|t|f|on|off|ja|nein|nee|oui|non|s[ií]|sim|n[aã]o|vero|falso|是|否|真|假"
            ),
        ),
    ),
    "currency": Form("currencies", _pattern(r"[A-Za-z]{3}|[^0-9\s]{1,12}")),
    "gtin": Form(
        "numbers with a valid check digit",
        _each(lambda text: checks.gtin(text.replace("-", "").removesuffix(".0").zfill(8))),
    ),
    "uuid": Form("UUIDs", _pattern(rf"\{{?{_HEX}{{8}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{12}}\}}?")),
    "hash": Form("digests", _pattern(r"[0-9A-Za-z+/=_$.:-]{8,200}")),
    "url": Form("web addresses", _pattern(r"\S{1,2048}")),
    "image_url": Form("web addresses", _pattern(r"\S{1,2048}")),
}
