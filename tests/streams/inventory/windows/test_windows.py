"""What is noticed depends on the records and their order, never on batches; and nothing personal is kept."""

from __future__ import annotations

import math
import random
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.decode.base import Column, Decoded, RowGroup
from streams.inventory.profile import FieldProfile, PartitionProfile
from streams.inventory.profile.part import AssetPart
from streams.inventory.windows import WindowPart
from streams.inventory.windows.schedule import is_tested
from tests.streams.inventory.profile.doubles import ToyMasker
from tests.streams.inventory.windows.streams import (
    POLICY,
    feed,
    group,
    meta,
    restored,
    shop,
    state_of,
    watched,
)

STEADY = shop(60_000)


def changed(at: int = 45_000) -> list[dict[str, Any]]:
    """A fifth of the records come from elsewhere, and a field is new."""
    chance = random.Random(2)
    records = [dict(record) for record in STEADY]
    for record in records[at:]:
        record["channel"] = "web"
        if chance.random() < 0.3:
            record["country"] = "PL"
    return records


def test_is_an_asset_part() -> None:
    part: AssetPart = WindowPart(ToyMasker())
    assert state_of(part) == state_of(WindowPart(ToyMasker()))


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("per_second", [100, 50_000, None])
def test_batches_change_nothing(seed: int, per_second: float | None) -> None:
    records = changed()
    chance = random.Random(seed)
    sizes = [chance.choice([1, 7, 300, 999, 1_000, 1_001, 4_321]) for _ in range(50)]
    assert state_of(watched(records, sizes, per_second)) == state_of(watched(records, (5_000,), per_second))


def test_a_restart_changes_nothing() -> None:
    records = changed()
    profile = PartitionProfile("t", POLICY)
    straight, stopped = WindowPart(ToyMasker()), WindowPart(ToyMasker())
    for start in range(0, len(records), 3_700):
        batch = records[start : start + 3_700]
        one, about = group(batch), meta(start, len(batch))
        profile.add(Decoded([one], []), about)
        fields = profile.assets["t"].fields
        straight.add(one, fields, about)
        stopped.add(one, fields, about)
        stopped = restored(stopped)
    assert state_of(stopped) == state_of(straight)
    assert {drift.field for drift in stopped.findings().drifts} == {"country"}


def test_merging_joins_what_was_noticed() -> None:
    quiet, one, other = watched(STEADY), watched(changed()), watched(changed(50_000))
    merged = WindowPart(ToyMasker())
    for part in (quiet, one, other):
        before = state_of(part)
        merged.merge(part)
        assert state_of(part) == before
    found = restored(merged).findings()
    assert [drift.since.offset for drift in found.drifts] == [45_000, 50_000]
    assert {change.field for change in found.changes} == {"channel"}
    assert found.standing["price"].partitions == 3
    backwards = WindowPart(ToyMasker())
    for part in (other, one, quiet):
        backwards.merge(part)
    assert backwards.findings().drifts == found.drifts


def personal(count: int, domain: str) -> list[dict[str, Any]]:
    return [{"email": f"anna{i % 50}@{domain}", "n": i % 7} for i in range(count)]


def test_of_personal_fields_nothing_is_kept() -> None:
    part = watched([*personal(40_000, "secret.example"), *personal(20_000, "other.example")])
    state, blobs = state_of(part)
    assert b"secret" not in orjson.dumps(state)
    assert b"secret" not in blobs
    assert [drift.aspect for drift in part.findings().drifts if drift.field == "email"] == []


def test_a_field_that_turns_out_personal_is_purged() -> None:
    records = [dict(record) for record in STEADY]
    for record in records[45_000:]:
        record["country"] = "PL"
    part = watched(records)
    assert b"PL" in orjson.dumps(state_of(part)[0])
    part.hide("country", "name")
    state, _ = state_of(part)
    assert b"PL" not in orjson.dumps(state)
    assert b'"UK"' not in orjson.dumps(state)
    (drift,) = [drift for drift in part.findings().drifts if drift.field == "country"]
    assert (drift.before, drift.after) == ({}, {})
    feed(part, records[:5_000])
    assert b'"UK"' not in orjson.dumps(state_of(part)[0])


def test_personal_values_in_open_fields_make_no_bins() -> None:
    records = [{"who": "anna@x.example" if i % 3 else "nobody"} for i in range(6_000)]
    part = WindowPart(ToyMasker())
    profile = PartitionProfile("t", POLICY)
    # Counted before by somebody who does not take the field for personal.
    profile.add(Decoded([group([{"who": "nobody"}])], []), meta(0, 1))
    profile.assets["t"].fields["who"].check_at = 10**9
    one = group(records)
    part.add(one, profile.assets["t"].fields, meta(0, len(records)))
    assert b"anna" not in orjson.dumps(state_of(part)[0])
    assert b"nobody" in orjson.dumps(state_of(part)[0])


scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**64 - 1),
    st.floats(allow_nan=False),
    st.sampled_from(
        ["", " ", "\t", "1", "1e999", "-0", "9" * 400, "N/A", "\u2003", "\x00", "x" * 10_000, "无"]
    ),
    st.text(max_size=5),
    st.lists(st.integers(0, 9), max_size=2),
    st.dictionaries(st.text(max_size=2), st.booleans(), max_size=2),
)


@given(
    st.lists(st.dictionaries(st.sampled_from("abc"), scalars, max_size=3), min_size=1, max_size=40),
    st.integers(1, 40),
)
@settings(max_examples=15, deadline=None)
def test_hostile_records(pattern: list[dict[str, Any]], size: int) -> None:
    records = (pattern * (2_100 // len(pattern) + 1))[:2_100]
    part = watched(records, (size * 97,))
    assert state_of(part) == state_of(watched(records))
    assert state_of(restored(part)) == state_of(part)


def test_values_that_no_json_has() -> None:
    odd = [math.nan, -math.inf, 2**70, -(2**2000), "\ud800", True, 1, 1.0, -0.0]
    profile = FieldProfile(ToyMasker())
    states = []
    for size in (900, 7_000):
        part = WindowPart(ToyMasker())
        for start in range(0, 6_300, size):
            values = [odd[i % len(odd)] for i in range(start, min(start + size, 6_300))]
            one = RowGroup("msgpack", range(len(values)), [Column("a", values)])
            part.add(one, {"a": profile}, meta(start, len(values)))
        states.append(state_of(restored(part)))
    assert states[0] == states[1]


def test_many_fields_and_formats_are_bounded() -> None:
    records = [{f"f{i}": 1} for i in range(2_000)]
    part = watched(records)
    assert len(part.findings().standing) == 256
    one = group(STEADY[:10])
    for number in range(20):
        one.format = f"format{number}"
        part.add(one, {}, meta(0, 10))
    assert len(state_of(part)[0]["lanes"]) == 8


def test_slow_partitions_are_tested_window_by_window() -> None:
    assert all(is_tested(number, 1_001) for number in range(2_000))


def test_fast_partitions_are_tested_once_a_second_and_rarer_the_longer_they_are() -> None:
    assert all(is_tested(number, None) for number in range(16))
    assert sum(is_tested(number, None) for number in range(10_000)) < 250
    per_second = 1_000 / 10
    tested = sum(is_tested(number, 10) for number in range(10_000, 20_000))
    assert tested >= 10_000 / per_second * 0.7
