"""Forms of single values that more than a pattern tells: persons, contacts, identity numbers."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import numpy as np
from stdnum.exceptions import ValidationError
from stdnum.util import get_cc_module

from streams.inventory.classify.detectors import DIGITS, each
from streams.inventory.classify.facts import FieldFacts, Mask
from streams.inventory.masking import checks
from streams.inventory.masking.finders import emails, secrets

#: The hundred most common Chinese surnames: 85 % of all people; 5 % of Taobao queries of two to four characters
#: begin with one.
_SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾萧肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔"
    "钟谭陆汪范金石廖贾夏韦付傅方白邹孟熊秦邱江尹薛闫阎段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
_COMPOUND_SURNAMES = frozenset(
    {"欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐"}
)
_HAN = re.compile("[\u4e00-\u9fff]{2,4}(?:先生|女士|小姐)?")
_NAME = re.compile(r"[^\W\d_][^\d_@:/\\<>{}\[\]=*%$#|]{1,59}")

#: Bodies whose identity numbers carry a check digit, as python-stdnum names them, by how many digits and letters of
#: ASCII they have. Spanish ones may begin with ES, Dutch ones be written without zeros before them, Finnish ones have a
#: letter or a sign for the century.
_IDENTITY = {
    6: (("nl", "bsn"),),
    7: (("nl", "bsn"),),
    8: (("nl", "bsn"),),
    9: (("us", "ssn"), ("es", "nif"), ("nl", "bsn"), ("ca", "sin")),
    10: (("se", "personnummer"), ("fi", "hetu"), ("dk", "cpr")),
    11: (
        ("br", "cpf"), ("es", "nif"), ("it", "codicefiscale"), ("pl", "pesel"), ("de", "idnr"), ("be", "nn"),
        ("fi", "hetu"), ("tr", "tckimlik"),
    ),
    12: (("se", "personnummer"), ("in_", "aadhaar")),
    13: (("kr", "rrn"), ("za", "idnr")),
    15: (("fr", "nir"),),
    16: (("it", "codicefiscale"),),
}  # fmt: skip

#: No identity number has fewer digits: Italy's has seven, beside nine letters.
_LEAST_DIGITS = 6

_PLUS_PHONE = re.compile(r"\+[0-9 ().\-/]{7,24}(?: ?(?:x|ext\.?) ?[0-9]{1,6})?")
_MOBILE = re.compile(r"(?:\+?86[ -]?)?1[3-9][0-9](?:[0-9]{8}|[ -][0-9]{4}[ -][0-9]{4})(?:\.0)?")
_NATIONAL = re.compile(
    r"(?:(?:[Tt]el|[Ff]ax|[Pp]hone)[.:]? ?)?(?:1[ .-])?(?:"
    r"\(?[2-9][0-9]{2}\)?[ ./-]{1,3}[2-9][0-9]{2}[ .-][0-9]{4}"  # North America
    r"|\(?0[0-9]{1,4}\)?[ ./-][0-9 .-]{5,12}[0-9]"  # a trunk prefix, then groups
    r")(?: ?(?:x|ext\.?) ?[0-9]{1,6})?"
)
_MOBILES = each(_MOBILE.fullmatch, DIGITS)
_UNAMBIGUOUS = each(lambda text: _PLUS_PHONE.fullmatch(text) or _MOBILE.fullmatch(text), DIGITS)
_BARE_MOBILE = re.compile(r"1[3-9][0-9]{9}")
#: Written with + and ten digits or more, of any numbering plan: few write a number with this sign.
_INTERNATIONAL = each(re.compile(r"\+[1-9][0-9]{9,14}").fullmatch, needs="+")
_GROUPED = each(_NATIONAL.fullmatch, DIGITS)
_REGIONS = ("US", "CN", "GB", "FR", "DE", "AU", "IT", "ES", "NL", "IN", "BR", "JP", "CH")
#: Numbers of one field that are checked against the numbering plans of countries.
_CHECKED = 6
#: Median distance from one number to the next from which they are not numbered through: people's are far apart.
_APART = 10.0
#: Least number of different mobiles for them to be told from ids although they share a prefix.
_BLOCK = 20


def email(text: str) -> bool:
    """Tell whether ``text`` is one e-mail address, bare, after ``mailto:``, or in angle brackets after a name."""
    bare = text.removeprefix("mailto:")
    if bare.endswith(">") and "<" in bare:
        bare = bare[bare.rindex("<") + 1 : -1]
    return "@" in bare and next(emails(bare), None) == (0, len(bare))


def secret(text: str) -> bool:
    """Tell whether ``text`` is one token or key of a well-known service, and nothing else."""
    return next(secrets(text), None) == (0, len(text))


def chinese_name(text: str) -> bool:
    """Tell whether ``text`` is two to four characters of which the first is, or first two are, a common surname."""
    return _HAN.fullmatch(text) is not None and (text[0] in _SURNAMES or text[:2] in _COMPOUND_SURNAMES)


def name_like(text: str) -> bool:
    """Tell whether ``text`` could be a person's name in any script: at most six words of letters."""
    return _NAME.fullmatch(text) is not None and len(text.split()) <= 6


def national_id(text: str) -> bool:
    """Tell whether ``text`` is an identity number of China or of one of 17 other countries, with its check digit."""
    if not 7 <= len(text) <= 20 or sum(map(str.isdigit, text)) < _LEAST_DIGITS:
        return False
    bodies = _IDENTITY.get(sum(map(str.isalnum, text)), ())
    return checks.resident_id(text) or any(_validates(country, name, text) for country, name in bodies)


def any_digit(text: str) -> bool:
    """Tell whether ``text`` has a digit of any script."""
    return any(map(str.isdigit, text))


#: United Kingdom, national insurance number: prefixes that were never given out are left out.
_NINO = re.compile(
    r"(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?[0-9]{2} ?[0-9]{2} ?[0-9]{2} ?[A-D]"
)
#: Sweden, France, Spain and Italy: forms with a date or letters of their own, and the module that checks them.
_LETTERED = (
    (re.compile(r"[0-9]{2}(?:0[1-9]|1[0-2])[0-3][0-9][-+][0-9]{4}"), "se", "personnummer"),
    (re.compile(r"[12][0-9]{2}(?:0[1-9]|1[0-2])[0-9][0-9AB][0-9]{8}"), "fr", "nir"),
    (re.compile(r"[0-9]{8}-?[A-Z]|[XYZ][0-9]{7}[A-Z]"), "es", "nif"),
    (
        re.compile(r"[A-Z]{6}[0-9LMNPQRSTUV]{2}[A-EHLMPRST][0-9A-Z]{2}[A-Z][0-9A-Z]{3}[A-Z]"),
        "it",
        "codicefiscale",
    ),
)


def lettered_identity(text: str) -> bool:
    """Tell whether ``text`` is an identity number of a form that hardly anything else has.

    These are the British (without a check digit), the Swedish, French, Spanish and Italian ones.
    """
    if _NINO.fullmatch(text):
        return True
    return any(
        form.fullmatch(text) is not None and _validates(country, name, text)
        for form, country, name in _LETTERED
    )


def dated_identity(text: str) -> bool:
    """Tell whether ``text`` is a Polish identity number: eleven digits with a date of birth and a check digit."""
    return len(text) == 11 and text.isdigit() and _validates("pl", "pesel", text)


@cache
def _module(country: str, name: str) -> Any:
    return get_cc_module(country, name)


def _validates(country: str, name: str, text: str) -> bool:
    try:
        _module(country, name).validate(text)
    except (ValidationError, ValueError, IndexError):  # some modules look into what has not their length
        return False
    return True


def phone_numbers(facts: FieldFacts) -> Mask:
    """Take values written as phone numbers: with ``+``, as Chinese mobiles, or in groups that some country's
    numbering plan knows.

    Bare digits count as Chinese mobiles only when they are not numbered through: three network prefixes in five, or
    twenty of which most are far from the one before.
    """
    if facts.looks != "text":
        plus = _INTERNATIONAL(facts) if facts.looks == "digits" else facts.nothing
        varied = facts.size >= 5 and len({text[:3] for text in facts.values}) >= 3
        return _either(_MOBILES(facts), plus) if varied or _one_block(facts) else plus
    mask, grouped = _UNAMBIGUOUS(facts), _GROUPED(facts)
    if grouped is facts.nothing:
        return mask
    region = _dialled_in([facts.values[place] for place in np.flatnonzero(grouped)[:_CHECKED]])
    if region is None:
        return mask
    bare = [text.isdigit() and 7 <= len(text) <= 11 and checks.phone(text, region) for text in facts.values]
    return mask | grouped | np.array(bare, dtype=np.bool_)


def _either(one: Mask, other: Mask) -> Mask:
    return one if other.sum() == 0 else one | other


def _one_block(facts: FieldFacts) -> bool:
    """Tell whether all values are mobiles that may share a prefix, and are not counted up."""
    if facts.size < _BLOCK or not all(map(_BARE_MOBILE.fullmatch, facts.values)):
        return False
    different = np.unique(facts.numbers)
    return len(different) >= _BLOCK and float(np.median(np.diff(different))) >= _APART


def _dialled_in(numbers: list[str]) -> str | None:
    """Return the first country within which at least half of ``numbers`` are valid as dialled."""
    for region in _REGIONS if numbers else ():
        if 2 * sum(checks.phone(number, region) for number in numbers) >= len(numbers):
            return region
    return None
