"""Checks that a whole string is what its form says: checksums, prefixes and numbering plans."""

from __future__ import annotations

import re
from datetime import date
from functools import cache

import phonenumbers
from stdnum import iban as stdnum_iban
from stdnum import numdb
from stdnum.cn import ric

_SEPARATORS = str.maketrans("", "", " -.()/")

#: First two digits of a resident identity number: the provinces (GB/T 2260), and 83 for residents from Taiwan.
_PROVINCES = frozenset(
    str(code)
    for first, last in ((11, 15), (21, 23), (31, 37), (41, 46), (50, 54), (61, 65), (71, 71), (81, 83))
    for code in range(first, last + 1)
)

#: Issuer prefixes with the lengths they come in (ISO/IEC 7812): Visa, Mastercard, American Express, Diners,
#: Discover, JCB, UnionPay.
_ISSUERS = re.compile(
    r"4[0-9]{12}(?:[0-9]{3}){0,2}"
    r"|(?:5[1-5][0-9]{2}|222[1-9]|22[3-9][0-9]|2[3-6][0-9]{2}|27[01][0-9]|2720)[0-9]{12}"
    r"|3[47][0-9]{13}"
    r"|3(?:0[0-5]|[68][0-9])[0-9]{11}"
    r"|(?:6011|65[0-9]{2}|64[4-9][0-9])[0-9]{12}"
    r"|35(?:2[89]|[3-8][0-9])[0-9]{12}"
    r"|2131[0-9]{11}"
    r"|62[0-9]{14,17}"
)


#: Digit sums of twice a digit, for every second digit of a Luhn number.
_DOUBLED = str.maketrans("0123456789", "0246813579")
#: Letters of an IBAN as numbers: A is 10, Z is 35.
_BASE_36 = str.maketrans({chr(code): str(code - 55) for code in range(ord("A"), ord("Z") + 1)})


def compact(text: str) -> str:
    """Return ``text`` without the separators that people put into numbers."""
    return text.translate(_SEPARATORS)


def resident_id(text: str) -> bool:
    """Tell whether ``text`` is a Chinese resident identity number (GB 11643): province, birth date, check digit."""
    if len(text) != 18 or not (text[:17].isascii() and text[:17].isdigit()) or text[:2] not in _PROVINCES:
        return False
    try:
        born = date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError:
        return False
    return born.year >= 1880 and bool(text[17].upper() == ric.calc_check_digit(text.upper()))


def luhn(number: str) -> bool:
    """Tell whether the ASCII digits of ``number`` have a valid Luhn check digit (ISO/IEC 7812-1)."""
    return sum(map(int, number[::-2] + number[-2::-2].translate(_DOUBLED))) % 10 == 0


def bank_card(text: str) -> bool:
    """Tell whether ``text`` is a card number of a known issuer; one that is a valid GTIN too is taken for that."""
    number = compact(text)
    if not _ISSUERS.fullmatch(number) or not luhn(number):
        return False
    return len(number) > 14 or not gtin(number)


def gtin(text: str) -> bool:
    """Tell whether ``text`` is a GTIN of 8, 12, 13 or 14 digits with a valid check digit (GS1)."""
    if len(text) not in (8, 12, 13, 14) or not (text.isascii() and text.isdigit()):
        return False
    return (sum(map(int, text[::-2])) + 3 * sum(map(int, text[-2::-2]))) % 10 == 0


@cache
def iban_pattern(country: str) -> re.Pattern[str] | None:
    """Return the pattern of an IBAN of ``country`` (upper case), in one piece or in groups; None if it has none."""
    found = numdb.get("iban").info(country)
    structure = found[0][1].get("bban", "") if found else ""
    length = sum(int(digits) for digits in re.findall(r"(\d+)!", structure))
    if not length:
        return None
    return re.compile(rf"[A-Za-z]{{2}}[0-9]{{2}}(?: ?[0-9A-Za-z]){{{length}}}(?![0-9A-Za-z])")


def iban(text: str) -> bool:
    """Tell whether ``text`` is an IBAN: country, length, structure and check digits (ISO 13616)."""
    number = compact(text).upper()
    if not (15 <= len(number) <= 34 and number.isascii() and number.isalnum()):
        return False
    # The remainder alone rejects 96 of 97, at a tenth of the cost of the full check.
    as_digits = (number[4:] + number[:4]).translate(_BASE_36)
    return int(as_digits) % 97 == 1 and bool(stdnum_iban.is_valid(number, check_country=False))


def international_phone(text: str) -> bool:
    """Tell whether ``text``, which begins with ``+``, is a number that its country's numbering plan knows."""
    return phone(text, None)


def phone(text: str, region: str | None) -> bool:
    """Tell whether ``text`` is a valid phone number as dialled in ``region`` (ISO 3166 alpha-2; None: only with +)."""
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(text, region))
    except phonenumbers.NumberParseException:
        return False
