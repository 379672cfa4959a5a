"""The rows of the model: its live AUC with the bound, what else its labels say, by segment too, and what is open."""

from __future__ import annotations

from grafana_foundation_sdk.models import units

from monitoring.dashboards.glance import VERSION
from monitoring.dashboards.panels import BLUE, ORANGE, Panel, Row, lines, number, with_band
from monitoring.dashboards.queries import Query, gauge, happened, largest, rate, series
from pandian import metrics as names

_THIRD = 8
_BOUNDS = ("high", "value", "low")
_OF_ALL = 'segment=""'


def model() -> list[Row]:
    """Return the rows."""
    return [
        ("How well it orders", _auc()),
        ("What a window of labels says", _figures()),
        ("Segments", _segments()),
        ("Labels", _labels()),
    ]


def _figure(name: str, *matchers: str) -> str:
    return series(names.FIGURE, VERSION, f'figure="{name}"', *matchers)


def _whole(*figures: str) -> list[Query]:
    return [Query(f"max({_figure(name, _OF_ALL)})", name) for name in figures]


def _figures() -> list[Panel]:
    return [
        lines(
            "Calibration",
            _whole("calibration"),
            "Positive labels divided by the sum of the probabilities: 1 is right, 2 says half of what happens.",
            zero=False,
            width=_THIRD,
        ),
        lines(
            "Log loss",
            _whole("log_loss"),
            "Mean negative log likelihood of the labels, in nats: the lower, the better the probabilities.",
            zero=False,
            width=_THIRD,
        ),
        lines(
            "Acted on, and bought",
            _whole("click_rate", "purchase_rate"),
            "Share of what was shown that was acted on, and that was bought.",
            unit=units.PercentUnit,
            width=_THIRD,
        ),
        lines(
            "What stood on top",
            _whole("precision@5", "recall@5", "ndcg"),
            "Of pages: how much of the first five was acted on, how much of what was acted on stood there, and NDCG.",
            unit=units.PercentUnit,
            between=(0, 1),
            width=_THIRD,
        ),
        lines(
            "Different items shown",
            _whole("items_shown"),
            "In a window of labels. The fewer, the more alike all pages are.",
            width=_THIRD,
        ),
        lines(
            "Evidence of a fall",
            [Query(largest(names.EVIDENCE, VERSION), "share of what raises the alarm")],
            "The alarm is raised at 1. Without a fall it stays below by far: the average time to a false alarm is a "
            "setting.",
            width=_THIRD,
        ),
    ]


def _segments() -> list[Panel]:
    parts = 'segment=~".+"'
    by = "max by (segment, value)"
    return [
        lines(
            "AUC, by segment",
            [Query(f"{by} ({_figure('auc', parts)})", "{{segment}} {{value}}")],
            "Of the newest whole window: new and known users, categories, and what proposed the item.",
            zero=False,
        ),
        lines(
            "Acted on, by segment",
            [Query(f"{by} ({_figure('click_rate', parts)})", "{{segment}} {{value}}")],
            "Share of what was shown that was acted on.",
            unit=units.PercentUnit,
        ),
    ]


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
        "Orange: the newest labels; blue: the first ones. The alarm itself looks at every label: see its evidence.",
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
        lines(
            "Interactions read for the labels, by outcome",
            [Query(rate(names.FEEDBACK_ACTIONS, by=["outcome"]), "{{outcome}}")],
            "A second. late: labels may have been given without them.",
            unit=units.CountsPerSecond,
            stacked=True,
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
        number(
            "Labels that event time did not give",
            Query(happened(names.LABELS_UNTIMELY), "labels"),
            "Too many impressions waited, or no interaction came and the clock settled it.",
            width=_THIRD,
        ),
        number(
            "Labels that nobody watches",
            Query(happened(names.LABELS_WATCHED, 'outcome="crowded"'), "labels"),
            "More versions were new at once than are watched, as where it changes with each request.",
            width=_THIRD,
        ),
    ]
