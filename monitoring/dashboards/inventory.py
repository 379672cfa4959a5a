"""The rows of the inventory: what was read, what is behind, how good the data is, what is archived."""

from __future__ import annotations

from grafana_foundation_sdk.models import units

from monitoring.dashboards.panels import Panel, Row, bars, lines
from monitoring.dashboards.queries import Query, gauge, largest, rate
from pandian import metrics as names

_TOPIC = 'topic=~"$topic"'
_ASSET = 'asset=~"$topic"'
_FIELDS = 20
_THIRD = 8
#: The evidence of drift from which on there are alarms.
_ALARM = 6.0


def inventory() -> list[Row]:
    """Return the rows."""
    return [("Reading", _reading()), ("Data", _quality()), ("Archive", _archive())]


def _reading() -> list[Panel]:
    return [
        lines(
            "Records by outcome",
            [Query(rate(names.RECORDS, _TOPIC, by=["outcome"]), "{{outcome}}")],
            "Records read a second: profiled are counted field by field, quarantined could not be read.",
            unit=units.RecordsPerSecond,
            stacked=True,
            width=_THIRD,
        ),
        lines(
            "Records behind, by topic",
            [Query(gauge(names.LAG, _TOPIC, by=["topic"]), "{{topic}}")],
            "What was produced and is not yet counted. It may jump up; it must not keep growing.",
            width=_THIRD,
        ),
        lines(
            "Quarantined, by topic",
            [Query(rate(names.RECORDS, _TOPIC, 'outcome="quarantined"', by=["topic"]), "{{topic}}")],
            "Records a second that went to pandian.quarantine, each with its reason.",
            unit=units.RecordsPerSecond,
            width=_THIRD,
        ),
    ]


def _quality() -> list[Panel]:
    missing = largest(names.MISSING, _ASSET, by=["asset", "field"])
    drift = largest(names.DRIFT, _ASSET, by=["asset", "field"])
    return [
        lines(
            "Quality, by asset",
            [Query(largest(names.QUALITY, _ASSET, by=["asset"]), "{{asset}}")],
            "The score behind the grades: A from 0.9.",
            unit=units.PercentUnit,
            between=(0, 1),
            width=_THIRD,
        ),
        bars(
            f"Missing values, the {_FIELDS} fields with most",
            Query(f"topk({_FIELDS}, {missing})", "{{asset}} {{field}}"),
            "Share of a field's values that are absent, null or blank.",
            width=_THIRD,
        ),
        bars(
            f"Drift, the {_FIELDS} fields with most evidence",
            Query(f"topk({_FIELDS}, {drift})", "{{asset}} {{field}}"),
            "Evidence now that a field's values have changed, the decimal logarithm of an e-value: alarms come from 6 "
            "on.",
            unit=units.Short,
            limit=2 * _ALARM,
            bad=_ALARM,
            width=_THIRD,
        ),
        lines(
            "Grade, by asset",
            [Query(largest(names.GRADE, _ASSET, by=["asset"]), "{{asset}}")],
            "A is 5, B 4, C 3, D 2, E 1, F 0. A worse one than within the last day is an alert of Prometheus.",
            between=(0, 5),
            width=12,
        ),
        lines(
            "How old the newest event is, by asset",
            [Query(largest(names.EVENT_AGE, _ASSET, by=["asset"]), "{{asset}}")],
            "By how much the newest event is older than the newest record. It may be so always; where it grows, old "
            "events come. Below 0 a clock is ahead.",
            unit=units.Seconds,
            width=12,
        ),
    ]


def _archive() -> list[Panel]:
    return [
        lines(
            "Rows archived, by topic",
            [Query(rate(names.ARCHIVED, _TOPIC, by=["topic"]), "{{topic}}")],
            "Rows a second written to the archive. Empty without PANDIAN_ARCHIVE.",
            width=12,
        ),
        lines(
            "Records behind the archive, by topic",
            [Query(gauge(names.ARCHIVE_LAG, _TOPIC, by=["topic"]), "{{topic}}")],
            "Records that are not yet archived. Empty without PANDIAN_ARCHIVE.",
            width=12,
        ),
    ]
