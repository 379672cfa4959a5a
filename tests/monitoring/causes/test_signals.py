"""Signals of lateness, and of what documents tell by themselves."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from monitoring.causes import counted, observe, told
from monitoring.causes.observation import Contained, Observation
from tests.monitoring.causes.observations import MINUTE_MS, document, late


def told_of(**sections: Any) -> list[tuple[str, str, int]]:
    found = told.signals(document(**sections), 99)
    return [(one.field, one.kind, one.since) for one in found]


def drift(field: str, aspect: str) -> dict[str, Any]:
    return {
        "field": field, "aspect": aspect, "since": {"time": "1970-01-01T00:01:00.000Z"},
        "noticed": {"time": "1970-01-01T00:03:00.000Z"}, "evidence": 9.0, "effect": {"size": 0.5},
        "before": "a", "after": "b",
    }  # fmt: skip


def test_drift_changes_of_the_schema_and_silence_are_signals() -> None:
    gone = {
        "change": "vanished",
        "field": "code",
        "time": "1970-01-01T00:02:00Z",
        "share": 0.9,
        "log10_chance": -12,
    }
    silence = {"unusual": True, "gap_s": 0.05, "longest_gap_s": 0.01, "log10_tail": -40.0, "expected": 1_000}
    found = told_of(
        drift=[drift("code", "values")],
        schema_changes=[{**gone, "before": None, "after": None}],
        freshness={"silence": silence, "rate": {"usual": 5.0}},
    )
    assert found == [("code", "values", MINUTE_MS), ("code", "schema", 2 * MINUTE_MS), ("", "silence", 49)]
    assert told_of(freshness={"silence": {**silence, "unusual": False}}) == []


def test_a_change_of_meaning_is_a_judgement_of_the_whole_field() -> None:
    change = {
        "change": "meaning",
        "field": "code",
        "time": "1970-01-01T00:02:00Z",
        "before": "item_id",
        "after": "text",
    }
    (found,) = told.signals(document(schema_changes=[change]), 99)
    assert (found.kind, found.size, found.log10_evidence) == ("schema", 1.0, 2.0)
    assert (found.before, found.after) == ("item_id", "text")


def test_values_of_times_and_of_running_numbers_change_by_themselves() -> None:
    fields = document()["fields"]
    fields[0]["semantic_type"] = "order_id"
    assert told_of(fields=fields, drift=[drift("code", "values"), drift("code", "distinct")]) == []
    assert told_of(fields=fields, drift=[drift("code", "missing")]) == [("code", "missing", MINUTE_MS)]


def test_events_that_come_hours_late_are_told_since_they_do() -> None:
    usual = [late(minute, 100 + 10 * minute, 0, 1.0, 4.0, 6.0) for minute in range(8)]
    hours = [late(8 + more, 180 + 10 * more, 0, 1.0, 5.0, 28_800.0) for more in range(2)]
    now = late(10, 200, 0, 1.0, 28_800.0, 28_802.0)
    (found,) = counted.signals([*usual, *hours, now], document())
    assert (found.field, found.kind, found.since) == ("at", "late", 7 * MINUTE_MS)
    # Of 30 since then, those beyond the 95th percentile of 200 are 10, less the 1 of 170 that ever was.
    assert 0.25 < found.size < 0.34
    assert found.log10_evidence > 2
    assert not [*counted.signals(usual, document())]


def test_events_from_the_future_are_told() -> None:
    usual = [late(minute, 100 + 60 * minute, 0, 1.0, 4.0, 6.0) for minute in range(8)]
    ahead = [late(8 + more, 580 + 60 * more, 60 + 60 * more, 1.0, 4.0, 6.0) for more in range(3)]
    (found,) = counted.signals([*usual, *ahead], document())
    assert (found.field, found.kind, found.since, found.size) == ("at", "early", 7 * MINUTE_MS, 1.0)


def referring(minute: int, share: float | None) -> Observation:
    """Return an observation of an asset whose codes refer to items, as far as they do."""
    found = {} if share is None else {("code", "items", "sku"): Contained(share, 500)}
    return replace(observe(document(records=100 * (minute + 1)), minute * MINUTE_MS), contained=found)


def test_a_reference_that_leads_nowhere_is_told_also_when_it_is_none_any_more() -> None:
    usual = [referring(minute, 0.95) for minute in range(8)]
    (fell,) = counted.signals([*usual, referring(8, 0.9), referring(9, 0.7)], document())
    assert (fell.field, fell.kind, fell.since, fell.against) == ("code", "orphans", 7 * MINUTE_MS, "items")
    assert fell.size == pytest.approx(0.25 / 0.95)
    (gone,) = counted.signals([*usual, referring(8, 0.7), referring(9, None)], document())
    assert (gone.kind, gone.since) == ("orphans", 7 * MINUTE_MS)
    # Whole when last seen: it is shown no more for want of evidence, not for want of values.
    assert not [*counted.signals([*usual, referring(8, None)], document())]
    assert not [*counted.signals([*usual, referring(8, 0.96), referring(9, 0.945)], document())]
    unknown = replace(referring(9, None), contained=None)
    assert not [*counted.signals([*usual, unknown], document())]
