"""The row of the model: its live AUC with the bound, its labels, and what is still open."""

from __future__ import annotations

from grafana_foundation_sdk.models import units

from monitoring.dashboards.glance import VERSION
from monitoring.dashboards.panels import BLUE, ORANGE, Panel, Row, lines, number, with_band
from monitoring.dashboards.queries import Query, gauge, happened, largest, rate
from pandian import metrics as names

_THIRD = 8
_BOUNDS = ("high", "value", "low")


def model() -> Row:
    """Return the row."""
    return ("Model", [*_auc(), *_labels()])


def _auc() -> list[Panel]:
    alone = lines(
        "AUC with its bound",
        _bounded(names.AUC, "AUC"),
        "Of all matured labels of the version chosen above; the band is the 95 % interval, widened by what the "
        "buckets of scores cannot tell. 0.5 is guessing.",
        zero=False,
    )
    compared = lines(
        "AUC of the newest labels against the first ones",
        [*_bounded(names.AUC_REFERENCE, "reference"), *_bounded(names.AUC_RECENT, "recent")],
        "Orange: the newest labels; blue: what they are compared with. The alarm goes off when all of the orange "
        "band is below all of the blue one.",
        zero=False,
    )
    by_version = largest(names.AUC, 'bound="value"', by=["model", "version"])
    return [
        with_band(alone, "AUC", BLUE),
        with_band(with_band(compared, "reference", BLUE), "recent", ORANGE),
        lines(
            "AUC, by version",
            [Query(by_version, "{{model}} {{version}}")],
            "All versions that have labels.",
            zero=False,
            width=_THIRD,
        ),
    ]


def _bounded(metric: names.Metric, what: str) -> list[Query]:
    """Return the value and its two bounds, of one version."""
    return [Query(largest(metric, f'bound="{bound}"', VERSION), f"{what} {bound}") for bound in _BOUNDS]


def _labels() -> list[Panel]:
    return [
        lines(
            "Labels, by what they say",
            [Query(rate(names.LABELS, VERSION, by=["label"]), "{{label}}")],
            "Impressions a second whose attribution window is over: acted on, or not.",
            unit=units.CountsPerSecond,
            stacked=True,
            width=_THIRD,
        ),
        lines(
            "Alerts, by kind",
            [Query(gauge(names.ALERTS, by=["kind"]), "{{kind}}")],
            "Alerts of Pandian that are firing; 0 when all is well.",
            width=_THIRD,
        ),
        number(
            "Labels of this version",
            Query(gauge(names.LABELS, VERSION), "labels"),
            "All matured labels that its AUC is of.",
            width=_THIRD,
        ),
        number(
            "Open impressions",
            Query(gauge(names.IMPRESSIONS_OPEN), "impressions"),
            "Shown, and their attribution window is not over.",
            width=_THIRD,
        ),
        number(
            "Impressions that cannot be labelled",
            Query(happened(names.FEEDBACK_REJECTED), "rejected"),
            "Records of pandian.impressions without what a label needs.",
            width=_THIRD,
        ),
    ]
