"""PromQL on the metrics of ``pandian.metrics``. A label that a metric does not have is an error when the code runs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from pandian.metrics import Metric

#: Prometheus' name for the workers, as in ``monitoring/prometheus/prometheus.yml``.
JOB = "pandian"
#: Grafana's window for rates: at least four scrapes.
WINDOW = "$__rate_interval"
#: What Prometheus keeps of the alerts of its rules.
FIRING = 'ALERTS{alertstate="firing", alertname=~"Pandian.+"}'
_MATCHER = re.compile(r'([a-z_]+)(=~|!~|!=|=)"[^"]*"')


class Query(NamedTuple):
    """What is asked, and what its lines are called."""

    expr: str
    legend: str


def series(metric: Metric, *matchers: str, suffix: str = "") -> str:
    """Select a metric's series: ``series(RECORDS, 'topic=~"$topic"')``.

    Raises:
        ValueError: when a matcher is none, or names a label that the metric does not have.
    """
    for matcher in matchers:
        found = _MATCHER.fullmatch(matcher)
        if found is None:
            raise ValueError(f'{matcher!r} is no matcher: write it like topic="a"')
        _check(metric, [found[1]])
    return f"{metric.name}{suffix}{{{', '.join(matchers)}}}" if matchers else f"{metric.name}{suffix}"


def rate(metric: Metric, *matchers: str, by: Sequence[str] = ()) -> str:
    """Return how much a counter grows a second, summed over workers, by labels."""
    return total(metric, f"rate({series(metric, *matchers)}[{WINDOW}])", by)


def gauge(metric: Metric, *matchers: str, by: Sequence[str] = ()) -> str:
    """Return the sum of a gauge over workers, by labels."""
    return total(metric, series(metric, *matchers), by)


def largest(metric: Metric, *matchers: str, by: Sequence[str] = ()) -> str:
    """Return the largest of a gauge that workers export alike, by labels."""
    _check(metric, by)
    return f"max{_by(by)}({series(metric, *matchers)})"


def happened(metric: Metric, *matchers: str) -> str:
    """Return how often something happened in the window; 0, not nothing, where it never did.

    A series that begins in the window counts whole: ``increase`` alone would miss what it begins with, which for rare
    trouble is often all there is.
    """
    counted = series(metric, *matchers)
    grown = f"({counted} unless {counted} offset {WINDOW}) or increase({counted}[{WINDOW}])"
    return f"sum({grown}) or vector(0)"


def quantile(share: float, histogram: Metric) -> str:
    """Return the quantile of a histogram over all workers, in its unit."""
    buckets = series(histogram, suffix="_bucket")
    return f"histogram_quantile({share:g}, sum by (le) (rate({buckets}[{WINDOW}])))"


def quantiles(histogram: Metric) -> list[Query]:
    """Return median, p95 and p99 of a histogram."""
    return [Query(quantile(share, histogram), f"p{share * 100:g}") for share in (0.5, 0.95, 0.99)]


def total(metric: Metric, expr: str, by: Sequence[str]) -> str:
    """Return the sum of an expression over a metric's series, by labels of that metric or ``instance``."""
    _check(metric, by)
    return f"sum{_by(by)}({expr})"


def _by(labels: Sequence[str]) -> str:
    return f" by ({', '.join(labels)}) " if labels else ""


def _check(metric: Metric, labels: Sequence[str]) -> None:
    unknown = set(labels) - {*metric.labels, "instance"}
    if unknown:
        raise ValueError(f"{metric.name} has the labels {metric.labels}, not {sorted(unknown)}")
