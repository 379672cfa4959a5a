"""People for the shop's customers, who are numbers in the source: invented, the same for a number in every run.

No part of them is anybody's. Names are drawn from common first and last names; addresses are in domains reserved for
examples (RFC 2606); phone numbers are of the ranges that Ofcom keeps for drama, which are given to no one.
"""

from __future__ import annotations

import random
from typing import NamedTuple

#: Said wherever these people are shown.
INVENTED = (
    "names, e-mail addresses and phone numbers of the customers are invented: the source has numbers only"
)
SEED = 20110831
_FIRST = (
    *("Amelia", "Oliver", "Sofia", "Noah", "Grace", "Leo", "Chloe", "Arthur", "Hannah", "Omar", "Ines", "Lucas"),
    *("Mei", "Jakob", "Freya", "Ravi", "Clara", "Hugo", "Nadia", "Ewan", "Lena", "Tomas", "Aisha", "Felix"),
    *("Maeve", "Anton", "Yuki", "Rhys", "Elena", "Samuel", "Ingrid", "Daniel", "Zoe", "Mateo", "Alice", "Kofi"),
)  # fmt: skip
_LAST = (
    *("Smith", "Jones", "Taylor", "Brown", "Williams", "Evans", "Walker", "Wright", "Hughes", "Green", "Wood"),
    *("Murphy", "Kelly", "Byrne", "Muller", "Schmidt", "Weber", "Martin", "Bernard", "Dubois", "Garcia", "Lopez"),
    *("Rossi", "Jansen", "Larsen", "Novak", "Kowalski", "Silva", "Patel", "Khan", "Chen", "Sato", "Okafor"),
)  # fmt: skip
_DOMAINS = ("example.com", "example.org", "example.net")
#: Ofcom, "Telephone numbers for use in TV and radio drama programmes": a thousand numbers each.
_PHONES = (
    *("+44 20 7946 0", "+44 113 496 0", "+44 114 496 0", "+44 115 496 0", "+44 116 496 0", "+44 117 496 0"),
    *("+44 118 496 0", "+44 121 496 0", "+44 131 496 0", "+44 141 496 0", "+44 151 496 0", "+44 161 496 0"),
)  # fmt: skip


class Person(NamedTuple):
    """What is personal of a customer."""

    name: str
    email: str
    """Unlike that of any other customer."""
    phone: str
    """Written with the country's code."""


def person(customer: str) -> Person:
    """Return the person invented for a customer's number, such as ``17850.0``."""
    drawn = random.Random(f"{SEED} {customer}")
    first, last = drawn.choice(_FIRST), drawn.choice(_LAST)
    number = "".join(char for char in customer.partition(".")[0] if char.isalnum())
    return Person(
        f"{first} {last}",
        f"{first}.{last}.{number}@{drawn.choice(_DOMAINS)}".lower(),
        f"{drawn.choice(_PHONES)}{drawn.randrange(1_000):03}",
    )
