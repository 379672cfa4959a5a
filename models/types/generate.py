"""Columns made up by generators: what people, places, firms, professions and colours are called in many languages.

No open table of ours has Chinese addresses, or phone numbers in the notations of many countries. Generated columns are
learned from, and never count in an evaluation. Keys and plain figures are not made up: they would teach that every
number is a key.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import cache

import faker

#: A generated column: its type and its values.
Generated = tuple[str, list[str]]
Maker = Callable[[faker.Faker, random.Random], str]

_WESTERN = ("en_US", "en_GB", "de_DE", "fr_FR", "es_ES", "it_IT", "nl_NL", "pl_PL", "pt_BR", "sv_SE")
_LOCALES = (*_WESTERN, "zh_CN", "zh_CN", "zh_CN", "zh_TW", "ja_JP")
#: Values of each column.
_SIZE = 12

#: What is made in the languages of :data:`_LOCALES`.
_NAMES: dict[str, list[Maker]] = {
    "person_name": [lambda fake, _: fake.name(), lambda fake, _: f"{fake.last_name()}, {fake.first_name()}"],
    "organization_name": [lambda fake, _: fake.company()],
    "city": [lambda fake, _: fake.city()],
    "street_address": [lambda fake, _: fake.street_address()],
    "full_address": [lambda fake, _: fake.address().replace("\n", ", ")],
    "phone": [lambda fake, _: fake.phone_number()],
    "country": [lambda fake, _: fake.country()],
    "occupation": [lambda fake, _: fake.job()],
    "color": [lambda fake, _: fake.color_name()],
}


@cache
def _faker(locale: str) -> faker.Faker:
    return faker.Faker(locale)


def generated(seed: int) -> list[Generated]:
    """Return 150 columns of twelve values, the same for the same seed and version of Faker."""
    chance = random.Random(seed)
    found: list[Generated] = []
    for name, makers in _NAMES.items():
        for maker in makers:
            for locale in _LOCALES:
                fake = _faker(locale)
                fake.seed_instance(chance.randrange(2**32))
                found.append((name, [maker(fake, chance) for _ in range(_SIZE)]))
    return found
