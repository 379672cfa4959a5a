"""Words of closed lists: yes and no, countries, currencies."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Literal, NamedTuple

import pycountry

from streams.inventory.cleaning.base import Scalar, Signs
from streams.inventory.countries import country_names

_TRUE = frozenset((
    "y", "yes", "t", "true", "on", "1", "ja", "wahr", "oui", "vrai", "sí", "si", "sì", "sim", "vero", "verdadero",
    "是", "真", "对", "有", "√",
))  # fmt: skip
_FALSE = frozenset((
    "n", "no", "f", "false", "off", "0", "nein", "nee", "falsch", "non", "faux", "não", "nao", "falso",
    "否", "假", "错", "不是", "没有", "×",
))  # fmt: skip


def truth(text: str) -> bool | None:
    """Return what a word of yes or no means; None when it is none."""
    word = text.casefold()
    return True if word in _TRUE else False if word in _FALSE else None


class Booleans:
    """Makes true and false of words for yes and no."""

    name = "boolean"
    says = "words for yes and no, made true and false"

    def suspects(self, signs: Signs) -> bool:
        """Always."""
        del signs
        return True

    def clean(self, text: str) -> Scalar:
        """Return true or false, or the text as it is."""
        found = truth(text)
        return text if found is None else found


Form = Literal["alpha_2", "alpha_3", "name"]
_LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "nl", "zh")
_COMMON = {
    "UK": "GB", "USA": "US", "Great Britain": "GB", "EIRE": "IE", "RSA": "ZA", "UAE": "AE", "South Korea": "KR",
    "North Korea": "KP", "Russia": "RU", "Czech Republic": "CZ", "Holland": "NL", "中国大陆": "CN",
    "United States of America": "US",
}  # fmt: skip


@cache
def _countries() -> Mapping[str, str]:
    """Return the ISO 3166 code of each name and code of a country, in lower case."""
    codes: dict[str, str] = {}
    for country in pycountry.countries:
        for attribute in ("alpha_2", "alpha_3", "name", "official_name", "common_name"):
            if spelled := getattr(country, attribute, None):
                codes[spelled.casefold()] = country.alpha_2
    known = set(codes.values())
    for code, names in country_names().items():
        for language in _LANGUAGES if code in known else ():
            spelled = names.get(language, "")
            # A name can refer to that of another language: "*en".
            if spelled and not spelled.startswith("*"):
                codes.setdefault(spelled.casefold(), code)
    codes.update({spelled.casefold(): code for spelled, code in _COMMON.items()})
    return codes


@cache
def _written(form: Form) -> Mapping[str, str]:
    """Return how each ISO 3166 code is written in a form."""
    return {
        country.alpha_2: (getattr(country, "common_name", None) or country.name)
        if form == "name"
        else getattr(country, form)
        for country in pycountry.countries
    }


class Decision(NamedTuple):
    """How a field writes countries."""

    form: Form
    """As most of its values do."""
    known: int
    """Values that are countries."""


def decide(texts: Iterable[str]) -> Decision:
    """Decide how a field writes countries from samples, each once."""
    forms: Counter[Form] = Counter()
    for text in texts:
        if text.casefold() in _countries():
            form: Form = "name"
            if text.isascii() and text.isalpha() and text.isupper():
                form = "alpha_2" if len(text) == 2 else "alpha_3" if len(text) == 3 else "name"
            forms[form] += 1
    order: tuple[Form, ...] = ("name", "alpha_2", "alpha_3")
    return Decision(max(order, key=lambda form: forms[form]), forms.total())


class Countries:
    """Writes countries as most values of the field do: as a code of ISO 3166, or by their short English name.

    Args:
        form: which of these.
    """

    name = "country"
    says = "countries, written as most of the field's values are"

    def __init__(self, form: Form) -> None:
        self._form: Form = form

    def suspects(self, signs: Signs) -> bool:
        """Always."""
        del signs
        return True

    def clean(self, text: str) -> Scalar:
        """Return the country in the field's form, or the text as it is; names in Chinese stay in a field of names."""
        code = _countries().get(text.casefold())
        if code is None or (self._form == "name" and not text.isascii()):
            return text
        return _written(self._form).get(code, text)


_CURRENCY_WORDS = {
    "€": "EUR", "£": "GBP", "us$": "USD", "hk$": "HKD", "nt$": "TWD", "₹": "INR", "₽": "RUB", "₩": "KRW",
    "rmb": "CNY", "人民币": "CNY", "元": "CNY", "美元": "USD", "欧元": "EUR", "英镑": "GBP", "日元": "JPY",
    "港币": "HKD", "港元": "HKD",
}  # fmt: skip


@cache
def _currencies() -> Mapping[str, str]:
    """Return the ISO 4217 code of each code, name and unmistakable sign of a currency; ``$`` and ``¥`` are not."""
    codes = {currency.name.casefold(): currency.alpha_3 for currency in pycountry.currencies}
    codes |= {currency.alpha_3.casefold(): currency.alpha_3 for currency in pycountry.currencies}
    return codes | _CURRENCY_WORDS


class Currencies:
    """Writes currencies as ISO 4217 does."""

    name = "currency"
    says = "currencies, written as ISO 4217 has them"

    def suspects(self, signs: Signs) -> bool:
        """Always."""
        del signs
        return True

    def clean(self, text: str) -> Scalar:
        """Return the code, or the text as it is."""
        return _currencies().get(text.casefold(), text)
