"""Numbers as people write them: grouped digits, decimal commas, currency signs, percent, 万 and 亿, losses in brackets.

Canonical is a number, not a text: ``1.234`` as a text can be a thousand and as a number cannot.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from decimal import Decimal
from typing import Literal, NamedTuple

from streams.inventory.cleaning.base import Scalar, Signs

#: Signs and words of currencies that may stand before or behind a number.
_MONEY = r"(?:US\$|HK\$|NT\$|R\$|[$€£¥₹₽₩元]|RMB|CNY|USD|EUR|GBP|JPY|CHF|Rs\.?)"
_FORM = re.compile(
    rf"(?P<open>\()?(?P<sign>[+-]?) ?(?P<before>{_MONEY})? ?(?P<sign2>-?)(?P<digits>[0-9][0-9.,' ]*|[.,][0-9]+)"
    rf"(?P<myriad>[万亿]?) ?(?P<percent>%?)(?P<minus>-?) ?(?P<behind>{_MONEY})?(?P<close>\))?"
)
_LONGEST = 40
#: Digits that a double keeps for sure.
_DIGITS = 15
_PLAIN = re.compile(r"[+-]?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,3})?")
#: A joined text that is neither blank nor a plain number without exponent.
_NOT_PLAIN = re.compile(r"\x00(?=[^\x00])(?!-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?\x00)")
_MYRIADS = {"": 0, "万": 4, "亿": 8}

Point = Literal[".", ",", ""]


class Read(NamedTuple):
    """A number as it is written."""

    digits: str
    """Digits with their separators."""
    negative: bool
    shift: int
    """The power of ten to multiply with."""
    currency: str
    plain: bool
    """Whether it is written as JSON would."""


def read(text: str) -> Read | None:
    """Take a text apart that is one number; None when it is none."""
    if len(text) > _LONGEST or not any(map(str.isdigit, text)):
        return None
    bare = unicodedata.normalize("NFKC", text).strip().replace("\u2212", "-").replace("\u2019", "'")
    found = _FORM.fullmatch(bare) if len(bare) <= _LONGEST else None
    if found is None or bool(found["open"]) != bool(found["close"]):
        return None
    signs = found["sign"] + found["sign2"] + found["minus"]
    if len(signs) > 1 or (found["open"] and signs):
        return None
    if found["before"] and found["behind"] and found["percent"]:
        return None
    shift = _MYRIADS[found["myriad"]] - 2 * bool(found["percent"])
    currency = found["before"] or found["behind"] or ""
    negative = bool(found["open"]) or "-" in signs
    return Read(found["digits"].strip(), negative, shift, currency, _PLAIN.fullmatch(bare) is not None)


def point_of(digits: str) -> Point | None:
    """Return which sign is the decimal one: ``.``, ``,``, "" when there is none; None where it cannot be told.

    ``1,234`` and ``1.234`` cannot: three digits behind a single separator.
    """
    last = max(digits.rfind("."), digits.rfind(","))
    if last < 0:
        return ""
    sign, other = digits[last], "," if digits[last] == "." else "."
    if other in digits:
        return sign  # type: ignore[return-value]  # one of the two
    if digits.count(sign) > 1:
        return ""
    head, tail = digits[:last], digits[last + 1 :]
    if len(tail) == 3 and 1 <= len(head) <= 3 and head != "0":
        return None
    return sign  # type: ignore[return-value]  # one of the two


def grouped(whole: str) -> bool:
    """Tell whether what is before the decimal sign is grouped rightly: one separator, threes behind the first."""
    signs = {sign for sign in whole if not sign.isdigit()}
    if not signs:
        return True
    if len(signs) > 1:
        return False
    first, *others = whole.split(signs.pop())
    if not 1 <= len(first) <= 3 or not others or first == "0":
        return False
    # India groups in twos before the last three.
    return len(others[-1]) == 3 and all(len(group) == 3 for group in others) | all(
        len(group) == 2 for group in others[:-1]
    )


def value(text: str, point: Point) -> int | float | None:
    """Return the number that a text writes; None when it writes none for sure, or one that a double does not keep.

    Args:
        text: the text.
        point: the field's decimal sign; "" when it is not known: then only what tells by itself is read.
    """
    one = read(text)
    if one is None:
        return None
    own = point_of(one.digits)
    if own is None:
        # A text as JSON would write it, in a field where nothing says otherwise, is what JSON says.
        if not point and not one.plain:
            return None
        own = point or "."
        if own not in one.digits:
            own = ""
    elif own and point and own != point and not one.plain:
        return None
    whole, _, part = one.digits.rpartition(own) if own else (one.digits, "", "")
    if not (part.isdigit() or not part) or not (grouped(whole) or not whole):
        return None
    bare = "".join(filter(str.isdigit, whole))
    if bare.startswith("0") and len(bare) > 1:
        return None
    return _number(Decimal(f"{'-' if one.negative else ''}{bare or '0'}.{part or '0'}").scaleb(one.shift))


def _number(exact: Decimal) -> int | float | None:
    if len(exact.normalize().as_tuple().digits) > _DIGITS:
        return None
    return int(exact) if exact == exact.to_integral_value() else float(exact)


def is_plain(text: str) -> bool:
    """Tell whether a text is a number as JSON writes it."""
    return _PLAIN.fullmatch(text) is not None


class Decision(NamedTuple):
    """How a field writes numbers."""

    point: Point
    """Its decimal sign; "" when the values do not tell."""
    numbers: int
    """Values that are numbers in some notation."""
    formatted: int
    """Of these, values that JSON would write otherwise."""
    currencies: tuple[str, ...]
    """Signs of currencies that stand with them."""
    undecided: int = 0
    """Of the formatted ones, values with three digits behind their only separator."""


def decide(texts: Iterable[str]) -> Decision:
    """Decide how a field writes numbers from samples of its values, each once."""
    votes = {".": 0, ",": 0}
    commas = numbers = formatted = undecided = 0
    currencies: set[str] = set()
    for text in texts:
        one = read(text)
        if one is None:
            continue
        own = point_of(one.digits)
        numbers += 1
        formatted += not one.plain
        currencies |= {one.currency} - {""}
        if own:
            votes[own] += 1
        commas += own is None and "," in one.digits
        undecided += own is None and not one.plain
    return Decision(_point(votes, commas), numbers, formatted, tuple(sorted(currencies)), undecided)


#: So many different values with three digits behind a comma, and none with fewer, say that it groups.
_ENOUGH = 8


def _point(votes: dict[str, int], commas: int) -> Point:
    if votes["."] and not votes[","]:
        return "."
    if votes[","] and not votes["."]:
        return ","
    return "." if not votes[","] and commas >= _ENOUGH else ""


class NumberFormats:
    """Reads numbers in the notations of people.

    Args:
        point: the field's decimal sign; "" reads only what tells by itself.
        currency: whether to leave the sign of a currency out: only where all values have the same.
    """

    name = "number_format"
    says = "numbers in a notation of people, read"

    def __init__(self, point: Point, *, currency: bool) -> None:
        self._point: Point = point
        self._currency = currency

    def suspects(self, signs: Signs) -> bool:
        """Look for signs that plain numbers do not have."""
        # Digits, minus and point are between 45 and 57: all else is seen at once, and then where they stand.
        raw = signs.raw
        if self._point == "," or bool(((raw > 57) | (raw == 47) | ((raw < 45) & (raw != 0))).any()):
            return True
        return _NOT_PLAIN.search(signs.joined) is not None

    def clean(self, text: str) -> Scalar:
        """Return the number, or the text as it is."""
        if is_plain(text) and (self._point != "," or point_of(text) is not None):
            return text
        if not self._currency:
            one = read(text)
            if one is not None and one.currency:
                return text
        number = value(text, self._point)
        return text if number is None else number


class PlainNumbers:
    """Makes numbers of texts that are numbers as JSON writes them; those that a double does not keep stay texts."""

    name = "typed"
    says = "numbers as texts, made numbers"

    def suspects(self, signs: Signs) -> bool:
        """Always."""
        del signs
        return True

    def clean(self, text: str) -> Scalar:
        """Return the number, or the text as it is."""
        if not is_plain(text) or sum(map(str.isdigit, text)) > _DIGITS:
            return text
        number = float(text)
        return int(number) if number.is_integer() and "e" not in text.lower() else number
