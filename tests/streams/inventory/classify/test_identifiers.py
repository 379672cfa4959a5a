"""Valid identifiers are found personal by their form, near misses are not; and prevalence is what was planted."""

from __future__ import annotations

from typing import Any

import pytest
from stdnum import iban, luhn
from stdnum.cn import ric, uscc
from stdnum.fr import nir
from stdnum.it import codicefiscale

from pandian.semantics import semantic_types
from streams.inventory.base import Classification
from streams.inventory.classify import RuleClassifier
from streams.inventory.intervals import wilson
from tests.streams.inventory.classify.examples import evidence
from tests.support.identifiers import NEAR, PERSONAL, Kind, column

CLASSIFIER = RuleClassifier()
TYPES = semantic_types()
FORMED = [kind for kind in PERSONAL if kind.formed]


def named(kind: Kind) -> str:
    return kind.name


def classified(name: str, values: list[Any]) -> Classification:
    return CLASSIFIER.fields([evidence(name, values)])[name]


def resident(text: str) -> bool:
    """Tell what stdnum tells, but for the counties: those of today are in it for few years of birth."""
    return bool(ric.get_birth_date(text)) and ric.calc_check_digit(text) == text[-1]


@pytest.mark.parametrize(
    ("kind", "valid"),
    [
        ("cn resident id", resident), ("cn bank card", luhn.is_valid), ("card", luhn.is_valid),
        ("iban", lambda text: iban.is_valid(text, check_country=False)), ("fr nir", nir.is_valid),
        ("it codice fiscale", codicefiscale.is_valid), ("social credit code", uscc.is_valid),
    ],
)  # fmt: skip
def test_what_is_made_up_is_valid(kind: str, valid: Any) -> None:
    (one,) = [found for found in (*PERSONAL, *NEAR) if found.name == kind]
    assert all(map(valid, column(one, 200, 1)))


@pytest.mark.parametrize("kind", FORMED, ids=named)
def test_their_form_tells(kind: Kind) -> None:
    found = classified("f3", column(kind, 60, 7))
    assert found.masked
    assert found.pii.cls == TYPES[kind.type].pii or {found.semantic_type, kind.type} <= {
        "phone",
        "national_id",
    }


@pytest.mark.parametrize("naming", [0, 1], ids=["english", "chinese"])
@pytest.mark.parametrize("kind", PERSONAL, ids=named)
def test_their_name_tells(kind: Kind, naming: int) -> None:
    found = classified(kind.names[naming], column(kind, 5, 8))
    assert found.masked
    # An identity number that may be a passport, an address that may be a street: either is right.
    assert TYPES[found.semantic_type].group == TYPES[kind.type].group


@pytest.mark.parametrize("name", ["given", "translated", "opaque"])
@pytest.mark.parametrize("kind", NEAR, ids=named)
def test_near_misses_stay(kind: Kind, name: str) -> None:
    called = {"given": kind.names[0], "translated": kind.names[1], "opaque": "f3"}[name]
    assert not classified(called, column(kind, 60, 9)).masked


@pytest.mark.parametrize("share", [0.3, 0.9])
@pytest.mark.parametrize("kind", ["email", "cn resident id", "iban", "jwt"])
def test_prevalence_is_within_its_interval(kind: str, share: float) -> None:
    (one,) = [found for found in PERSONAL if found.name == kind]
    personal = round(200 * share)
    values = column(one, personal, 3) + [f"none {place}" for place in range(200 - personal)]
    found = classified("f3", values)
    assert found.masked
    interval = wilson(found.pii.hits, found.pii.checked)
    assert interval.low <= share <= interval.high
    assert 0 < interval.high - interval.low < 0.15
