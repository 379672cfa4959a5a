"""Shapes: what is shown in place of a value of a masked type.

A shape keeps what makes counts useful (how long, which notation) and nothing that tells people apart. Every
function here is deterministic, gives at most :data:`LIMIT` characters, and leaves its own results as they are.
"""

from __future__ import annotations

import re
from collections.abc import Callable

Shape = Callable[[str], str]

#: Longest shape, in characters.
LIMIT = 32
#: How much of a value is looked at.
_LOOK = 256

_HAN = "\u3400-\u9fff\uf900-\ufaff"
_RUNS = re.compile(
    rf"(?P<digits>\d+)|(?P<han>[{_HAN}]+)|(?P<letters>[^\W\d_]+)|(?P<blank>\s+)|(?P<other>[^!-~…])"
)
_RUN_MARKS = {"digits": "9", "han": "字", "letters": "x"}
_LETTERS = re.compile(r"[^\W\d_]+")
_ENCODED_AT = re.compile("%(?:25)?40")
_SIGNED_DIGITS = re.compile(r"[-+]?\d+")
#: Endings of mail domains that millions share; any other is hidden, because a rare one points at someone.
_COMMON_TLDS = frozenset(
    {"com", "net", "org", "edu", "gov", "mil", "info", "biz", "name", "app", "dev", "shop"}
)


def _run_mark(match: re.Match[str]) -> str:
    kind = str(match.lastgroup)
    if kind == "blank":
        return " "
    if kind == "other":
        return "?"
    mark = _RUN_MARKS[kind]
    return mark if len(match.group()) == 1 else mark + "+"


def outline(text: str) -> str:
    """Return the outline of any text: letters ``x``, digits ``9``, Han ``字``, a run of them with ``+``."""
    shape = _RUNS.sub(_run_mark, text[:_LOOK])
    return shape if len(shape) <= LIMIT else shape[: LIMIT - 1] + "…"


def stars(text: str) -> str:
    """Replace all but the ASCII punctuation by ``*``, sign by sign."""
    return "".join(char if char in " -/.:,()+*" else "*" for char in text[:LIMIT])


def email(text: str) -> str:
    """Keep of an address only a top-level domain that very many share; what is no address gets its outline."""
    text = _ENCODED_AT.sub("@", text)
    if "@" not in text:
        return outline(text)
    ending = text.rpartition("@")[2].rpartition(".")[2].strip(" >\"')").lower()
    known = ending in _COMMON_TLDS or (len(ending) == 2 and ending.isascii() and ending.isalpha())
    return f"***@***.{ending}" if known and "." in text.rpartition("@")[2] else "***@***"


def phone(text: str) -> str:
    """Keep whether the number is international and how many digits it has."""
    digits = sum(char.isalnum() or char == "*" for char in text[:_LOOK])
    return ("+" if text.lstrip().startswith("+") else "") + "*" * max(1, min(digits, 15))


def person(text: str) -> str:
    """Keep the number of words, or of Chinese characters."""
    head = text[:_LOOK].strip()
    if set(head) <= {"*"}:
        return head[:6] or "*"
    if re.search(f"[{_HAN}]", head) and " " not in head:
        return "*" * min(len(head), 6)
    return " ".join(["X."] * max(1, min(len(head.split()), 4)))


def ip_address(text: str) -> str:
    """Keep which version of the protocol it is."""
    if text.count(":") >= 2 or text == "IPv6":
        return "IPv6"
    return "*.*.*.*" if text.count(".") == 3 else stars(text)


def birth_date(text: str) -> str:
    """Keep the notation of the date."""
    lettered = _LETTERS.sub(lambda match: "x" if len(match.group()) == 1 else "x+", text[:_LOOK])
    return re.sub(r"\d|[^!-~ ]", "*", lettered)[:LIMIT]


def coordinates(text: str) -> str:
    """Keep how many numbers there are and whether they have decimals."""
    return re.sub(r"[^!-~ ]", "?", _SIGNED_DIGITS.sub("*", _LETTERS.sub("x", text[:_LOOK])))[:LIMIT]


def social_handle(text: str) -> str:
    """Keep only whether it begins with ``@``."""
    return "@***" if text.startswith("@") else "***"


def always(shape: str) -> Shape:
    """Return a function that gives ``shape`` for any value: even the length would tell too much, or nothing."""
    return lambda _: shape


#: What is shown for each masked type; any other type gets :func:`outline`.
SHAPES: dict[str, Shape] = {
    "email": email,
    "phone": phone,
    "person_name": person,
    "social_handle": social_handle,
    "gender": always("*"),
    "age": always("**"),
    "password_or_token": always("********"),
    "birth_date": birth_date,
    "national_id": stars,
    "passport_number": stars,
    "driver_license": stars,
    "vehicle_plate": stars,
    "bank_card": stars,
    "bank_account": stars,
    "mac_address": stars,
    "ip_address": ip_address,
    "coordinates": coordinates,
}
