"""Evidence sentences, confidence, few values, personal data: what a decision says about itself."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pandian.semantics import MASKED_CLASSES, semantic_types
from streams.inventory.base import Classification, FieldEvidence
from streams.inventory.classify import RuleClassifier
from tests.streams.inventory.classify.examples import (
    CARDS,
    EMAILS,
    MOBILES,
    NAMED,
    RESIDENTS,
    UNNAMED,
    evidence,
)

CLASSIFIER = RuleClassifier()


def classify(path: str, values: list[Any], masked_as: str | None = None) -> Classification:
    return CLASSIFIER.fields([evidence(path, values, masked_as)])[path]


def test_numbers_are_shown_with_their_range() -> None:
    found = classify("UnitPrice", [0.42, 2.55, 12.75])
    assert (
        found.evidence
        == "the name says 'unit price' and 3 of 3 sampled values are numbers between 0.42 and 12.75"
    )
    assert found.confidence > 0.9


def test_a_share_that_is_not_all_is_not_called_100() -> None:
    found = classify("email", [f"user{number}@example.com" for number in range(255)] + ["none"])
    assert "99.6 % of 256 sampled values are valid e-mail addresses" in found.evidence
    assert (found.pii.hits, found.pii.checked) == (255, 256)


def test_values_alone_say_so() -> None:
    assert classify("c7", EMAILS).evidence == "3 of 3 sampled values are valid e-mail addresses"


@pytest.mark.parametrize(
    ("path", "values"),
    [(path, values) for path, values, name in NAMED if semantic_types()[name].masked]
    + [("c7", values) for values, name in UNNAMED if semantic_types()[name].masked],
)
def test_evidence_of_masked_fields_quotes_no_value(path: str, values: list[Any]) -> None:
    found = classify(path, values)
    assert found.masked
    for value in values:
        assert str(value).casefold() not in found.evidence.casefold() or len(str(value)) < 4


def test_a_personal_key_in_the_path_is_not_quoted() -> None:
    found = classify("by_user.ann.smith@example.com.age", [21, 33])
    assert "ann" not in found.evidence
    assert "example" not in found.evidence


def test_no_value_yet() -> None:
    found = classify("email", [None, ""])
    assert found.semantic_type == "email"
    assert found.confidence < 0.6
    assert found.evidence.endswith("no value was seen yet")
    assert classify("c7", []).semantic_type == "unknown"


def test_objects_are_not_guessed() -> None:
    assert classify("customer", [{"a": 1}]).semantic_type == "unknown"
    assert "objects" in classify("customer", [{"a": 1}]).evidence


def test_one_odd_value_does_not_lay_a_personal_field_bare() -> None:
    assert classify("email", ["unknown"]).masked
    assert classify("phone", ["n.a."]).masked
    assert not classify("email", ["yes", "no", "maybe", "never"]).masked


def test_one_valid_value_is_enough_for_strong_forms_only() -> None:
    assert classify("c7", EMAILS[:1]).confidence > 0.9
    assert classify("c7", RESIDENTS[:1]).confidence > 0.9
    assert classify("c7", CARDS[:1]).masked
    assert not classify("c7", MOBILES[:1]).masked
    assert classify("c7", ["42"]).semantic_type == "number"
    assert classify("c7", ["Smith"]).semantic_type == "unknown"


def test_one_number_that_passes_luhn_does_not_overrule_a_name() -> None:
    assert classify("order_id", ["4111111111111111"]).semantic_type == "order_id"
    assert classify("order_id", CARDS).semantic_type == "bank_card"


def test_more_agreement_gives_more_confidence() -> None:
    clean = classify("email", EMAILS * 3)
    dirty = classify("email", [*EMAILS, "none", "todo"])
    unnamed = classify("c7", EMAILS)
    assert dirty.confidence < clean.confidence
    assert unnamed.confidence < clean.confidence


def test_personal_data_inside_free_text() -> None:
    notes = [
        "leave at the door please",
        "call me at +44 20 7946 0958 first",
        "mail ann@example.com about it",
        "no rush",
    ]
    found = classify("note", notes)
    assert found.semantic_type == "text"
    assert found.masked
    assert found.pii.cls == "personal"
    assert (found.pii.hits, found.pii.checked) == (2, 4)
    assert "2 of 4" in found.evidence
    sensitive = classify("留言", ["请尽快发货", f"我的身份证是{RESIDENTS[0]}谢谢"])
    assert sensitive.pii.cls == "sensitive"
    assert not classify("note", ["leave at the door please", "no rush at all"]).masked


def test_personal_data_in_a_few_values_does_not_hide_a_catalogue() -> None:
    titles = [f"Printed mug number {number}" for number in range(99)]
    assert not classify("product_name", [*titles, "Mug of ann@example.com"]).masked
    assert classify(
        "product_name", [*titles[:9], "Mug of a@example.com", "b@example.com", "c@example.com"]
    ).masked


def test_a_masked_field_keeps_its_type() -> None:
    found = classify("c7", ["***@***.com"] * 7 + ["***@***.org", "x+"], masked_as="email")
    assert found.semantic_type == "email"
    assert found.pii.cls == "personal"
    assert (found.pii.hits, found.pii.checked) == (8, 9)
    assert (
        found.evidence == "its values had the form of email; the values have been masked since this was found"
    )
    named = classify("traits.age", ["**"] * 9, masked_as="age")
    assert named.evidence.startswith("the name says 'age'; ")
    assert (named.pii.hits, named.pii.checked) == (0, 0)
    text = classify("note", ["x+ x+ x+"], masked_as="text")
    assert text.semantic_type == "text"
    assert text.masked


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.builds(
            FieldEvidence,
            path=st.text(max_size=20) | st.sampled_from(["email", "id", "name", "用户ID", "a.b[].price", "is_x"]),
            types=st.dictionaries(
                st.sampled_from(["string", "number", "boolean", "object", "array"]), st.integers(0, 9)
            ),
            samples=st.lists(
                st.tuples(st.text(max_size=40) | st.integers().map(str) | st.floats().map(str), st.integers(0, 9))
            ),
            count=st.integers(0, 100),
            distinct=st.floats(0, 100),
            masked_as=st.none() | st.sampled_from(["email", "text", "unknown", "no such type"]),
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
        assert one.masked == (one.pii.cls in MASKED_CLASSES)
        assert 0 <= one.pii.hits <= one.pii.checked or one.pii.checked == 0
    assert CLASSIFIER.kind("any", found)
