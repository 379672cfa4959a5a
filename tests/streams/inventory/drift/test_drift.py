"""A change of a stated size is found within stated windows; streams that do not change raise no alarm."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.inventory.drift.bins import ValueBins, bins_of
from streams.inventory.drift.effect import Effect, total_variation
from streams.inventory.drift.evidence import log_bayes_factor
from streams.inventory.drift.found import Drift, Place
from streams.inventory.drift.samples import UNLISTED, samples_of
from streams.inventory.drift.words import documents
from tests.streams.inventory.profile.doubles import ToyMasker
from tests.streams.inventory.windows.streams import shop, watched
from tests.support.data import needs_data, online_retail_rows

AT = 45_000
STEADY = shop(60_000)
Change = Callable[[dict[str, Any], random.Random], None]


def drifts_after(change: Change, seed: int = 3) -> list[Drift]:
    chance = random.Random(seed)
    records = [dict(record) for record in STEADY]
    for record in records[AT:]:
        change(record, chance)
    return watched(records).findings().drifts


def missing(record: dict[str, Any], chance: random.Random) -> None:
    if chance.random() < 0.06:
        record["country"] = None


def types(record: dict[str, Any], chance: random.Random) -> None:
    if chance.random() < 0.1:
        record["quantity"] = int(record["quantity"])


def dearer(record: dict[str, Any], chance: random.Random) -> None:
    record["price"] = round(record["price"] * 1.5, 2)


def elsewhere(record: dict[str, Any], chance: random.Random) -> None:
    if chance.random() < 0.15:
        record["country"] = "FR"


def fewer(record: dict[str, Any], chance: random.Random) -> None:
    record["order"] = f"o{chance.randrange(300)}"


@pytest.mark.parametrize(
    ("change", "field", "aspect", "size"),
    [
        (missing, "country", "missing", 0.06),
        (types, "quantity", "types", 0.1),
        (dearer, "price", "values", 0.16),
        (elsewhere, "country", "values", 0.135),
        (fewer, "order", "distinct", 0.7),
    ],
)
def test_a_change_is_found_within_three_windows(change: Change, field: str, aspect: str, size: float) -> None:
    (drift,) = drifts_after(change)
    assert (drift.field, drift.aspect) == (field, aspect)
    assert drift.since == Place(AT, drift.since.time_ms)
    assert drift.noticed.offset is not None
    assert drift.noticed.offset <= AT + 3_000
    assert drift.log10_evidence >= drift.threshold >= 6
    assert drift.effect.low <= size <= drift.effect.high
    assert drift.effect.high - drift.effect.low < 0.3


def test_a_change_that_is_too_small_to_matter_is_not_told() -> None:
    def slightly(record: dict[str, Any], chance: random.Random) -> None:
        if chance.random() < 0.01:
            record["country"] = None

    assert drifts_after(slightly) == []


def test_what_was_found_is_learnt_and_the_way_back_is_found_again() -> None:
    chance = random.Random(5)
    records = shop(110_000, seed=9)
    for record in records[AT:80_000]:
        elsewhere(record, chance)
    found = watched(records).findings().drifts
    assert [(drift.field, drift.since.offset) for drift in found] == [("country", AT), ("country", 80_000)]


def test_one_odd_window_is_no_drift() -> None:
    records = [dict(record) for record in STEADY]
    for record in records[AT : AT + 1_000]:
        record["country"] = None
    assert watched(records).findings().drifts == []


@pytest.mark.parametrize("seed", range(4))
def test_steady_streams_raise_no_alarm(seed: int) -> None:
    assert watched(shop(120_000, seed=100 + seed)).findings().drifts == []


def test_a_field_that_varies_by_nature_raises_no_alarm() -> None:
    chance = random.Random(1)
    records = []
    for _ in range(120):
        share = chance.betavariate(2, 2)
        records += [{"a": "x" if chance.random() < share else "y"} for _ in range(1_000)]
    assert watched(records).findings().drifts == []


@needs_data
def test_real_columns_shuffled_raise_no_alarm_and_ordered_ones_few() -> None:
    rows = [{name: cell or None for name, cell in row.items()} for row in online_retail_rows(150_000)]
    assert len(watched(rows).findings().drifts) <= 2
    random.Random(1).shuffle(rows)
    assert watched(rows).findings().drifts == []


def test_the_bayes_factor_is_an_e_value_whatever_mean_and_variance() -> None:
    chance = np.random.default_rng(1)
    ones = np.ones(200_000)
    for mean, deviation in ((0.0, 1.0), (50.0, 0.01)):
        before = chance.normal(mean, deviation, (24, len(ones)))
        after = chance.normal(mean, deviation, (3, len(ones)))
        freedom = 25.0
        pooled = (before.var(axis=0) * 24 + after.var(axis=0) * 3) / freedom
        logs = log_bayes_factor(
            24 * ones, before.mean(axis=0), 3 * ones, after.mean(axis=0), pooled, freedom * ones
        )
        e = np.exp(logs)
        # The mean of an e-value is 1 at most; its heaviest thousandth is cut, so that the mean of a sample is one.
        assert np.sort(e)[:-10].mean() < 1.05
        for level in (10.0, 100.0):
            assert (e >= level).mean() <= 1.2 / level


def test_the_bayes_factor_grows_with_the_shift_and_falls_with_the_variance() -> None:
    one = np.ones(1)
    shifts = [
        float(log_bayes_factor(24 * one, 0 * one, 3 * one, shift * one, one, 25 * one)[0])
        for shift in (0, 1, 3, 9)
    ]
    assert shifts == sorted(shifts)
    assert shifts[0] < 0 < shifts[-1]
    calmer, wilder = (
        float(log_bayes_factor(24 * one, 0 * one, 3 * one, 3 * one, variance * one, 25 * one)[0])
        for variance in (1, 4)
    )
    assert wilder < calmer


def test_total_variation_covers_the_truth() -> None:
    chance = np.random.default_rng(2)
    before, after = np.array([0.5, 0.3, 0.2]), np.array([0.3, 0.3, 0.4])
    covered = 0
    for _ in range(300):
        one, other = chance.multinomial(3_000, before) / 3_000, chance.multinomial(3_000, after) / 3_000
        errors = np.sqrt(before * (1 - before) / 3_000 + after * (1 - after) / 3_000)
        effect = total_variation(one, other, errors)
        covered += effect.low <= 0.2 <= effect.high
    assert covered >= 285


@given(
    st.lists(
        st.one_of(st.integers(-(10**9), 10**9), st.floats(allow_nan=False), st.text(min_size=1, max_size=4)),
        min_size=1,
        max_size=300,
    )
)
@settings(max_examples=150, deadline=None)
def test_every_value_is_in_one_bin(values: list[Any]) -> None:
    bins = bins_of(samples_of(values, ToyMasker()))
    if bins is None:
        return
    texts = {value: 2 for value in values if isinstance(value, str)}
    numbers = {value: 3 for value in values if not isinstance(value, str)}
    tally, again = [0] * bins.count, [0] * bins.count
    bins.tally(texts, numbers, tally)
    assert len(tally) == bins.count == len(bins.labels())
    assert bins.count <= 16
    assert min(tally) >= 0
    assert sum(tally) == 2 * len(texts) + 3 * len(numbers)
    ValueBins.restored(bins.state()).tally(texts, numbers, again)
    assert again == tally


def test_bins_of_numbers_hold_what_they_say() -> None:
    bins = ValueBins([1.0, 2.5])
    assert bins.labels() == ["up to 1", "1 to 2.5", "above 2.5", "not a number"]
    tally = [0] * bins.count
    bins.tally({"1": 1, "1.5": 10, "abc": 100, "2.6": 1_000, "01": 10_000}, {2.5: 1, 3: 5}, tally)
    assert tally == [1, 11, 1_005, 10_100]


def test_samples_hide_what_is_personal_long_or_huge() -> None:
    values = ["a@b.example", "x" * 65, 2**70, "ok", True, 1.5, "\ud800"]
    assert samples_of(values, ToyMasker()) == [UNLISTED, UNLISTED, UNLISTED, "ok", "true", 1.5, UNLISTED]


def drift(
    offset: int, time: int, before: dict[str, int], after: dict[str, int], evidence: float = 9.0
) -> Drift:
    place = Place(offset, time)
    return Drift("c1", "values", place, place, evidence, 7.0, Effect(0.2, 0.1, 0.3), before, after)


def test_drifts_of_partitions_are_one() -> None:
    first = drift(5, 1_000, {"UK": 90, "FR": 10}, {"UK": 50, "FR": 50})
    second = drift(7, 2_000, {"UK": 90, "PL": 10}, {"UK": 70, "PL": 30})
    apart = drift(9, 10**9, {"UK": 90, "PL": 10}, {"UK": 70, "PL": 30})
    found = documents([second, first, apart], {"c1": 4}, names={"c1": "country"}, masked=())
    assert [one["since"]["offset"] for one in found] == [9, 5]
    both = found[1]
    assert both["field"] == "country"
    assert both["partitions"] == {"changed": 2, "watching": 4}
    assert both["evidence"] == 8.7
    assert both["effect"]["size"] == 0.3
    assert both["before"] == "UK 90.0 %, FR 5.0 %, PL 5.0 %"
    assert both["after"] == "UK 60.0 %, FR 25.0 %, PL 15.0 %"


def test_documents_of_personal_fields_show_no_value() -> None:
    (found,) = documents([drift(5, 1_000, {"UK": 9}, {"FR": 9})], {}, names={}, masked={"c1"})
    assert "UK" not in str(found)
    assert found["before"] == "not shown: the field is personal"
