"""The classifier with the model that comes with this version: what it adds, and what it must leave alone."""

from __future__ import annotations

import time
from importlib.resources import files
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pandian.semantics import semantic_types
from pandian.types.features import DRAWS
from streams.inventory.base import Classification, FieldEvidence
from streams.inventory.classify import RuleClassifier
from streams.inventory.classify.forms import form_names, forms
from streams.inventory.classify.model import TypeModel, shipped
from tests.streams.inventory.classify.examples import NAMED, NEARLY, UNNAMED, VETOED, evidence

RULES = RuleClassifier()
CLASSIFIER = RuleClassifier(shipped())

#: Values of which rules alone say less: a code like A-1002 is as much a model number as an opaque key.
LESS = {("A-1002", "identifier"): "item_model"}


def classify(path: str, values: list[Any]) -> Classification:
    return CLASSIFIER.fields([evidence(path, values)])[path]


@pytest.mark.parametrize(("path", "values", "expected"), NAMED)
def test_names_that_values_fit_stand(path: str, values: list[Any], expected: str) -> None:
    assert classify(path, values).semantic_type == expected


@pytest.mark.parametrize(("values", "expected"), UNNAMED)
def test_values_alone(values: list[Any], expected: str) -> None:
    right = {expected, LESS.get((str(values[0]) if values else "", expected), expected)}
    assert classify("c7", values).semantic_type in right


@pytest.mark.parametrize(("path", "values", "wrong"), VETOED)
def test_values_veto_names(path: str, values: list[Any], wrong: str) -> None:
    assert classify(path, values).semantic_type != wrong


@pytest.mark.parametrize(("values", "wrong"), NEARLY)
def test_near_misses(values: list[Any], wrong: str) -> None:
    assert classify("c7", values).semantic_type != wrong


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["Munich", "Hamburg", "Leipzig", "Stuttgart", "Bremen"], "city"),
        (["Jane Austen", "Charles Dickens", "Emily Brontë", "George Eliot", "Thomas Hardy"], "person_name"),
        (["Great product, I love it", "Too small for me, sent it back", "Would buy again"], "review_text"),
        (["-118.15", "34.1487", "-97.0890", "52.5163", "13.3777"], "coordinates"),
    ],
)
def test_what_rules_leave_open(values: list[str], expected: str) -> None:
    found = classify("c7", values)
    assert RULES.fields([evidence("c7", values)])["c7"].semantic_type != expected
    assert found.semantic_type == expected
    assert "look most like" in found.evidence


def test_evidence_of_the_model_quotes_no_value() -> None:
    names = ["Jane Austen", "Charles Dickens", "Emily Brontë", "George Eliot", "Thomas Hardy"]
    found = classify("c7", names)
    assert found.masked
    assert not any(word in found.evidence for name in names for word in name.split())
    assert (found.pii.hits, found.pii.checked) == (0, 5)


def test_what_nobody_knows_stays_unknown() -> None:
    assert classify("c7", ["Smith"]).semantic_type == "unknown"
    assert classify("c7", ["12 High", "Mill 7"]).semantic_type == "unknown"
    assert classify("c7", []).semantic_type == "unknown"
    assert classify("c7", [{"a": 1}]).semantic_type == "unknown"


def test_json_numbers_and_long_columns_of_numerals_are_not_guessed() -> None:
    assert classify("c7", [18.25, 9.63, 22.84]).semantic_type == "number"
    keys = [str(536_000 + 7 * number) for number in range(200)]
    assert classify("c7", keys).semantic_type == "number"
    assert classify("c7", ["18.25", "9.63", "22.84", "16.86"]).semantic_type != "number"


def test_the_model_takes_no_mask_off() -> None:
    """What rules alone mask stays masked."""
    every = [("c7", values) for values, _ in UNNAMED] + [(path, values) for path, values, _ in NAMED]
    for path, values in every:
        if RULES.fields([evidence(path, values)])[path].masked:
            assert classify(path, values).masked, (path, values)


def test_confidence_grows_with_that_of_rules() -> None:
    mails = ["a@example.com", "b@example.com", "c@example.com"]
    named, dirty, alone = (
        classify(*one).confidence for one in (("email", mails), ("email", [*mails, "?"]), ("c7", mails))
    )
    assert 0.5 < dirty <= named <= 0.99
    assert 0.5 < alone <= named


def test_fields_are_asked_together_as_they_are_alone() -> None:
    items = [
        evidence(f"c{place}", [str(value) for value in values])
        for place, (values, _) in enumerate(UNNAMED)
        if values
    ]
    together = shipped().ask([item.samples for item in items])
    for item, one in zip(items, together, strict=True):
        (alone,) = shipped().ask([item.samples])
        assert alone.type == one.type
        assert alone.confidence == pytest.approx(one.confidence, abs=1e-4)
    assert shipped().ask([]) == []


def test_every_type_of_the_model_is_one() -> None:
    assert set(shipped().types) <= set(semantic_types())


def test_another_format_is_refused() -> None:
    onnx = pytest.importorskip("onnx")
    made = onnx.load_from_string(files("pandian.types").joinpath("types.onnx").read_bytes())
    onnx.helper.set_model_props(made, {"format": '"0"'})
    with pytest.raises(ValueError, match="format"):
        TypeModel(made.SerializeToString())


def test_forms_of_each_draw() -> None:
    found = forms([[("a@example.com", 3), ("b@example.com", 1)], [("x", 1), ("c@example.com", 1)]])
    name = next(name for name in form_names() if name.startswith("email: "))
    assert [one[name] for one in found] == [1.0, 0.5]
    assert all(0 < share <= 1 for one in found for share in one.values())
    assert set(found[0]) <= set(form_names())


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.builds(
            FieldEvidence,
            path=st.text(max_size=8),
            types=st.just({"string": 5}),
            samples=st.lists(
                st.tuples(st.text(max_size=60) | st.floats().map(str), st.integers(0, 10**9)), max_size=40
            ),
            count=st.integers(0, 10**9),
            distinct=st.floats(0, 1e9),
        ),
        max_size=4,
        unique_by=lambda item: item.path,
    )
)  # fmt: skip
def test_any_evidence_is_classified(items: list[FieldEvidence]) -> None:
    found = CLASSIFIER.fields(items)
    assert set(found) == {item.path for item in items}
    for one in found.values():
        assert 0 <= one.confidence <= 1
        assert one.evidence


def test_cost_of_asking() -> None:
    """About 2 ms a field on an idle core with 256 values; the bar catches what makes it many times slower."""
    draw = np.random.default_rng(1)
    texts = [[("".join(map(chr, draw.integers(97, 123, 40))), 1) for _ in range(256)] for _ in range(10)]
    shipped().ask(texts)
    start = time.perf_counter()
    shipped().ask(texts)
    assert time.perf_counter() - start < 0.3 * DRAWS
