"""What a kind of identifier is, and the small tools that makers share."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import faker

#: Makes one value.
Make = Callable[[random.Random], Any]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of value that a column may hold."""

    name: str
    type: str
    """The semantic type that is right."""
    names: tuple[str, str]
    """What such a column is called, in English and in Chinese."""
    make: Make
    formed: bool = True
    """Whether values tell by themselves: by a checksum, a prefix, or a form that nothing else has. What is not, only a
    name can tell: a passport number looks like many other codes."""


def column(kind: Kind, size: int, seed: int) -> list[Any]:
    """Return values of a kind."""
    chance = random.Random(f"{kind.name} {seed}")
    return [kind.make(chance) for _ in range(size)]


def digits(chance: random.Random, count: int, first: str = "0123456789") -> str:
    """Return so many random digits, the first of them one of ``first``."""
    return chance.choice(first) + "".join(chance.choices("0123456789", k=count - 1))


def letters(chance: random.Random, count: int, of: str = "ABCDEFGHJKLMNPQRSTUVWXYZ") -> str:
    """Return so many random letters."""
    return "".join(chance.choices(of, k=count))


def list_of(words: str) -> list[str]:
    """Return the words of a text."""
    return words.split()


def until(make: Callable[[random.Random], str], valid: Callable[[str], object]) -> Make:
    """Return a maker that tries until the value is valid: for check digits that are one of few."""

    def maker(chance: random.Random) -> str:
        while not valid(value := make(chance)):
            pass
        return value

    return maker


def either(*makers: Make) -> Make:
    """Return a maker that takes one of these each time: a column with several notations."""
    return lambda chance: chance.choice(makers)(chance)


@cache
def _faker(locale: str) -> faker.Faker:
    return faker.Faker(locale)


def faked(method: str, *locales: str) -> Make:
    """Return a maker that asks Faker, in one of these languages."""

    def maker(chance: random.Random) -> str:
        fake = _faker(chance.choice(locales))
        fake.seed_instance(chance.getrandbits(32))
        return str(getattr(fake, method)()).replace("\n", ", ")

    return maker


def luhn_digit(number: str) -> str:
    """Return the check digit behind a number (ISO/IEC 7812-1)."""
    total = sum(sum(divmod(int(digit) * (2 - place % 2), 10)) for place, digit in enumerate(number[::-1]))
    return str(-total % 10)
