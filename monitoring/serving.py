"""Metrics of a worker that recommends."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

from monitoring.labels import label_value
from pandian import metrics as names

#: Upper bounds in seconds: an answer takes from less than a millisecond to, at its worst, the patience of who asks.
_BUCKETS = (
    0.0005,
    0.001,
    0.002,
    0.003,
    0.005,
    0.0075,
    0.01,
    0.015,
    0.025,
    0.05,
    0.1,
    0.25,
    0.5,
    1.0,
    2.5,
)
#: What becomes of an answer that the other model of an experiment is to score.
SHADOW_OUTCOMES = ("scored", "dropped", "failed", "unknown")


class ServingMetrics:
    """Counts answers, and says what the worker knows.

    Args:
        registry: where they are rendered with the other metrics of the worker.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        self._registry = registry
        self._seconds = Histogram(
            names.RECOMMEND.name, names.RECOMMEND.help, buckets=_BUCKETS, registry=registry
        )
        self._answers = self._counter(names.RECOMMENDATIONS)
        self._refused = self._counter(names.MODEL_REFUSED)
        self._rejected = self._counter(names.REQUESTS_REJECTED)
        self._info = Gauge(
            names.MODEL_INFO.name, names.MODEL_INFO.help, names.MODEL_INFO.labels, registry=registry
        )
        self._shadowed = self._counter(names.SHADOW)
        for outcome in SHADOW_OUTCOMES:
            self._shadowed.labels(outcome)
        self._answering: tuple[str, str] | None = None
        self._challenging: tuple[str, str] | None = None

    def _counter(self, metric: names.Metric) -> Counter:
        return Counter(metric.name, metric.help, metric.labels, registry=self._registry)

    def knows(self, users: Callable[[], int], until: Callable[[], int | None]) -> None:
        """Export how many users are known and, in epoch milliseconds, until when; asked at each scrape."""
        for metric, value in ((names.SEQUENCES, users), (names.KNOWS_UNTIL, lambda: (until() or 0) / 1000)):
            Gauge(metric.name, metric.help, registry=self._registry).set_function(value)

    def places(self, items: Callable[[], int]) -> None:
        """Export how many new items can be recommended by their names; asked at each scrape."""
        gauge = Gauge(names.NEW_ITEMS.name, names.NEW_ITEMS.help, registry=self._registry)
        gauge.set_function(items)

    def read(self, outcomes: Callable[[], Mapping[str, int]]) -> None:
        """Export what became of the records of ``pandian.interactions``; asked at each scrape."""
        self._registry.register(_Outcomes(outcomes))

    def refuses(self, reason: Callable[[], str | None]) -> None:
        """Export why the registry's champion is not taken (None: it is); asked at each scrape."""
        self._registry.register(_Refused(reason))

    def answered(self, model: str, version: str, fallback: str, seconds: float) -> None:
        """Count one answer, the time it took, and what kind of fallback it was (``none``: none)."""
        self._answers.labels(label_value(model), label_value(version), fallback).inc()
        self._seconds.observe(seconds)

    def answers_now(self, model: str, version: str) -> None:
        """Say which model answers from now on."""
        if self._answering is not None:
            self._info.remove(*self._answering, "champion")
        self._answering = (label_value(model), label_value(version))
        self._info.labels(*self._answering, "champion").set(1)

    def challenges_now(self, name: tuple[str, str] | None) -> None:
        """Say which model and version is tried out from now on; None: none."""
        if self._challenging is not None:
            self._info.remove(*self._challenging, "challenger")
        self._challenging = None if name is None else (label_value(name[0]), label_value(name[1]))
        if self._challenging is not None:
            self._info.labels(*self._challenging, "challenger").set(1)

    def shadowed(self, outcome: str, answers: int) -> None:
        """Count answers by what became of their scores by the model that did not give them."""
        self._shadowed.labels(outcome).inc(answers)

    def refused(self, reason: str) -> None:
        """Count a model that was not taken. ``reason``: a short stable code."""
        self._refused.labels(reason).inc()

    def rejected(self, reason: str) -> None:
        """Count a request on the topic that cannot be answered. ``reason``: a short stable code."""
        self._rejected.labels(reason).inc()


class _Outcomes:
    def __init__(self, outcomes: Callable[[], Mapping[str, int]]) -> None:
        self._outcomes = outcomes

    def collect(self) -> list[CounterMetricFamily]:
        metric = names.SEQUENCE_RECORDS
        family = CounterMetricFamily(metric.name, metric.help, labels=metric.labels)
        # A worker that has read none yet says so: of a series that is not there no rule sees that it stands still.
        for outcome, count in sorted({"taken": 0, **self._outcomes()}.items()):
            family.add_metric([outcome], count)
        return [family]


class _Refused:
    def __init__(self, reason: Callable[[], str | None]) -> None:
        self._reason = reason

    def collect(self) -> list[GaugeMetricFamily]:
        metric = names.CHAMPION_REFUSED
        family = GaugeMetricFamily(metric.name, metric.help, labels=metric.labels)
        if (reason := self._reason()) is not None:
            family.add_metric([reason], 1)
        return [family]
