"""Ways to reach somebody: phones of many countries in many notations, e-mail addresses, account names."""

from __future__ import annotations

import random
from functools import cache

import phonenumbers
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from tests.support.identifiers.base import Kind, Make, digits, either, faked, letters, list_of

COUNTRIES = (
    "US",
    "GB",
    "DE",
    "FR",
    "ES",
    "IT",
    "NL",
    "SE",
    "PL",
    "CH",
    "AU",
    "JP",
    "KR",
    "IN",
    "BR",
    "MX",
    "TR",
    "SG",
    "HK",
    "CN",
)
_MOBILE = list_of(
    "130 131 135 136 137 138 139 150 151 155 156 158 159 166 170 173 176 177 178 180 181 186 "
    "187 188 189 198 199"
)
_AREA = ["010", "021", "020", "0755", "0571", "025", "028", "027", "0532", "029"]
_WORD = "abcdefghijklmnopqrstuvwxyz"
_DOMAINS = [
    "example.com",
    "example.org",
    "mail.example.net",
    "example.co.uk",
    "example.de",
    "shop.example.cn",
    "qq.example",
]


@cache
def _example(country: str, mobile: bool) -> phonenumbers.PhoneNumber:
    sort = PhoneNumberType.MOBILE if mobile else PhoneNumberType.FIXED_LINE
    return phonenumbers.example_number_for_type(country, sort) or phonenumbers.PhoneNumber()


def number(chance: random.Random, country: str) -> phonenumbers.PhoneNumber:
    """Return a number that the country's plan allows."""
    example = _example(country, chance.random() < 0.6)
    for _ in range(100):
        found = phonenumbers.PhoneNumber()
        found.merge_from(example)
        found.national_number = int(f"{str(example.national_number)[:-4]}{digits(chance, 4)}")
        if phonenumbers.is_valid_number(found):
            return found
    return example


def phone(style: int, *countries: str) -> Make:
    """Return a maker of numbers in one of the styles of :class:`phonenumbers.PhoneNumberFormat`."""
    return lambda chance: phonenumbers.format_number(number(chance, chance.choice(countries)), style)


def mobile(chance: random.Random) -> str:
    """Return a mainland mobile number."""
    return chance.choice(_MOBILE) + digits(chance, 8)


def _spaced(sign: str) -> Make:
    def maker(chance: random.Random) -> str:
        found = mobile(chance)
        return f"{found[:3]}{sign}{found[3:7]}{sign}{found[7:]}"

    return maker


def landline(chance: random.Random) -> str:
    """Return a mainland landline or service number."""
    area = chance.choice(_AREA)
    local = digits(chance, 8 if len(area) == 3 else chance.choice((7, 8)), "2345678")
    return chance.choice(
        (
            f"{area}-{local}",
            f"({area}){local}",
            f"{area} {local}",
            f"400-{digits(chance, 3, '16789')}-{digits(chance, 4)}",
        )
    )


def email(chance: random.Random) -> str:
    """Return an address in one of the usual forms."""
    first, last = letters(chance, 5, _WORD), letters(chance, 7, _WORD)
    local = chance.choice(
        (
            f"{first}.{last}",
            f"{first}{digits(chance, 3)}",
            f"{first[0]}{last}",
            f"{first}+shop",
            f"{first}_{last}",
        )
    )
    return f"{local}@{chance.choice(_DOMAINS)}"


def international_email(chance: random.Random) -> str:
    """Return an address with letters beyond ASCII."""
    local = chance.choice(("josé", "müller", "用户", "анна"))
    domain = chance.choice(("例子.中国", "bücher.example", "пример.рф", "xn--fsq.xn--0zwm56d"))
    return f"{local}{digits(chance, 3)}@{domain}"


CONTACTS: tuple[Kind, ...] = (
    Kind("email", "email", ("email", "邮箱"), email),
    Kind("email international", "email", ("contact_email", "电子邮件"), international_email),
    Kind("email upper case", "email", ("mail", "邮箱地址"), lambda c: email(c).upper()),
    Kind(
        "email with name",
        "email",
        ("from_email", "电子邮箱"),
        lambda c: f"{faked('first_name', 'en_US')(c)} <{email(c)}>",
    ),
    Kind("phone e164", "phone", ("phone", "电话"), phone(PhoneNumberFormat.E164, *COUNTRIES)),
    Kind(
        "phone international",
        "phone",
        ("phone_number", "电话号码"),
        phone(PhoneNumberFormat.INTERNATIONAL, *COUNTRIES),
    ),
    Kind("phone of the us", "phone", ("contact_phone", "联系电话"), phone(PhoneNumberFormat.NATIONAL, "US")),
    Kind("phone of britain", "phone", ("telephone", "固定电话"), phone(PhoneNumberFormat.NATIONAL, "GB")),
    Kind("phone of germany", "phone", ("phone_no", "电话"), phone(PhoneNumberFormat.NATIONAL, "DE")),
    Kind("phone of france", "phone", ("mobile", "手机"), phone(PhoneNumberFormat.NATIONAL, "FR")),
    Kind("phone of japan", "phone", ("tel", "电话"), phone(PhoneNumberFormat.NATIONAL, "JP")),
    Kind("cn mobile", "phone", ("mobile_phone", "手机号"), mobile),
    Kind("cn mobile as number", "phone", ("phone", "手机号码"), lambda c: int(mobile(c))),
    Kind("cn mobile in groups", "phone", ("mobile_no", "手机号"), either(_spaced(" "), _spaced("-"))),
    Kind(
        "cn mobile with 86",
        "phone",
        ("contact_mobile", "联系手机"),
        either(lambda c: f"+86{mobile(c)}", lambda c: f"+86 {_spaced(' ')(c)}", lambda c: f"86-{mobile(c)}"),
    ),
    Kind("cn landline", "phone", ("tel", "座机"), landline),
    Kind(
        "cn phones mixed",
        "phone",
        ("phone", "联系方式"),
        either(mobile, mobile, landline, lambda c: f"+86{mobile(c)}"),
    ),
    Kind(
        "handle",
        "social_handle",
        ("twitter_handle", "微博账号"),
        lambda c: f"@{letters(c, 6, _WORD)}{digits(c, 2)}",
    ),
    Kind(
        "nickname",
        "social_handle",
        ("nickname", "昵称"),
        lambda c: c.choice(
            (f"{letters(c, 7, _WORD)}{digits(c, 2)}", "小" + c.choice("明红丽军") + digits(c, 3))
        ),
        formed=False,
    ),
)
