"""Forms of dates and times, English and Chinese. Patterns are bounded and without choice of where to split."""

from __future__ import annotations

import re

from streams.inventory.classify.base import Detector
from streams.inventory.classify.detectors import DIGITS, between, each, either

_YEAR = r"(?:1[5-9]|20|21)[0-9]{2}"
_MONTH = r"(?:0?[1-9]|1[0-2])"
_DAY = r"(?:0?[1-9]|[12][0-9]|3[01])"
_NAMED_MONTH = (
    r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|Mär|Mai|Okt|Dez|janv|févr|avr|juin|juil|août|déc)"
    r"[a-zéû]{0,7}\.?"
)
_ORDINAL = r"(?:st|nd|rd|th|\.)?"
_WEEKDAY = r"(?:[A-Za-z]{3,9}\.?,? )?"
_DATE = (
    rf"(?:{_YEAR}([-/. ]){_MONTH}\1{_DAY}"
    rf"|{_YEAR} ?年 ?{_MONTH} ?月 ?{_DAY} ?[日号]"
    rf"|[0-3]?[0-9]([-/.])[0-3]?[0-9]\2(?:{_YEAR}|[0-9]{{2}})"
    rf"|{_WEEKDAY}{_NAMED_MONTH} {_DAY}{_ORDINAL},? {_YEAR}"
    rf"|{_NAMED_MONTH}-{_DAY}-(?:{_YEAR}|[0-9]{{2}})|{_DAY}/{_NAMED_MONTH}/{_YEAR}"
    rf"|{_WEEKDAY}{_DAY}{_ORDINAL}[ -]{_NAMED_MONTH},?[ -](?:{_YEAR}|[0-9]{{2}}))"
)
_CLOCK = (
    r"(?:[01]?[0-9]|2[0-4])[:h：][0-5][0-9](?:[:：][0-5][0-9](?:[.,][0-9]{1,9})?)?(?: ?[AaPp]\.?[Mm]\.?)?"
)
_ZONE = r"(?: ?(?:Z|UTC|GMT|CET|CEST|EST|EDT|PST|PDT|[+-][0-9]{2}:?(?:[0-9]{2})?))?"
_COMPACT = r"(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"

_AS_DATE = re.compile(_DATE)
_AS_COMPACT_DATE = re.compile(_COMPACT + r"(?:\.0)?")
_AS_TIMESTAMP = re.compile(
    rf"{_DATE}(?:T|,? (?:at )?|:){_CLOCK}{_ZONE}|{_COMPACT}T?[0-2][0-9][0-5][0-9][0-5][0-9]Z?"
    r"|[A-Z][a-z]{2} [A-Z][a-z]{2} {1,2}[0-9]{1,2} [0-9:]{8} (?:[A-Z]{3} )?[0-9]{4}"
)
_PREPOSITION = r"(?:(?i:from|to|after|before|until|by|at|ab|vor|nach|bis) )?"
_AS_CLOCK = re.compile(
    rf"T?{_PREPOSITION}{_CLOCK}(?:{_ZONE}|(?i: ?hrs?| ?uhr)|[+-][0-9:]{{8}})"
    r"|(?:上午|下午|晚上)? ?[0-9]{1,2}[点时](?:[0-9]{1,2}分?)?|[0-9]{1,2} ?[AaPp][Mm]"
)
_AS_MONTH = re.compile(rf"{_NAMED_MONTH},? {_YEAR}|{_YEAR}[-/年]{_MONTH}月?|{_MONTH}/{_YEAR}")
_AS_YEAR = re.compile(r"(?:1[5-9]|20)[0-9]{2}(?:\.0)?年?")
_YEARS = re.compile(r"(?:19|20)[0-9]{2}")

#: Calendar days: "2011-12-09", "9/12/2011", "Dec 9, 2011", "2011年12月9日".
day: Detector = each(_AS_DATE.fullmatch, DIGITS)
#: Days without separators: 20111209.
compact_day: Detector = each(_AS_COMPACT_DATE.fullmatch, DIGITS)
#: Months and years, which some date fields hold in place of days.
month_or_year: Detector = each(lambda text: _AS_MONTH.fullmatch(text) or _AS_YEAR.fullmatch(text), DIGITS)
#: Instants written as text.
instant: Detector = each(_AS_TIMESTAMP.fullmatch, DIGITS)
#: Times of day.
clock: Detector = each(_AS_CLOCK.fullmatch, DIGITS)
#: Instants as seconds, ms, us or ns since 1970, from 1990 to 2040.
epoch: Detector = either(*(between(6.3e8 * unit, 2.21e9 * unit) for unit in (1, 1e3, 1e6, 1e9)))
#: The same from 2005 to 2035, for fields whose name does not tell.
recent_epoch: Detector = either(*(between(1.1e9 * unit, 2.05e9 * unit) for unit in (1, 1e3, 1e6, 1e9)))


def birth_day(text: str) -> bool:
    """Tell whether ``text`` is a day, or a year, on which a living person can be born."""
    if not (_AS_DATE.fullmatch(text) or _AS_COMPACT_DATE.fullmatch(text) or _AS_YEAR.fullmatch(text)):
        return _AS_TIMESTAMP.fullmatch(text) is not None or _AS_MONTH.fullmatch(text) is not None
    found = _YEARS.search(text)
    return found is None or 1900 <= int(found.group()) <= 2035
