"""Time: instants, days, times of day, durations."""

from __future__ import annotations

from streams.inventory.classify.base import CODES, NUMBERS, TEXT, Rule, words
from streams.inventory.classify.dates import (
    clock,
    compact_day,
    day,
    epoch,
    instant,
    month_or_year,
    recent_epoch,
)
from streams.inventory.classify.detectors import DIGITS, all_words_among, between, either, matching

_INSTANT_NAMES = {
    "timestamp|datetime": 0.95,
    "date time": 0.95,
    "created|updated|modified|deleted|sent|received|processed at": 0.95,
    "paid|shipped|viewed|placed|occurred|started|ended at": 0.95,
    "at": 0.7,
    "time": 0.8,
    "event|order|invoice|purchase|click|view|create|update|pay|payment|action|visit|ingest|log|shipping time": 0.95,
    "event|order|invoice|purchase|transaction|action timestamp": 0.97,
    "created|updated|modified": 0.7,
    "last|first seen|login|visit|active": 0.8,
    "on": 0.5,
    "date": 0.85,
    "order|invoice|purchase|created|event|transaction|sale|payment|delivery|shipping date": 0.95,
}
_DAY_NAMES = words(
    "monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat "
    "sun mo tu we th fr sa su publicholidays montag dienstag mittwoch donnerstag freitag samstag sonntag "
    "lundi mardi mercredi jeudi vendredi samedi dimanche lunes martes miércoles jueves viernes sábado "
    "domingo 星期一 星期二 星期三 星期四 星期五 星期六 星期日 星期天 周一 周二 周三 周四 周五 周六 周日"
)
_ISO_DURATION = (
    r"P(?=.)(?:[0-9.,]{1,9}Y)?(?:[0-9.,]{1,9}M)?(?:[0-9.,]{1,9}W)?(?:[0-9.,]{1,9}D)?"
    r"(?:T(?:[0-9.,]{1,9}H)?(?:[0-9.,]{1,9}M)?(?:[0-9.,]{1,9}S)?)?"
)
#: Zero parts written out, in any order: "PD1TH0M0".
_LOOSE_DURATION = r"P[0-9YMWD]{0,12}T[0-9HMS]{2,12}"
_WORDED_DURATION = (
    r"(?:[A-Za-z]{4,9}: ?)?[0-9]{1,6}(?:[.,][0-9]{1,3})? ?"
    r"(?i:h|hrs?|hours?|m|mins?|minutes?|s|secs?|seconds?|ms|days?|d|weeks?|months?|years?|天|小时|分钟|分|秒|个月|周|年)\.?"
    r"(?:,? ?(?:and )?[0-9]{1,4} ?(?i:h|hrs?|hours?|m|mins?|minutes?|s|secs?|seconds?|小时|分钟|分|秒)\.?){0,2}"
)
_WEEKDAY = (
    r"(?i:monday|tuesday|wednesday|thursday|friday|saturday|sunday|thurs|tues|thur|mon|tue|wed|thu|fri|sat|sun"
    r"|mo|tu|we|th|fr|sa|su|ph|daily|周.|每天|工作日)"
)
_HOURS = r"[0-2]?[0-9][:.：]?[0-9]{0,2}(?::[0-9]{2})? ?(?i:a\.?m\.?|p\.?m\.?|h|uhr)?"
# Atomic groups: what one day with its hours has taken is not cut up again when a later one fails.
_OPENING = (
    rf"(?>{_WEEKDAY}(?:(?> ?[-–,~至到] ?){_WEEKDAY}){{0,6}}[:,]? ?"
    rf"(?:(?>{_HOURS}) ?[-–~至] ?(?>{_HOURS})|(?i:closed|off))[,;| ]{{0,3}}){{1,14}}+"
)

RULES = [
    Rule(
        type="timestamp",
        names=_INSTANT_NAMES,
        form=either(instant, epoch),
        says="are instants",
        accepts=CODES,
        need=0.5,
    ),
    Rule(type="timestamp", form=instant, says="are dates with a time", proof=0.93, at=0.7),
    Rule(
        type="timestamp",
        form=recent_epoch,
        says="are seconds, ms, us or ns since 1970 between 2004 and 2035",
        accepts=NUMBERS,
        proof=0.6,
        least=3,
        at=0.97,
        ranged=True,
    ),
    Rule(
        type="date",
        names={
            "date|day": 0.9,
            "on": 0.8,
            "order|invoice|purchase|delivery|ship|shipping|release date": 0.97,
            "start|end|due|expiry|publish|created|event date": 0.97,
            "created|updated|published": 0.65,
            "valid from|until|to": 0.8,
            "year|month": 0.75,
            "release|publication|model|fiscal year": 0.8,
        },
        form=either(day, compact_day, month_or_year),
        says="are calendar days, months or years",
        accepts=CODES,
        need=0.5,
    ),
    Rule(type="date", form=day, says="are calendar days", proof=0.92, at=0.7),
    Rule(type="date", form=month_or_year, says="are months", accepts=TEXT, proof=0.7),
    Rule(
        type="date", form=compact_day, says="are days written as YYYYMMDD", accepts=CODES, proof=0.6, least=3
    ),
    Rule(
        type="time_of_day",
        names={
            "time of day": 0.95,
            "time": 0.85,
            "clock|hour": 0.7,
            "start|end|open|close|opening|closing time": 0.95,
        },
        form=clock,
        says="are times of day",
        need=0.6,
        proof=0.85,
        at=0.8,
    ),
    Rule(
        type="time_of_day",
        names={"hour": 0.8, "hour of day": 0.95},
        form=between(0, 24, whole=True),
        says="are hours of a day",
        accepts=NUMBERS,
        need=0.95,
    ),
    Rule(
        type="day_of_week",
        names={"weekday|dow": 0.95, "day of week": 0.97, "week day": 0.95, "day": 0.7},
        form=all_words_among(_DAY_NAMES),
        says="are days of the week",
        proof=0.9,
        at=0.8,
        least=2,
    ),
    Rule(
        type="day_of_week",
        form=all_words_among(frozenset(name for name in _DAY_NAMES if len(name) > 5 or not name.isascii())),
        says="are days of the week",
        proof=0.92,
        at=0.8,
    ),
    Rule(
        type="day_of_week",
        names={"weekday|dow": 0.95, "day of week": 0.97, "week day": 0.95},
        form=between(0, 7, whole=True),
        says="are numbers of days of the week",
        accepts=NUMBERS,
        need=0.95,
    ),
    Rule(
        type="duration",
        names={
            "duration|latency|elapsed|ttl|runtime|lifetime|dwell|dur": 0.93,
            "dwell|response|elapsed|processing|load|watch|play|engagement|wait|session|lead|travel time": 0.95,
            "request|upstream|render|handling|delivery time": 0.8,
            "session|visit|watch|video|call|engagement length": 0.9,
            "engagement time msec": 0.95,
            "time spent|taken": 0.9,
            "time on page|site": 0.9,
            "age second|day": 0.7,
        },
        form=either(
            matching(_ISO_DURATION, needs="P"),
            matching(_WORDED_DURATION, DIGITS),
            matching(r"[0-9]{1,3}:[0-5][0-9](?::[0-5][0-9])?", needs=":"),
        ),
        says="are durations",
        fits=either(
            between(0, 1e12), matching(_ISO_DURATION, needs="P"), matching(_WORDED_DURATION, DIGITS), clock
        ),
        accepts=CODES,
        need=0.6,
    ),
    Rule(
        type="duration",
        form=matching(rf"{_ISO_DURATION}|{_LOOSE_DURATION}", needs="P"),
        says="are ISO 8601 durations",
        proof=0.93,
        at=0.7,
    ),
    Rule(
        type="duration",
        form=matching(_WORDED_DURATION, DIGITS),
        says="are durations with their unit",
        proof=0.75,
        at=0.8,
    ),
    Rule(
        type="opening_hours",
        names={"opening|business|office|store|work|working hours|hour|time": 0.93, "hours": 0.6},
        form=matching(_OPENING),
        says="are days with hours",
        fits=matching(r"(?=.{0,80}[0-9]).{3,400}"),
        need=0.5,
        proof=0.92,
        at=0.6,
    ),
]
