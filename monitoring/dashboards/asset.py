"""The rows of one asset: how good it is, field by field, and how its topic is read."""

from __future__ import annotations

from grafana_foundation_sdk.models import units

from monitoring.dashboards.panels import Panel, Row, lines, number
from monitoring.dashboards.queries import Query, gauge, largest, rate
from pandian import metrics as names

#: The asset that is looked at. An asset is named after its topic; where a topic has several kinds, ``topic/kind``.
ASSET = 'asset="$asset"'
_TOPIC = 'topic="$asset"'
_FIELDS = 40
_HALF = 12


def asset() -> list[Row]:
    """Return the rows."""
    return [("This asset", _now()), ("Its fields", _fields()), ("Its topic", _topic())]


def _now() -> list[Panel]:
    worst = largest(names.MISSING, ASSET, by=["field"])
    return [
        number(
            "Quality",
            Query(largest(names.QUALITY, ASSET), "score"),
            "The score behind the grade: A from 0.9.",
            unit=units.PercentUnit,
            bad_from=0.7,
            low_is_bad=True,
            width=8,
        ),
        number(
            "Fields with missing values",
            Query(f"count({worst} > 0) or vector(0)", "fields"),
            "Fields of which some values are absent, null or blank.",
            width=8,
        ),
        number(
            "Strongest evidence of drift",
            Query(f"max({largest(names.DRIFT, ASSET, by=['field'])})", "log10 of the e-value"),
            "The decimal logarithm of an e-value: an alarm comes from 6 on.",
            bad_from=6,
            width=8,
        ),
    ]


def _fields() -> list[Panel]:
    return [
        lines(
            f"Missing values, the {_FIELDS} fields with most",
            [Query(f"topk({_FIELDS}, {largest(names.MISSING, ASSET, by=['field'])})", "{{field}}")],
            "Share of a field's values that are absent, null or blank, over time.",
            unit=units.PercentUnit,
            width=_HALF,
        ),
        lines(
            f"Evidence of drift, the {_FIELDS} fields with most",
            [Query(f"topk({_FIELDS}, {largest(names.DRIFT, ASSET, by=['field'])})", "{{field}}")],
            "A line beyond 6 is a change that is told as an alert; it falls when the new values are learned.",
            width=_HALF,
        ),
    ]


def _topic() -> list[Panel]:
    return [
        lines(
            "Records of its topic, by outcome",
            [Query(rate(names.RECORDS, _TOPIC, by=["outcome"]), "{{outcome}}")],
            "Records read a second. Empty for a kind of records that shares its topic with others.",
            unit=units.RecordsPerSecond,
            stacked=True,
            width=_HALF,
        ),
        lines(
            "Records of its topic that are behind",
            [Query(gauge(names.LAG, _TOPIC), "records")],
            "What was produced and is not yet counted.",
            width=_HALF,
        ),
    ]
