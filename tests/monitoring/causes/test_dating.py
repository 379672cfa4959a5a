"""Clocks that are off are told by the records that labels are made of, and by nothing else."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

from monitoring.causes import Ages, Alarm, Features, Mapped, explain, lineage_of
from monitoring.causes.dating import signals
from pandian.topics import IMPRESSIONS

MINUTE_MS = 60_000
HOUR_S = 3_600.0
TIMES = [MINUTE_MS * number for number in range(100, 114)]
CLICKS = {"shop.clicks": Mapped("interactions", {"user": "who", "item": "what", "time": "at"})}
ALARM = Alarm("all models", 107 * MINUTE_MS, 114 * MINUTE_MS, 0.0, what="famine")


def ages(
    shift_s: float, since: int = 7, share: float = 1.0, asset: str = "shop.clicks", field: str = "at"
) -> Ages:
    """Return ages of some seconds, to which something is added from a look on, for a share of the records."""
    random = np.random.default_rng(5)
    usual = random.exponential(4.0, (len(TIMES), 50))
    usual[since:] += shift_s * (random.random((len(TIMES) - since, 50)) < share)
    return Ages(asset, field, TIMES, usual.tolist())


def explained(*some: Ages) -> Any:
    return explain(ALARM, [], lineage_of(CLICKS, Features("all models"), {}), (), some)


@pytest.mark.parametrize(
    ("shift_s", "kind", "after"),
    [(8 * HOUR_S, "late", "8.0 h before"), (-8 * HOUR_S, "early", "8.0 h after"), (-120.0, "early", "after")],
)
def test_a_clock_that_goes_wrong_is_told_with_how_far_it_is_off(
    shift_s: float, kind: str, after: str
) -> None:
    (found,) = signals(ages(shift_s))
    assert (found.asset, found.field, found.kind) == ("shop.clicks", "at", kind)
    assert abs(found.since - TIMES[7]) <= MINUTE_MS
    assert found.before.endswith("s before they came, at the median")
    assert after in found.after
    assert found.size > 0.9


def test_a_part_of_the_records_is_enough() -> None:
    (found,) = signals(ages(8 * HOUR_S, share=0.3))
    assert 0.2 < found.size < 0.4


@pytest.mark.parametrize(
    "some",
    [
        ages(0.0),
        ages(30.0),  # some seconds more come of busy brokers
        ages(8 * HOUR_S, since=0),  # always so
        ages(8 * HOUR_S, since=11, share=0.02),
        Ages("shop.clicks", "at", TIMES[:4], [[1.0]] * 4),
        Ages("shop.clicks", "at", TIMES, [[] for _ in TIMES]),
    ],
    ids=("usual", "busy", "always", "few", "short", "none"),
)
def test_all_else_is_none(some: Ages) -> None:
    assert list(signals(some)) == []
    found = explained(some)
    assert (found.verdict, found.causes) == ("unknown", ())
    assert "Nothing is known to have moved about when feedback stopped" in found.text


def test_of_usual_records_nothing_is_told_where_they_are_the_most() -> None:
    (found,) = signals(ages(-8 * HOUR_S, share=0.3))
    assert re.fullmatch(r"(2|3)\d% of them dated 8\.0 h after they came, at the median", found.after)


@pytest.mark.parametrize("pace", [2, 60, 86_400])
def test_history_that_is_told_again_has_no_clock(pace: float) -> None:
    """What happened years ago comes faster than it happened: each record is younger than the one before."""
    random = np.random.default_rng(7)
    old = np.array(TIMES) / 1_000 * (1 - pace) + 1e9
    seconds = old[:, None] - random.exponential(3_600.0, (len(TIMES), 50))
    assert list(signals(Ages("shop.clicks", "at", TIMES, seconds.tolist()))) == []


def test_what_always_came_days_late_is_hours_late_by_nobodys_fault() -> None:
    usual = ages(0.0)
    for hours, told in ((3.0, 0), (12.0, 1)):
        days = [[one + 4 * 86_400 for one in some] for some in usual.seconds]
        days[7:] = [[one + hours * HOUR_S for one in some] for some in days[7:]]
        assert len(list(signals(Ages("shop.clicks", "at", TIMES, days)))) == told


def test_where_feedback_stops_the_clock_is_named() -> None:
    found = explained(ages(-8 * HOUR_S), ages(0.0, asset=IMPRESSIONS, field="time"))
    assert found.verdict == "data"
    assert [(one.asset, one.field) for one in found.causes] == [("shop.clicks", "at")]
    assert found.text.startswith("The data that models read changed about when feedback stopped, ")
    assert "Most likely it is shop.clicks.at (the time of interactions)" in found.text
    assert "dated 8.0 h after they came" in found.text


def test_the_clock_of_impressions_is_one_too() -> None:
    found = explained(ages(0.0), ages(3 * HOUR_S, asset=IMPRESSIONS, field="time"))
    assert [(one.asset, one.field) for one in found.causes] == [(IMPRESSIONS, "time")]
    assert "pandian.impressions.time (the time of impressions)" in found.text
