"""The customers that are made up: the same in every run, nobody's, and masked by the inventory."""

from __future__ import annotations

import re
from typing import Any

import orjson
import pytest

from streams.demo.dataset import order_lines
from streams.demo.people import Person, person
from tests.streams.demo.conftest import LINES

_EMAIL = re.compile(r"[a-z]+\.[a-z]+\.\d+@example\.(com|org|net)")
#: What Ofcom keeps for drama: 020 7946 0xxx, and 496 0xxx of a dozen cities.
_PHONE = re.compile(r"\+44 (20 7946|11[345678] 496|1[23456]1 496) 0\d{3}")


def everybody() -> dict[str, Person]:
    customers = {line.CustomerID for line in order_lines(60_000) if line.CustomerID}
    return {customer: person(customer) for customer in customers}


def test_people_are_nobodys_and_told_apart_by_their_addresses() -> None:
    people = everybody()
    assert len(people) > 1_000
    for one in people.values():
        assert re.fullmatch(r"[A-Z][a-z]+ [A-Z][a-z]+", one.name)
        assert _EMAIL.fullmatch(one.email)
        assert _PHONE.fullmatch(one.phone)
    assert len({one.email for one in people.values()}) == len(people)
    assert len({one.name for one in people.values()}) > 300


def test_a_customer_is_the_same_person_in_every_run() -> None:
    assert person("17850.0") == Person(
        "Amelia Williams", "amelia.williams.17850@example.net", "+44 113 496 0956"
    )
    assert person("17850.0") != person("17851.0")


@pytest.mark.parametrize("hostile", ["", "../../x", '"; DROP', "１７８５０.0"])
def test_any_number_makes_an_address(hostile: str) -> None:
    assert re.fullmatch(r"\S+@example\.(com|org|net)", person(hostile).email)


def test_the_inventory_masks_them_and_nothing_of_them_is_in_its_document(document: dict[str, Any]) -> None:
    fields = {
        field["field"]: field
        for asset in document["assets"]
        if asset["asset"] == "shop.customers"
        for field in asset["fields"]
    }
    masked = {name: field["semantic_type"] for name, field in fields.items() if field["masked"]}
    assert masked == {"name": "person_name", "email": "email", "phone": "phone"}
    text = orjson.dumps(document).decode()
    customers = {line.CustomerID for line in order_lines(LINES) if line.CustomerID}
    for one in map(person, customers):
        for value in one:
            assert value not in text
