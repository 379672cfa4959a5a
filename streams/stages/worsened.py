"""What got worse of an asset within a day: its quality, and how old its newest event is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from monitoring.finding import Finding
from pandian.durations import duration
from pandian.events import EVENTS_OLD, QUALITY_FELL

#: A score on the edge between two grades moves; a fall by less is none.
LEAST_FALL = 0.02
#: The newest event is old when it is so many seconds older than the newest record, and so many times as old as it was.
OLD_S, OLDER = 3_600.0, 6.0


def worsened(document: Mapping[str, Any]) -> Iterator[Finding]:
    """Yield what is worse than the best of the last day.

    Args:
        document: of an asset, with ``best_of_day``.
    """
    best = document["best_of_day"]
    quality, age = document.get("quality") or {}, (document.get("freshness") or {}).get("age_s")
    # Where there is a grade there is a score, and then both had one at their best. A is the first letter.
    if (
        quality.get("grade")
        and quality["grade"] > best["grade"]
        and quality["score"] < best["score"] - LEAST_FALL
    ):
        yield _fell(document["asset"], quality, best)
    if age is not None and age > max(OLD_S, OLDER * best["age_s"]):
        yield _old(document["asset"], age, best["age_s"])


def _fell(asset: str, quality: Mapping[str, Any], best: Mapping[str, Any]) -> Finding:
    graded = {
        name: one["score"]
        for name, one in (quality.get("dimensions") or {}).items()
        if one["graded"] and one["score"] is not None
    }
    worst = min(graded, key=lambda name: graded[name])
    evidence = (
        f"grade {quality['grade']} ({quality['score']:.3f}), {best['grade']} ({best['score']:.3f}) within the last day;"
        f" lowest is its {worst}, {graded[worst]:.3f}"
    )
    size = round(best["score"] - quality["score"], 4)
    text = f"The quality of {asset} has fallen: {evidence}."
    return Finding(QUALITY_FELL, asset, evidence, size, text, f"docs/runbooks/{QUALITY_FELL}.md")


def _old(asset: str, age: float, youngest: float) -> Finding:
    evidence = (
        f"the newest event is {duration(age)} older than the newest record, at best {duration(max(youngest, 0))} within"
        " the last day"
    )
    text = f"Records of {asset} come, and their events are old: {evidence}."
    size = round(age / OLD_S, 3)
    return Finding(EVENTS_OLD, asset, evidence, size, text, f"docs/runbooks/{EVENTS_OLD}.md")


def over(kind: str, document: Mapping[str, Any]) -> Finding:
    """Return what is said when an alert of a kind ends."""
    asset, quality = document["asset"], document.get("quality") or {}
    text = {
        QUALITY_FELL: f"The quality of {asset} is no worse than within the last day: grade {quality.get('grade')}.",
        EVENTS_OLD: f"The events of {asset} are no older than within the last day.",
    }[kind]
    return Finding(kind, asset, text, 0.0, text, f"docs/runbooks/{kind}.md")
