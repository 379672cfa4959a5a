"""The inventory document of an asset, against the contract."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import orjson
import pytest

from pandian.semantics import KINDS
from streams.decode.registry import BatchDecoder
from streams.inventory.base import UNKNOWN, Classification, Pii
from streams.inventory.classify import RuleClassifier
from streams.inventory.document import asset_document, field_evidence
from streams.inventory.masking import ShapeMasker
from streams.inventory.profile import BatchMeta, PartitionProfile, ProfilePolicy
from tests.streams.inventory.profile.doubles import policy, profile_of

NOW = 1_700_000_000_000

CONTRACT = {
    "asset": str,
    "kind": str,
    "records": int,
    "quarantined": int,
    "bytes": int,
    "source": dict,
    "freshness": dict,
    "quality": dict,
    "fields": list,
}
FIELD = {
    "field": str,
    "types": dict,
    "semantic_type": str,
    "confidence": float,
    "evidence": str,
    "pii": dict,
    "count": int,
    "missing": int,
    "missing_spelled": int,
    "distinct": dict,
    "quantiles": dict,
    "top": list,
}


def document(profile: PartitionProfile, **meanings: Classification) -> dict[str, Any]:
    asset = profile.assets[profile.topic]
    made = asset_document(
        asset,
        name="t",
        source={"topic": "t", "partitions": {"0": {"next_offset": 5}}},
        classification={one.path: meanings.get(one.path, UNKNOWN) for one in field_evidence(asset)},
        kind="other",
        reasons=profile.reasons,
        now_ms=NOW,
    )
    assert orjson.loads(orjson.dumps(made)) == json.loads(json.dumps(made)), "JSON for any writer"
    return made


def fields_of(profile: PartitionProfile, **meanings: Classification) -> dict[str, dict[str, Any]]:
    return {field["field"]: field for field in document(profile, **meanings)["fields"]}


def read(*lines: str, policy_: Any = None) -> PartitionProfile:
    profile = PartitionProfile("t", policy_ or policy())
    values = [line.encode() for line in lines]
    profile.add(BatchDecoder().decode(values), BatchMeta(sum(map(len, values)), NOW, np.array([NOW - 2500])))
    return profile


def is_a(semantic_type: str, cls: Any = "none", confidence: float = 0.9) -> Classification:
    return Classification(semantic_type, confidence, "because", Pii(cls, 40, 50))


def test_the_contract() -> None:
    made = document(read('{"price": 2.5, "name": "a"}', '{"price": "7", "name": null}', "\xff{"))
    for key, kind in CONTRACT.items():
        assert isinstance(made[key], kind), key
    assert made["kind"] in KINDS
    assert made["source"] == {
        "format": "json",
        "envelope": None,
        "topic": "t",
        "partitions": {"0": {"next_offset": 5}},
    }
    assert made["records"] == 2
    assert made["quarantined"] == sum(made["quarantined_reasons"].values()) == 1
    for key in ("duplicates", "schema_changes", "drift", "relations"):
        assert made[key] is None
    for field in made["fields"]:
        for key, kind in FIELD.items():
            assert isinstance(field[key], kind), key
        assert set(field["pii"]) == {"class", "prevalence", "low", "high"}
        assert set(field["distinct"]) == {"estimate", "low", "high"}


def test_figures_of_numbers_and_numeric_strings() -> None:
    field = fields_of(profile_of([{"n": value} for value in [1, 2.5, "4", "4", "n/a", "", None]] + [{}] * 3))[
        "n"
    ]
    assert (field["count"], field["missing"], field["missing_spelled"]) == (5, 5, 1)
    assert (field["nulls"], field["blanks"]) == (1, 1)
    assert (field["min"], field["max"], field["mean"], field["sum"], field["numbers"]) == (
        1,
        4,
        2.875,
        11.5,
        4,
    )
    assert field["stddev"] == pytest.approx(1.4361406616345072)
    assert field["quantiles"]["0.5"] == {"value": 2.5, "low": 2.5, "high": 2.5}
    assert field["top"][0] == {"value": "4", "count": 2, "low": 2, "high": 2}
    assert field["distinct"] == {"estimate": 4, "low": 4, "high": 4}
    assert field["types"] == {"number": 2, "string": 4}
    assert field["lengths"] == {"min": 1, "mean": 5 / 3, "max": 3, "median": 1}


def test_extremes_are_texts_where_numbers_are_few() -> None:
    field = fields_of(profile_of([{"code": value} for value in ["85123A", "71053", "POST", "n/a"]]))["code"]
    assert (field["min"], field["max"], field["mean"], field["numbers"]) == ("71053", "POST", None, 1)
    assert (field["histogram"], field["quantiles"]) == (None, {})


def test_what_is_missing_in_arrays_is_counted_by_elements() -> None:
    fields = fields_of(
        read(
            '{"id": 1, "items": [{"sku": "a", "n": 1}, {"sku": ""}, null], "tags": ["x", null]}',
            '{"id": 2, "items": []}',
        )
    )
    missing = {name: (field["count"], field["missing"]) for name, field in fields.items()}
    assert missing == {
        "id": (2, 0),
        "items": (2, 0),
        "items[]": (2, 1),
        "items[].sku": (1, 2),
        "items[].n": (1, 2),
        "tags": (1, 1),
        "tags[]": (1, 1),
    }


def test_csv_headers_count_as_records_and_as_no_values() -> None:
    made = document(read("order_id,unit_price", "1,2.50", "2,"))
    assert (made["records"], made["header_records"]) == (3, 1)
    assert made["source"]["format"] == "csv"
    fields = {field["field"]: field for field in made["fields"]}
    assert fields["order_id"]["missing"] == 0
    assert fields["unit_price"]["missing"] == 1


def test_a_field_found_to_be_personal_at_the_end_shows_nothing() -> None:
    profile = profile_of([{"who": f"Person {i} Surname", "n": i} for i in range(50)])
    before = profile.to_bytes()
    made = document(profile, who=is_a("person_name", "personal"))
    assert "Surname" not in json.dumps(made)
    field = made["fields"][0]
    assert field["masked"] is True
    assert field["pii"]["class"] == "personal"
    assert field["pii"]["low"] < field["pii"]["prevalence"] == 0.8 < field["pii"]["high"]
    assert (field["min"], field["max"], field["mean"], field["lengths"], field["histogram"]) == (None,) * 5
    assert field["distinct"]["estimate"] == 50
    assert profile.to_bytes() == before, "the profile is left as it was"


def test_a_field_masked_before_stays_personal_whatever_is_said_now() -> None:
    profile = profile_of([{"mail": f"x{i}@y.example"} for i in range(5)])
    field = fields_of(profile, mail=is_a("text"))["mail"]
    assert (field["masked"], field["semantic_type"], field["pii"]["class"]) == (True, "email", "personal")


def test_prevalence() -> None:
    profile = profile_of([{"a": "x", "b": "y"}])
    fields = fields_of(profile, a=Classification("city", 0.5, "", Pii("none", 0, 200)))
    assert fields["a"]["pii"]["prevalence"] == fields["a"]["pii"]["low"] == 0
    assert 0 < fields["a"]["pii"]["high"] < 0.02
    named = fields_of(profile, b=Classification("user_id", 0.5, "", Pii("pseudonym", 0, 90)))["b"]["pii"]
    assert named == {"class": "pseudonym", "prevalence": 1.0, "low": 0.0, "high": 1.0}


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["2011-08-31 17:01:00", "2010-01-01 00:00:00"], "2011-08-31T17:01:00Z"),
        (["2023-01-02T03:04:05+02:00"], "2023-01-02T01:04:05Z"),
        ([1_600_000_000, 1_500_000_000], "2020-09-13T12:26:40Z"),
        ([1_600_000_000_123], "2020-09-13T12:26:40.123000Z"),
        (["1600000000"], "2020-09-13T12:26:40Z"),
        (["2999-01-01"], "2023-11-14T22:13:17.500000Z"),
        (["yesterday"], "2023-11-14T22:13:17.500000Z"),
    ],
)
def test_the_last_event(values: Sequence[Any], expected: str) -> None:
    profile = profile_of([{"at": value} for value in values])
    profile.assets["t"].times.add(np.array([NOW - 2500]), NOW)
    made = document(profile, at=is_a("timestamp"))
    assert made["freshness"]["last_event"] == expected
    assert made["freshness"]["lateness_s"] == {"p50": 2.5, "p99": 2.5}


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["2023-11-14 22:12:00", "2023-11-14 21:00:00"], 77.5),
        ([(NOW - 2500) / 1000 - 3_600], 3_600.0),
        ([NOW + 5_000], -7.5),
        # An hour or a day is all that is told.
        (["2023-11-14 22:00:00", "2023-11-14 21:00:00"], None),
        (["2023-11-14T00:00:00Z"], None),
        (["yesterday"], None),
        (["2999-01-01T10:10:10"], None),
    ],
)
def test_how_old_the_newest_event_is(values: Sequence[Any], expected: float | None) -> None:
    profile = profile_of([{"at": value} for value in values])
    assert document(profile, at=is_a("timestamp"))["freshness"]["age_s"] is None, (
        "no broker says when it came"
    )
    profile.assets["t"].times.add(np.array([NOW - 2500]), NOW)
    assert document(profile, at=is_a("timestamp"))["freshness"]["age_s"] == expected


def test_a_day_does_not_tell_how_old_an_event_is() -> None:
    profile = profile_of([{"day": "2023-11-13"}])
    profile.assets["t"].times.add(np.array([NOW - 2500]), NOW)
    found = document(profile, day=is_a("date"))["freshness"]
    assert (found["last_event"], found["age_s"]) == ("2023-11-13T00:00:00Z", None)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["2011/09/02 10:00", "2011/10/01 09:30"], "2011-10-01T09:30:00Z"),
        (["31.01.2011 10:00", "02.03.2011 09:30"], "2011-03-02T09:30:00Z"),
        (
            ["01/02/2011 10:00", "02/01/2011 09:30"],
            "2023-11-14T22:13:17.500000Z",
        ),  # whichever: the broker tells
    ],
)
def test_the_last_event_in_a_notation_of_people(values: list[str], expected: str) -> None:
    profile = read(*(json.dumps({"t": value}) for value in values))
    assert document(profile, t=is_a("timestamp"))["freshness"]["last_event"] == expected


def test_a_plan_is_not_the_last_event() -> None:
    profile = read(
        '{"eta": "2023-05-05T10:00:00", "shippedAt": "2023-05-01T10:00:00", "validUntil": "2023-05-09T10:00:00"}'
    )
    meanings = dict.fromkeys(("eta", "shippedAt", "validUntil"), is_a("timestamp"))
    assert document(profile, **meanings)["freshness"]["last_event"] == "2023-05-01T10:00:00Z"


def test_where_no_field_has_the_time_the_day_tells() -> None:
    profile = read('{"sale_date": "01/31/2022", "expiry_date": "2023-01-01"}', '{"sale_date": "02/03/2022"}')
    made = document(profile, sale_date=is_a("date"), expiry_date=is_a("date"))
    assert made["freshness"]["last_event"] == "2022-02-03T00:00:00Z"


def test_a_number_that_passes_for_a_card_is_no_value_of_another_type() -> None:
    real = ProfilePolicy(RuleClassifier(), ShapeMasker())
    numbers = (4111111111111111, 4111111111111112, 4111111111111113)
    profile = read(*(f'{{"n": {number}}}' for number in numbers), policy_=real)
    made = document(profile, n=is_a("order_id"))
    assert any(top["value"] == "[card]" for top in made["fields"][0]["top"])
    assert made["quality"]["dimensions"]["validity"]["score"] == 1.0
    texts = read(*(f'{{"n": "{number}"}}' for number in (4111111111111111, *range(5, 400))), policy_=real)
    assert document(texts, n=is_a("number"))["quality"]["dimensions"]["validity"]["score"] == 1.0


def test_a_type_that_hardly_any_value_has_says_nothing_of_their_validity() -> None:
    profile = read('{"t": "01/Apr/24 x"}', '{"t": "02/Apr/24 x"}', '{"t": "10:30"}')
    made = document(profile, t=is_a("time_of_day"))
    assert made["quality"]["dimensions"]["validity"]["score"] == 1.0


def test_the_surest_field_tells_the_last_event() -> None:
    profile = profile_of([{"a": "2001-01-01", "b": "2002-01-01"}])
    made = document(profile, a=is_a("timestamp", confidence=0.5), b=is_a("timestamp"))
    assert made["freshness"]["last_event"] == "2002-01-01T00:00:00Z"
    assert made["freshness"]["lateness_s"] == {"p50": None, "p99": None}


def test_integers_that_json_readers_cannot_take_are_doubles() -> None:
    profile = profile_of([{"n": 10**30}, {"n": -(2**70)}, {"n": 3}] + [{"m": 1.7e308}] * 9)
    fields = fields_of(profile)
    assert (fields["n"]["max"], fields["n"]["min"]) == (1e30, float(-(2**70)))
    assert fields["m"]["sum"] is None


def test_an_asset_without_records() -> None:
    profile = PartitionProfile("t", policy())
    profile._asset("t")
    made = document(profile)
    assert (made["records"], made["fields"], made["quality"]["grade"]) == (0, [], None)
    assert made["freshness"] == {"last_event": None, "age_s": None, "lateness_s": {"p50": None, "p99": None}}
    assert made["source"]["format"] is None


def test_overflow() -> None:
    made = document(profile_of([{f"f{i}": 1 for i in range(30)}], max_fields=10))
    assert made["overflow"] == {"values": 20, "fields": {"estimate": 20, "low": 20, "high": 21}}


def test_histogram() -> None:
    field = fields_of(profile_of([{"n": i} for i in range(1000)] + [{"n": 10**6}]))["n"]
    histogram = field["histogram"]
    assert len(histogram["edges"]) == len(histogram["counts"]) + 1
    assert histogram["edges"] == sorted(histogram["edges"])
    assert (histogram["edges"][0], histogram["edges"][-1]) == (0, 10**6)
    assert sum(histogram["counts"]) == 1001
    assert max(histogram["counts"]) < 100
    one = fields_of(profile_of([{"n": 5}] * 3))["n"]["histogram"]
    assert one == {"edges": [5.0, 5.0], "counts": [3]}


def test_evidence_of_the_merged_profile() -> None:
    asset = profile_of([{"a": "x"}, {"a": "N/A"}, {"a": ""}]).assets["t"]
    evidence = {one.path: one for one in field_evidence(asset)}
    assert evidence["a"].samples == [("x", 1)]
    assert (evidence["a"].count, evidence["a"].distinct, evidence["a"].types) == (2, 2, {"string": 3})
