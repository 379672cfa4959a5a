"""No personal value in what is serialised, whether the field is found out at once or later."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest

from streams.inventory.base import UNKNOWN, Classification, FieldEvidence, Pii
from streams.inventory.document import asset_document, field_evidence
from streams.inventory.profile import PartitionProfile
from tests.streams.inventory.profile.doubles import (
    META,
    CardMasker,
    ToyClassifier,
    contents,
    decoded,
    policy,
    profile_of,
)

NAMES = ["ann", "bob", "cem", "dee", "eva"]


def email(i: int) -> str:
    return f"{NAMES[i % 5]}{i}@mail{i % 7}.example"


class Late(ToyClassifier):
    """Says that every field is personal once it was asked often enough."""

    def __init__(self, after: int) -> None:
        super().__init__()
        self._after = after

    def fields(self, evidence: Any) -> dict[str, Classification]:
        self.shown.append(evidence)
        if len(self.shown) <= self._after:
            return {one.path: UNKNOWN for one in evidence}
        return {one.path: Classification("person_name", 0.9, "", Pii("personal")) for one in evidence}


def everything(profile: PartitionProfile) -> str:
    asset = profile.assets["t"]
    document = asset_document(
        asset,
        name="t",
        source={"topic": "t"},
        classification={one.path: UNKNOWN for one in field_evidence(asset)},
        kind="other",
        reasons={},
        now_ms=0,
    )
    return contents(profile).decode("latin-1") + str(document)


@pytest.mark.parametrize("count", [1, 50, 5000])
def test_a_personal_field_shows_nobody_from_the_first_batch_on(count: int) -> None:
    profile = profile_of([{"mail": email(i), "n": i} for i in range(count)], batch=700)
    assert profile.assets["t"].fields["mail"].masked_as == "email"
    assert profile.assets["t"].fields["n"].masked_as is None
    shown = everything(profile)
    assert not any(email(i) in shown for i in range(count))
    assert not any(email(i).split("@")[0] in shown for i in range(count))
    distinct = profile.assets["t"].fields["mail"].distinct()
    assert distinct.low <= count <= distinct.high


def test_shapes_and_counts_stay_useful() -> None:
    rows = [
        {"email": value} for value in ["ann@x.example", "bob@y.example", "N/A", "", None, "eva@long.example"]
    ]
    field = profile_of(rows).assets["t"].fields["email"]
    figures = field.figures()
    assert [(top.text, top.count) for top in field.top(9)] == [
        ("aaa@a.aaaaaaa", 2),
        ("N/A", 1),
        ("aaa@aaaa.aaaaaaa", 1),
    ]
    assert (figures.blanks, figures.spelled, figures.distinct.estimate, field.nulls) == (1, 1, 4, 1)
    assert (figures.moments.count, figures.minimum, figures.lengths.maximum, figures.distribution) == (
        0,
        None,
        None,
        None,
    )


@pytest.mark.parametrize("distinct", [30, 5000])
def test_found_out_later_it_is_purged(distinct: int) -> None:
    chance = random.Random(8)
    values: list[Any] = [f"{NAMES[i % 5].title()} Q{i}" for i in range(distinct)]
    values += [13_800_000_000 + i for i in range(distinct)] + ["", "N/A", "12.5", True, 2.5]
    rows = [{"who": value} for value in values * 2]
    chance.shuffle(rows)
    late = Late(after=1)
    profile = PartitionProfile("t", policy(classifier=late))
    kept = ""
    for start in range(0, len(rows), 50):
        profile.add(decoded(rows[start : start + 50]), META)
        kept = kept or ("Q" in contents(profile).decode("latin-1") and "shown before") or ""
    assert kept, "the test has to begin unmasked"
    field = profile.assets["t"].fields["who"]
    assert field.masked_as == "person_name"
    shown = everything(profile)
    assert not any(str(value) in shown for value in values if len(str(value)) > 5)
    assert "Q" not in "".join(top.text for top in field.top(99)).replace("NaN", "")
    figures = field.figures()
    assert field.types == {"string": 2 * (distinct + 3), "number": 2 * (distinct + 1), "boolean": 2}
    assert (figures.blanks, figures.spelled, figures.moments.count) == (2, 2, 0)
    # "N/A", "12.5", true and 2.5 are four more.
    assert figures.distinct.low <= 2 * distinct + 4 <= figures.distinct.high
    for top in field.top(99):
        assert top.low <= top.high <= len(rows)


def test_purging_a_field_of_more_values_than_are_kept_keeps_the_bounds() -> None:
    values = [f"Name {i}" for i in range(1000, 9000)] + ["Jo 1", "Jo 2"] * 30 + ["", "N/A"] * 4000
    random.Random(3).shuffle(values)
    rows = [{"x": value} for value in values]
    profile = profile_of(rows[:9000], 500)
    profile.merge(profile_of(rows[9000:], 500))
    field = profile.assets["t"].fields["x"]
    field.mask("person_name")
    figures = field.figures()
    assert (figures.blanks, figures.spelled) == (4000, 4000)
    assert figures.distinct.low <= 8003 <= figures.distinct.high
    true = {"aaaa 9999": 8000, "aa 9": 60, "N/A": 4000}
    assert {top.text for top in field.top(9)} == set(true)
    for top in field.top(9):
        assert top.low <= true[top.text] <= top.high


def test_masked_late_or_early_counts_the_same() -> None:
    rows = [{"x": value} for i in range(300) for value in (f"Name {i % 40}", "", "n/a", i % 7)]
    early = profile_of(rows, 100, classifier=Late(after=0)).assets["t"].fields["x"]
    late = profile_of(rows, 100, classifier=Late(after=1)).assets["t"].fields["x"]
    assert late.masked_as == early.masked_as == "person_name"
    assert late.top(50) == early.top(50)
    assert late.figures().distinct == early.figures().distinct
    assert (late.blanks, late.types) == (early.blanks, early.types)


@pytest.mark.parametrize("masked_first", [True, False])
def test_merging_with_a_masked_profile_masks(masked_first: bool) -> None:
    plain = profile_of([{"x": f"Name {i}"} for i in range(40)])
    masked = profile_of([{"x": f"Name {i}"} for i in range(20, 60)], classifier=Late(after=0))
    one, other = (masked, plain) if masked_first else (plain, masked)
    before = other.to_bytes()
    one.merge(other)
    assert other.to_bytes() == before
    field = one.assets["t"].fields["x"]
    assert field.masked_as == "person_name"
    assert field.figures().distinct.estimate == 60
    assert [(top.text, top.count) for top in field.top(9)] == [("aaaa 99", 70), ("aaaa 9", 10)]
    assert "Name" not in everything(one)


def test_of_two_types_the_more_sensitive_stays() -> None:
    one = profile_of([{"x": "a"}], classifier=Late(after=0))
    other = profile_of([{"x": "b"}])
    other.assets["t"].fields["x"].mask("passport_number")
    one.merge(other)
    assert one.assets["t"].fields["x"].masked_as == "passport_number"


def test_a_personal_value_within_an_open_field_is_masked_before_it_is_kept() -> None:
    rows: list[dict[str, Any]] = [{"note": f"call back number {i}"} for i in range(3000)]
    rows += [{"note": f"please write to {email(i)} today"} for i in range(500)] + [{"note": "zz " + email(1)}]
    random.Random(9).shuffle(rows)
    profile = profile_of(rows, 400)
    field = profile.assets["t"].fields["note"]
    assert field.masked_as is None
    shown = everything(profile)
    assert not any(email(i) in shown for i in range(500))
    assert field.top(1)[0].text == "please write to [email] today"
    assert field.top(1)[0].low <= 500 <= field.top(1)[0].high
    assert field.figures().maximum == "zz [email]"


def test_a_personal_value_beyond_what_is_kept_of_a_long_text() -> None:
    profile = profile_of([{"note": "x" * 250 + " " + email(3) + " " + "y" * 300}])
    assert "@" not in everything(profile)


def test_a_key_made_of_personal_data_is_masked() -> None:
    profile = PartitionProfile("t", policy())
    for i in range(30):
        profile.add(decoded([{f"seen {email(i)}": 1, "n": 2}]), META)
    asset = profile.assets["t"]
    assert list(asset.fields) == ["seen [email]", "n"]
    assert asset.fields["seen [email]"].numbers == 30
    assert "@" not in everything(profile)


def test_masked_numbers_keep_their_json_type_only() -> None:
    profile = profile_of(
        [{"phone": 13800138000}, {"phone": float("nan")}, {"phone": 10**400}], masker=CardMasker()
    )
    field = profile.assets["t"].fields["phone"]
    assert field.types == {"number": 3}
    assert {top.text for top in field.top(5)} == {"99999999999", "NaN", "aaaaaaaa"}
    assert "13800138000" not in everything(profile)


def test_a_masked_field_stays_so_after_a_restart() -> None:
    profile = profile_of([{"mail": email(1)}])
    again = PartitionProfile.from_bytes(profile.to_bytes(), policy(classifier=Late(after=99)))
    again.add(decoded([{"mail": email(2)}] * 20), META)
    assert again.assets["t"].fields["mail"].masked_as == "email"
    assert "@mail" not in contents(again).decode("latin-1")


def evidence_of_calls(classifier: ToyClassifier, path: str) -> list[FieldEvidence]:
    return [one for call in classifier.shown for one in call if one.path == path]


def test_the_classifier_sees_values_as_they_are_and_is_asked_again_as_a_field_grows() -> None:
    classifier = ToyClassifier()
    profile = PartitionProfile("t", policy(classifier=classifier))
    profile.add(decoded([{"note": "mail ann@x.example"}]), META)
    for _ in range(150):
        profile.add(decoded([{"note": "mail ann@x.example", "n": 1}]), META)
    seen = evidence_of_calls(classifier, "note")
    assert seen[0].samples == [("mail ann@x.example", 1)]
    grown = [one.count for one in seen]
    assert {10, 100} <= {10 ** (len(str(count)) - 1) for count in grown}
    assert len(classifier.shown) < 16


def test_a_field_that_was_empty_first_is_classified_with_its_first_value() -> None:
    classifier = ToyClassifier()
    profile = PartitionProfile("t", policy(classifier=classifier))
    for _ in range(20):
        profile.add(decoded([{"contact": None, "n": 1}]), META)
    profile.add(decoded([{"contact": email(1)}]), META)
    assert profile.assets["t"].fields["contact"].masked_as == "email"


def test_evidence_of_a_grown_field_joins_what_was_counted_and_what_is_at_hand() -> None:
    classifier = ToyClassifier()
    profile = PartitionProfile("t", policy(classifier=classifier))
    profile.add(decoded([{"a": "x"}, {"a": 1}, {"a": ""}]), META)
    profile.add(decoded([{"a": "x"}] * 4 + [{"a": "y"}] * 3 + [{"a": True}]), META)
    seen = evidence_of_calls(classifier, "a")[-1]
    assert dict(seen.samples) == {"x": 5, "y": 3, "1": 1, "true": 1}
    assert (seen.count, seen.distinct) == (10, 4)
    assert seen.types == {"string": 9, "number": 1, "boolean": 1}


def test_a_field_that_shows_nothing_new_waits_for_the_next_power_of_ten() -> None:
    looks = {}
    for name, values in (
        ("same", ["x"] * 120),
        ("new", [f"x{i}" for i in range(120)]),
        ("late", [f"x{i == 19}" for i in range(120)]),
    ):
        classifier = ToyClassifier()
        profile = PartitionProfile("t", policy(classifier=classifier))
        for value in values:
            profile.add(decoded([{"f": value}]), META)
        looks[name] = [one.count for one in evidence_of_calls(classifier, "f")]
    assert looks["new"] == [1, 2, 5, 10, 20, 50, 100]
    assert looks["same"] == [1, 2, 5, 10, 100]
    assert looks["late"] == [1, 2, 5, 10, 20, 100]


def test_a_value_that_is_masked_before_it_is_kept_is_new_each_time() -> None:
    classifier = ToyClassifier()
    profile = PartitionProfile("t", policy(classifier=classifier))
    for _ in range(60):
        profile.add(decoded([{"note": "mail ann@x.example"}]), META)
    assert [one.count for one in evidence_of_calls(classifier, "note")] == [1, 2, 5, 10, 20, 50]


class Telling(ToyClassifier):
    """Says of each field what it tells: its path."""

    @staticmethod
    def _one(evidence: FieldEvidence) -> Classification:
        return replace(ToyClassifier._one(evidence), tells=f"type of {evidence.path}")


def test_of_other_fields_is_shown_what_they_tell() -> None:
    classifier = Telling()
    profile = PartitionProfile("t", policy(classifier=classifier))
    profile.add(decoded([{"a": "x", "mail": email(1)}]), META)
    profile.add(decoded([{"a": "x", "mail": email(2), "b": "y"}]), META)
    told = {one.path: (one.tells, list(one.samples)) for one in classifier.shown[-1]}
    assert told == {
        "b": (None, [("y", 1)]),
        "a": (None, [("x", 2)]),
        "mail": ("email", []),
    }
    profile.add(decoded([{"c": 1}]), META)
    told = {one.path: (one.tells, list(one.samples)) for one in classifier.shown[-1]}
    assert told == {
        "c": (None, [("1", 1)]),
        "a": ("type of a", []),
        "b": ("type of b", []),
        "mail": ("email", []),
    }


def test_of_fields_that_were_not_decided_here_some_values_are_shown() -> None:
    before = profile_of([{"a": f"x{i}"} for i in range(40)])
    classifier = Telling()
    profile = PartitionProfile.from_bytes(before.to_bytes(), policy(classifier=classifier))
    profile.add(decoded([{"b": 1}]), META)
    (shown,) = evidence_of_calls(classifier, "a")
    assert (shown.tells, len(shown.samples), shown.count) == (None, 16, 40)
    profile.add(decoded([{"c": 1}]), META)
    assert evidence_of_calls(classifier, "a")[-1].tells == "type of a"
