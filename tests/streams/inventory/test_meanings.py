"""What fields of merged assets mean: decided again where something can have changed, and only there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from streams.inventory import meanings
from streams.inventory.base import Classification, FieldEvidence, Pii
from streams.inventory.classify import RuleClassifier
from streams.inventory.document import field_evidence
from streams.inventory.masking import ShapeMasker
from streams.inventory.meanings import Meanings
from streams.inventory.profile.asset import AssetProfile
from streams.inventory.profile.field import FieldProfile
from tests.streams.inventory.profile.doubles import column, policy, profile_of

Fields = dict[str, FieldProfile]


class Asked:
    """Says of each field what it was told to, and remembers which were asked about and what the others told."""

    def __init__(self, **known: Classification) -> None:
        self.known = known
        self.asked: list[set[str]] = []
        self.told: list[dict[str, str]] = []

    def fields(self, evidence: Sequence[FieldEvidence]) -> dict[str, Classification]:
        asked = [one.path for one in evidence if one.tells is None]
        self.asked.append(set(asked))
        self.told.append({one.path: one.tells for one in evidence if one.tells is not None})
        return {path: self.known.get(path, Classification("text", 0.5)) for path in asked}

    def kind(self, asset: str, fields: Mapping[str, Classification]) -> str:
        return "other"


def field(values: Sequence[Any]) -> FieldProfile:
    made = FieldProfile(ShapeMasker())
    made.add(column("x", values))
    return made


def grown(fields: Fields, **values: Sequence[Any]) -> Fields:
    """Return fields with more values."""
    found = {}
    for name, before in fields.items():
        found[name] = before.copy()
        found[name].add(column("x", values.get(name, [])))
    return found | {name: field(more) for name, more in values.items() if name not in fields}


GIVEN, FAMILY = ("Ann", "Bob", "Cy", "Di"), ("Smith", "Young", "Jones")
PRICE = Classification("price", 0.95, tells="price")


def test_what_has_hardly_grown_is_not_asked_about_again() -> None:
    classifier, known = Asked(price=PRICE), Meanings()
    fields = {"price": field([1, 2] * 50), "note": field(["x"] * 100), "empty": field([None])}
    first = known.of("t", fields, classifier)
    assert first["price"] is PRICE
    assert known.of("t", fields, classifier) == first
    fields = grown(fields, price=[3] * 9, note=["y"] * 9)
    assert known.of("t", fields, classifier) == first
    assert classifier.asked == [{"price", "note", "empty"}]


def test_what_has_grown_is_asked_about_in_the_light_of_the_rest() -> None:
    classifier, known = Asked(price=PRICE), Meanings()
    fields = {"price": field([1, 2] * 50), "note": field(["x"] * 100), "empty": field([None])}
    known.of("t", fields, classifier)
    fields = grown(fields, price=[3] * 50, note=["y"] * 10)
    assert known.of("t", fields, classifier)["price"] is PRICE
    assert classifier.asked[1:] == [{"note"}]
    assert classifier.told[1:] == [{"price": "price", "empty": ""}]
    known.of("t", grown(fields, price=[3] * 50), classifier)
    assert classifier.asked[2:] == [{"price"}]


def test_of_few_values_each_counts() -> None:
    classifier, known = Asked(), Meanings()
    fields = {"note": field(["x"])}
    for _ in range(9):
        known.of("t", fields, classifier)
        fields = grown(fields, note=["y"])
    assert len(classifier.asked) == 9


@pytest.mark.parametrize("before", [[""] * 1_000, [None] * 1_000, ["", None]])
def test_the_first_value_after_many_that_are_none(before: list[str | None]) -> None:
    classifier, known = Asked(), Meanings()
    fields = {"note": field(before)}
    known.of("t", fields, classifier)
    known.of("t", fields, classifier)
    known.of("t", grown(fields, note=["ann@example.com"]), classifier)
    assert classifier.asked == [{"note"}] * 2


def test_a_new_field_that_tells_something_has_all_decided_together() -> None:
    classifier, known = Asked(price=PRICE), Meanings()
    fields = {"name": field(["x"] * 100)}
    known.of("t", fields, classifier)
    known.of("t", grown(fields, other=["y"]), classifier)
    assert classifier.asked[1:] == [{"other"}]
    fields = grown(fields, other=["y"], price=[1])
    known.of("t", fields, classifier)
    assert classifier.asked[2:] == [{"price"}, {"name", "other", "price"}]
    del fields["price"]
    known.of("t", fields, classifier)
    assert classifier.asked[4:] == [{"name", "other"}]


def test_a_field_that_was_masked_meanwhile_is_asked_about() -> None:
    classifier, known = Asked(), Meanings()
    fields = {"who": field(["Ann"] * 100), "note": field(["x"] * 100)}
    known.of("t", fields, classifier)
    fields["who"].mask("person_name")
    known.of("t", fields, classifier)
    # It tells about the others what it was masked as.
    assert classifier.asked[1:] == [{"who"}, {"who", "note"}]
    known.of("t", grown(fields, note=["y"] * 20), classifier)
    assert classifier.told[-1] == {"who": "person_name"}


def test_fewer_values_than_before_are_those_of_another_topic() -> None:
    classifier, known = Asked(price=PRICE), Meanings()
    known.of("t", {"price": field([1] * 100)}, classifier)
    known.of("t", {"price": field([1] * 90)}, classifier)
    assert len(classifier.asked) == 2


def test_assets_are_told_apart_and_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(meanings, "KEPT", 5)
    classifier, known = Asked(price=PRICE), Meanings()
    fields = {"a": field([1] * 100), "b": field([2] * 100)}
    for asset in ("one", "two", "one", "three", "one", "two", "one"):
        known.of(asset, fields, classifier)
    assert len(classifier.asked) == 4, "the one that was not asked for longest is decided again"
    wide = {f"f{number}": field([number] * 9) for number in range(9)}
    for _ in range(3):
        known.of("wide", wide, classifier)
    assert len(classifier.asked) == 5, "the last asset is kept however wide it is"


def test_what_is_remembered_is_what_would_be_decided() -> None:
    """Fields come one after the other and grow: each time, what they mean is as if all were decided anew."""
    classifier, known = RuleClassifier(), Meanings()
    rows = [
        {"name": f"{GIVEN[i % 4]} {FAMILY[i % 3]}"}
        | ({"id": f"a{i}"} if i >= 20 else {})
        | ({"email": f"u{i}@example.com"} if i >= 40 else {})
        | ({"status": "paid"} if i >= 60 else {})
        | ({"order_id": 1000 + i} if i >= 80 else {})
        for i in range(160)
    ]
    profile = AssetProfile(policy())
    for start in range(0, len(rows), 8):
        (more,) = profile_of(rows[start : start + 8]).assets.values()
        profile.merge(more)
        found = known.of("t", profile.named_fields(), classifier)
        anew = classifier.fields(field_evidence(profile))
        assert {path: one.semantic_type for path, one in found.items()} == {
            path: one.semantic_type for path, one in anew.items()
        }
    assert found["name"].semantic_type == "person_name"
    assert found["status"].semantic_type == "order_status"


def test_personal_values_that_come_late_are_found_before_the_field_has_grown_by_a_tenth() -> None:
    classifier, known = RuleClassifier(), Meanings()
    fields = {"note": field([f"call me {number} times" for number in range(100)])}
    assert not known.of("t", fields, classifier)["note"].masked
    fields = grown(fields, note=["mail [email] about it"] * 10)
    found = known.of("t", fields, classifier)["note"]
    assert found.masked
    assert found.pii == Pii("personal", found.pii.hits, found.pii.checked)
