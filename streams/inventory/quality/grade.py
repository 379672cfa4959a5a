"""The quality of an asset: its dimensions, a score, a grade, the rules found, and what is wrong with which field.

The score is the mean of the graded dimensions, its interval the mean of theirs. The grade is that of the lower end, so
that few records do not earn a good one: A from .95, B from .90, C from .80, D from .70, E from .50, else F, unless
thresholds say otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import Any

from streams.inventory.intervals import Share
from streams.inventory.quality.base import Dimension, FieldQuality, percent
from streams.inventory.quality.dimensions import completeness, consistency, timeliness, uniqueness, validity
from streams.inventory.quality.findings import Findings, FoundRule
from streams.inventory.quality.places import Span
from streams.inventory.quality.thresholds import GRADES, NOTHING_ASKED, AssetThresholds

#: Fields told of, those with the most bad values first.
FIELDS = 50
#: Rules told.
RULES = 50


def quality(
    kind: str,
    fields: Sequence[FieldQuality],
    records: int,
    quarantined: int,
    findings: Findings | None = None,
    thresholds: AssetThresholds = NOTHING_ASKED,
    repeats: Mapping[str, Span] | None = None,
) -> dict[str, Any]:
    """Return the ``quality`` of an asset's document; grade and score are None when there is nothing to grade.

    Args:
        kind: the asset's kind.
        fields: its fields.
        records: those that were read.
        quarantined: those that could not be read.
        findings: what the records checked say; None where none were.
        thresholds: what is asked of it.
        repeats: by field, the first and the latest record whose value had come before, where that is known.
    """
    seen = findings or Findings()
    wrong = {path: judged.span for path, judged in seen.judged.items()}
    measured = {
        "completeness": completeness.measure(fields, seen.gaps),
        "validity": validity.measure(fields, records, quarantined, wrong),
        "uniqueness": uniqueness.measure(kind, fields, records, repeats or {}),
        "consistency": consistency.measure(seen.rules),
        "timeliness": timeliness.measure(seen.delays, thresholds.late_after_seconds),
    }
    known = {name: dimension for name, dimension in measured.items() if dimension is not None}
    graded = [dimension.share for dimension in known.values() if dimension.graded]
    whole = Share(*(fmean(column) for column in zip(*graded, strict=True))) if graded else None
    told_fields, missed = _fields(fields, seen, wrong, thresholds)
    dimensions = {name: one.document(getattr(thresholds, name)) for name, one in known.items()}
    missed = [f"{name}: {_missed(one)}" for name, one in dimensions.items() if one["met"] is False] + missed
    return {
        "grade": None if whole is None else grade(whole.low, thresholds),
        **(whole.document() if whole is not None else {"score": None, "low": None, "high": None}),
        "dimensions": dimensions,
        "missed": missed,
        "fields": told_fields,
        "rules": [_rule(rule) for rule in seen.rules[:RULES]],
    }


def grade(low: float, thresholds: AssetThresholds = NOTHING_ASKED) -> str:
    """Return the letter for the lower end of a score."""
    letters = thresholds.letters if thresholds.grades else GRADES
    return next((letter for letter, bound in letters.items() if low >= bound), "F")


def _missed(told: Mapping[str, Any]) -> str:
    return f"{percent(told['low'])} at least, {percent(told['least'])} asked for"


def _fields(
    fields: Sequence[FieldQuality], seen: Findings, wrong: Mapping[str, Span], thresholds: AssetThresholds
) -> tuple[list[dict[str, Any]], list[str]]:
    """Return what is wrong with fields, the worst first, and what was asked of them and is not met."""
    told: list[tuple[float, dict[str, Any]]] = []
    missed: list[str] = []
    for field in fields:
        asked = thresholds.fields.get(field.path)
        measured: dict[str, Dimension | None] = {
            "completeness": completeness.measure_field(field, seen.gaps.get(field.path, Span())),
            "validity": validity.measure_field(field, wrong.get(field.path, Span())),
        }
        known = {name: one for name, one in measured.items() if one is not None}
        documents = {
            name: one.document(getattr(asked, name, None))
            for name, one in known.items()
            if one.bad or getattr(asked, name, None) is not None
        }
        missed += [
            f"{name} of {field.path}: {_missed(one)}"
            for name, one in documents.items()
            if one["met"] is False
        ]
        bad = sum(one.bad / one.of for one in known.values())
        if documents:
            told.append((bad, {"field": field.path, **documents}))
    told.sort(key=lambda one: (-one[0], one[1]["field"]))
    return [one for _, one in told[:FIELDS]], missed


def _rule(rule: FoundRule) -> dict[str, Any]:
    return {
        "says": f"{rule.says} in {percent(rule.share.score)} of {rule.checked:,} {_unit(rule)} checked",
        "kind": rule.family,
        "fields": list(rule.fields),
        "kept": rule.kept,
        "checked": rule.checked,
        **rule.share.document(),
        **rule.broken.document(),
    }


def _unit(rule: FoundRule) -> str:
    return "repeated values" if rule.family == "dependency" else "rows"
