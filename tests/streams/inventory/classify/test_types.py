"""Every semantic type: what is found by name and values, by values alone, and what values veto."""

from __future__ import annotations

from typing import Any

import pytest

from pandian.semantics import semantic_types
from streams.inventory.classify import RuleClassifier
from tests.streams.inventory.classify.examples import NAMED, NEARLY, UNNAMED, VETOED, evidence

CLASSIFIER = RuleClassifier()


def classify(path: str, values: list[Any]) -> str:
    return CLASSIFIER.fields([evidence(path, values)])[path].semantic_type


@pytest.mark.parametrize(("path", "values", "expected"), NAMED)
def test_name_and_values(path: str, values: list[Any], expected: str) -> None:
    assert classify(path, values) == expected


@pytest.mark.parametrize(("values", "expected"), UNNAMED)
def test_values_alone(values: list[Any], expected: str) -> None:
    assert classify("c7", values) == expected


@pytest.mark.parametrize(("path", "values", "wrong"), VETOED)
def test_values_veto_names(path: str, values: list[Any], wrong: str) -> None:
    assert classify(path, values) != wrong


@pytest.mark.parametrize(("values", "wrong"), NEARLY)
def test_near_misses(values: list[Any], wrong: str) -> None:
    assert classify("c7", values) != wrong


def test_every_type_has_an_example() -> None:
    found = {expected for _, _, expected in NAMED} | {expected for _, expected in UNNAMED}
    assert found == set(semantic_types())
