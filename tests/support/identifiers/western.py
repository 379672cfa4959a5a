"""Western identifiers: national numbers of many countries, cards of all brands, IBANs, names, addresses."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from functools import cache
from itertools import pairwise
from typing import Any

from stdnum import iban, numdb
from stdnum.es import dni
from stdnum.fr import nir
from stdnum.it import codicefiscale
from stdnum.util import get_cc_module

from tests.support.identifiers.base import Kind, Make, digits, either, faked, letters, luhn_digit, until

_LATIN = ("en_US", "en_GB", "de_DE", "fr_FR", "es_ES", "it_IT", "nl_NL", "pl_PL", "sv_SE", "pt_BR")
_IBANS = ("DE", "GB", "FR", "NL", "IT", "CH", "AT", "PL", "SE", "NO", "DK", "IE", "PT", "LU", "TR", "AE")
#: Brand: prefixes with their lengths.
_BRANDS: dict[str, tuple[tuple[str, int], ...]] = {
    "visa": (("4", 16),), "mastercard": (("51", 16), ("55", 16), ("2221", 16), ("2720", 16)),
    "amex": (("34", 15), ("37", 15)), "discover": (("6011", 16), ("65", 16)), "jcb": (("3528", 16), ("3589", 16)),
    "unionpay": (("62", 16), ("62", 19)),
}  # fmt: skip
_NINO_NEVER = frozenset(("BG", "GB", "KN", "NK", "NT", "TN", "ZZ"))


def _valid(country: str, name: str) -> Callable[[str], bool]:
    return get_cc_module(country, name).is_valid  # type: ignore[no-any-return]


def ssn(chance: random.Random) -> str:
    """Return a US social security number."""
    return f"{digits(chance, 3, '1234578')}-{chance.randrange(1, 100):02d}-{chance.randrange(1, 10000):04d}"


def nino(chance: random.Random) -> str:
    """Return a UK national insurance number, in one piece or in groups."""
    while (
        head := letters(chance, 1, "ABCEGHJKLMNOPRSTWXYZ") + letters(chance, 1, "ABCEGHJKLMNPRSTWXYZ")
    ) in _NINO_NEVER:
        pass
    number = digits(chance, 6)
    if chance.random() < 0.5:
        return f"{head}{number}{chance.choice('ABCD')}"
    return f"{head} {number[:2]} {number[2:4]} {number[4:]} {chance.choice('ABCD')}"


def french(chance: random.Random) -> str:
    """Return a French social security number with its key."""
    born = f"{chance.randrange(100):02d}{chance.randrange(1, 13):02d}"
    body = f"{chance.choice('12')}{born}{chance.randrange(1, 96):02d}{digits(chance, 6)}"
    return body + str(nir.calc_check_digits(body))


def spanish(chance: random.Random) -> str:
    """Return a Spanish DNI."""
    number = digits(chance, 8)
    return number + str(dni.calc_check_digit(number))


def italian(chance: random.Random) -> str:
    """Return an Italian codice fiscale."""
    consonants = "BCDFGLMNPRSTVZ"
    body = (
        f"{letters(chance, 6, consonants)}{chance.randrange(100):02d}{letters(chance, 1, 'ABCDEHLMPRST')}"
        f"{chance.randrange(1, 29):02d}{chance.choice(('H501', 'F205', 'L219', 'D612', 'A944'))}"
    )
    return body + str(codicefiscale.calc_check_digit(body))


def card(chance: random.Random) -> str:
    """Return a card number of any brand, without separators."""
    prefix, size = chance.choice(chance.choice(list(_BRANDS.values())))
    body = prefix + digits(chance, size - 1 - len(prefix))
    return body + luhn_digit(body)


def grouped_card(chance: random.Random) -> str:
    """Return a card number as it is printed, with blanks or hyphens."""
    number, sign = card(chance), chance.choice(" -")
    cuts = (0, 4, 10, 15) if len(number) == 15 else (0, 4, 8, 12, 16, 19)
    pieces = (number[start:end] for start, end in pairwise(cuts))
    return sign.join(filter(None, pieces))


@cache
def _structure(country: str) -> list[tuple[int, str]]:
    bban = numdb.get("iban").info(country)[0][1]["bban"]
    return [(int(count), sort) for count, sort in re.findall(r"(\d+)!([nac])", bban)]


def bank_account(chance: random.Random) -> str:
    """Return an IBAN in one piece."""
    country = chance.choice(_IBANS)
    signs: dict[str, Make] = {
        "n": lambda c: digits(c, 1),
        "a": lambda c: letters(c, 1),
        "c": lambda c: digits(c, 1),
    }
    bban = "".join(signs[sort](chance) for count, sort in _structure(country) for _ in range(count))
    return f"{country}{iban.calc_check_digits(f'{country}00{bban}')}{bban}"


def printed_account(chance: random.Random) -> str:
    """Return an IBAN in groups of four."""
    number = bank_account(chance)
    return " ".join(number[place : place + 4] for place in range(0, len(number), 4))


def _number(size: int, country: str, name: str) -> Make:
    return until(lambda chance: digits(chance, size, "123456789"), _valid(country, name))


def _code(chance: random.Random, pattern: str) -> str:
    return "".join(
        digits(chance, 1) if sign == "9" else letters(chance, 1) if sign == "A" else sign for sign in pattern
    )


def _born(chance: random.Random) -> str:
    day, month, year = chance.randrange(1, 29), chance.randrange(1, 13), chance.randrange(1945, 2007)
    return f"{day:02d}/{month:02d}/{year}"


def _personnummer(chance: random.Random) -> str:
    body = f"{chance.randrange(40, 100)}{chance.randrange(1, 13):02d}{chance.randrange(1, 29):02d}{digits(chance, 3)}"
    return f"{body[:6]}-{body[6:]}{luhn_digit(body)}"


def _point(chance: random.Random) -> str:
    return f"{chance.uniform(-60, 70):.6f},{chance.uniform(-179, 179):.6f}"


def _latitude(chance: random.Random) -> Any:
    return round(chance.uniform(-60, 70), 6)


WESTERN: tuple[Kind, ...] = (
    Kind("us ssn", "national_id", ("ssn", "社会保障号"), ssn),
    Kind("uk nino", "national_id", ("nino", "国民保险号"), nino),
    Kind(
        "de steuer-id", "national_id", ("national_id", "身份证号码"), _number(11, "de", "idnr"), formed=False
    ),
    Kind("fr nir", "national_id", ("social_security_number", "身份证号码"), french),
    Kind("es dni", "national_id", ("dni", "身份证号码"), spanish),
    Kind("it codice fiscale", "national_id", ("tax_payer_id", "身份证号码"), italian),
    Kind("nl bsn", "national_id", ("bsn", "身份证号码"), _number(9, "nl", "bsn"), formed=False),
    Kind(
        "pl pesel",
        "national_id",
        ("pesel", "身份证号码"),
        until(
            lambda c: f"{c.randrange(40, 100)}{c.randrange(1, 13):02d}{c.randrange(1, 29):02d}{digits(c, 5)}",
            _valid("pl", "pesel"),
        ),
    ),
    Kind(
        "se personnummer",
        "national_id",
        ("personnummer", "身份证号码"),
        until(_personnummer, _valid("se", "personnummer")),
    ),
    Kind("br cpf", "national_id", ("cpf", "身份证号码"), _number(11, "br", "cpf"), formed=False),
    Kind("card", "bank_card", ("credit_card_number", "信用卡号"), card),
    Kind("card in groups", "bank_card", ("card_no", "卡号"), grouped_card),
    Kind("card as number", "bank_card", ("pan", "银行卡"), lambda c: int(card(c))),
    Kind("iban", "bank_account", ("iban", "银行账号"), bank_account),
    Kind("iban in groups", "bank_account", ("bank_account", "银行账户"), printed_account),
    Kind("name", "person_name", ("customer_name", "客户姓名"), faked("name", *_LATIN), formed=False),
    Kind("first name", "person_name", ("first_name", "名字"), faked("first_name", *_LATIN), formed=False),
    Kind("last name", "person_name", ("last_name", "姓"), faked("last_name", *_LATIN), formed=False),
    Kind(
        "street",
        "street_address",
        ("street_address", "街道地址"),
        faked("street_address", "en_US", "en_GB"),
        formed=False,
    ),
    Kind("address", "full_address", ("billing_address", "地址"), faked("address", "en_US", "en_GB")),
    Kind(
        "address of europe",
        "full_address",
        ("delivery_address", "送货地址"),
        faked("address", "de_DE", "fr_FR", "nl_NL", "it_IT"),
        formed=False,
    ),
    Kind(
        "passport",
        "passport_number",
        ("passport_number", "护照号码"),
        lambda c: _code(c, c.choice(("A99999999", "999999999", "AA9999999"))),
        formed=False,
    ),
    Kind(
        "driving licence",
        "driver_license",
        ("driver_license", "驾照号"),
        lambda c: _code(c, c.choice(("A999-999-99-999-9", "A9999999", "99AA99999"))),
        formed=False,
    ),
    Kind("gender", "gender", ("gender", "性别"), lambda c: c.choice(("male", "female"))),
    Kind("gender code", "gender", ("sex", "性别"), lambda c: c.choice("MF"), formed=False),
    Kind(
        "age band",
        "age",
        ("age_group", "年龄段"),
        lambda c: c.choice(("18-24", "25-34", "35-44", "45-54", "55+")),
        formed=False,
    ),
    Kind("birth date", "birth_date", ("date_of_birth", "生日"), _born, formed=False),
    Kind("occupation", "occupation", ("occupation", "职业"), faked("job", "en_US"), formed=False),
    Kind("coordinates", "coordinates", ("geo_location", "坐标"), _point),
    Kind("latitude", "coordinates", ("latitude", "纬度"), _latitude, formed=False),
    Kind(
        "name or company",
        "person_name",
        ("recipient", "收件人"),
        either(faked("name", "en_US"), faked("name", "en_GB"), faked("company", "en_US")),
        formed=False,
    ),
)
