"""An asset that got worse within a day: its quality fell, or its events are old."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import pytest

from monitoring.finding import Finding
from streams.stages import noticing
from streams.stages.best_of_day import BestOfDay
from streams.stages.noticing import NoticingPart
from streams.stages.worsened import worsened

HOUR_MS = 3_600_000


def asset(grade: str | None, score: float | None, age_s: float | None = None) -> dict[str, Any]:
    dimensions = {
        "validity": {"score": score, "graded": True},
        "completeness": {"score": 0.999, "graded": True},
        "timeliness": {"score": 0.0, "graded": False},
    }
    return {
        "asset": "shop.orders",
        "quality": {"grade": grade, "score": score, "dimensions": dimensions},
        "freshness": {"age_s": age_s},
    }


def looked(*assets: Mapping[str, Any], every_ms: int = HOUR_MS) -> dict[str, Any]:
    """Return the last of them with the best of all, a restart after each."""
    stored: Any = None
    for place, one in enumerate(assets):
        best = BestOfDay(stored)
        best.look(one, place * every_ms)
        stored = best.state()
    return {**one, "best_of_day": BestOfDay(stored).document()}


def told(*assets: Mapping[str, Any], every_ms: int = HOUR_MS) -> list[Finding]:
    return list(worsened(looked(*assets, every_ms=every_ms)))


def test_a_grade_that_fell_is_told_with_what_it_was_and_where_it_is_worst() -> None:
    (found,) = told(asset("B", 0.91), asset("C", 0.85), asset("D", 0.72))
    assert (found.kind, found.subject, found.size) == ("quality-fell", "shop.orders", 0.19)
    assert found.text == (
        "The quality of shop.orders has fallen: grade D (0.720), B (0.910) within the last day;"
        " lowest is its validity, 0.720."
    )


@pytest.mark.parametrize(
    "assets",
    [
        (asset("B", 0.901), asset("C", 0.899)),  # on the edge of two grades
        (asset("D", 0.7), asset("B", 0.91)),
        (asset(None, None), asset("D", 0.7)),
        (asset("A", 0.99), asset(None, None)),
        (asset("A", 0.99), *[asset("F", 0.2)] * 26),  # more than a day ago
        (asset("A", 0.99, 2.0), asset("A", 0.99, 3_600.0)),
        (asset("A", 0.99, 7_000.0), asset("A", 0.99, 41_000.0)),  # always late
        (asset("A", 0.99, None), asset("A", 0.99, 41_000.0)),  # nobody knows how old they were
        (asset("A", 0.99, 2.0), asset("A", 0.99, None)),
        (asset("A", 0.99, -28_800.0), asset("A", 0.99, -28_000.0)),  # a clock that is ahead
    ],
)
def test_it_keeps_quiet_about_all_else(assets: tuple[dict[str, Any], ...]) -> None:
    assert told(*assets) == []


def test_old_events_are_told_with_how_fresh_they_were() -> None:
    (found,) = told(asset("A", 0.99, 5.0), asset("A", 0.99, 2.0), asset("A", 0.99, 9_000.0))
    assert (found.kind, found.subject, found.size) == ("events-old", "shop.orders", 2.5)
    assert (
        "the newest event is 2 h older than the newest record, at best 2 s within the last day" in found.text
    )


def test_bests_are_bounded_whatever_the_clock_does() -> None:
    best = BestOfDay()
    for hour in (*range(100), 5, 200):
        best.look(asset("B", 0.9, 1.0), hour * HOUR_MS)
        assert len(best.state()) <= 25
    assert set(best.state()) == {"200"}


class Alerts:
    """Keeps what is told, as :class:`streams.stages.alerting.Alerting` does: each begins once and ends once."""

    def __init__(self) -> None:
        self.firing: set[str] = set()
        self.told: list[tuple[str, bool]] = []

    def is_firing(self, _subject: str, kind: str) -> bool:
        return kind in self.firing

    async def tell(self, finding: Finding, *, firing: bool) -> None:
        if firing != (finding.kind in self.firing):
            self.told.append((finding.kind, firing))
            (self.firing.add if firing else self.firing.discard)(finding.kind)


@pytest.fixture
def alerts() -> Alerts:
    return Alerts()


@pytest.fixture
def part(alerts: Alerts, monkeypatch: pytest.MonkeyPatch) -> NoticingPart:
    monkeypatch.setattr(noticing, "Alerting", lambda _context: alerts)
    return NoticingPart(SimpleNamespace(admin=None), dict)  # type: ignore[arg-type]


async def test_what_stands_for_a_minute_is_told_and_so_is_its_end(part: NoticingPart, alerts: Alerts) -> None:
    worse = looked(asset("A", 0.99, 1.0), asset("D", 0.7, 9_000.0))
    well = looked(asset("A", 0.99, 1.0), asset("A", 0.98, 2.0))
    for at_ms, document in ((0, worse), (59_000, worse), (59_500, well), (60_000, worse), (119_000, worse)):
        await part._judge_worse("shop.orders", document, at_ms)
        assert not alerts.told
    for at_ms, document in ((120_000, worse), (130_000, worse), (140_000, well), (150_000, well)):
        await part._judge_worse("shop.orders", document, at_ms)
    kinds = ("quality-fell", "events-old")
    assert alerts.told == [*((kind, True) for kind in kinds), *((kind, False) for kind in kinds)]
