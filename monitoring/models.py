"""Gauges of what the labels say of each model version, collected from one worker only: figures that are merged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from heapq import nlargest
from typing import Any, NamedTuple, Protocol

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from monitoring.auc import Auc
from monitoring.labels import label_value
from pandian import metrics as names

#: Versions that are exported: those with most labels. All are at ``/v1/models``.
MAX_VERSIONS = 20

#: Figures of a window that are exported, where it has them.
FIGURES = (
    "labels",
    "auc",
    "auc_low",
    "auc_high",
    "log_loss",
    "brier",
    "calibration",
    "click_rate",
    "purchase_rate",
    "precision@5",
    "recall@5",
    "ndcg",
    "items_shown",
    "corrected_labels",
    "corrected_effective",
    "corrected_unusable",
    "corrected_auc",
    "corrected_log_loss",
    "corrected_calibration",
    "corrected_click_rate",
    "corrected_purchase_rate",
)

_Gauge = GaugeMetricFamily
_Counter = CounterMetricFamily
Family = _Gauge | _Counter


class VersionFigures(NamedTuple):
    """What is published of one version."""

    model: str
    version: str
    total: Auc
    recent: Auc
    reference: Auc


class ModelSource(Protocol):
    """Where the figures come from."""

    def owned(self) -> bool:
        """Tell whether this worker is the one that exports them."""
        ...

    def figures(self) -> Sequence[VersionFigures]:
        """Return all versions, the newest first."""
        ...

    def waiting(self) -> int:
        """Return how many impressions wait for their label."""
        ...

    def rejected(self) -> Mapping[str, int]:
        """Return how many impressions were not labelled, by reason."""
        ...

    def actions(self) -> Mapping[str, int]:
        """Return how many interactions were read to label impressions, by what became of them."""
        ...

    def untimely(self) -> Mapping[str, int]:
        """Return how many labels were not given by event time, by why."""
        ...

    def read(self) -> Mapping[str, int]:
        """Return how many labels were read to watch models, by what became of them; empty: this worker watches none."""
        ...

    def firing(self) -> Mapping[str, int]:
        """Return how many alerts fire, by kind."""
        ...

    def watched(self, model: str, version: str) -> Mapping[str, Any] | None:
        """Return what :meth:`monitoring.watching.VersionWatch.document` says of a version; None: nothing yet."""
        ...


class ModelCollector(Collector):
    """Turns the figures into gauges and counters; a worker that does not own them exports nothing."""

    def __init__(self, source: ModelSource) -> None:
        self._source = source

    def describe(self) -> Iterable[Family]:
        """Return the families without samples, so that registering collects nothing."""
        gauges = (
            _Gauge(metric.name, metric.help, labels=metric.labels)
            for metric in (names.AUC, names.AUC_RECENT, names.AUC_REFERENCE)
        )
        counters = (
            _Counter(metric.name, metric.help, labels=metric.labels)
            for metric in (
                names.LABELS,
                names.FEEDBACK_REJECTED,
                names.FEEDBACK_ACTIONS,
                names.LABELS_UNTIMELY,
                names.LABELS_WATCHED,
            )
        )
        waiting = _Gauge(names.IMPRESSIONS_OPEN.name, names.IMPRESSIONS_OPEN.help)
        firing = _Gauge(names.ALERTS.name, names.ALERTS.help, labels=names.ALERTS.labels)
        watched = (
            _Gauge(metric.name, metric.help, labels=metric.labels)
            for metric in (names.FIGURE, names.EVIDENCE)
        )
        return [*gauges, *counters, waiting, firing, *watched]

    def collect(self) -> Iterable[Family]:
        """Return the figures as they are now. What is not known is left out."""
        if not self._source.owned():
            return []
        families = list(self.describe())
        total, recent, reference, labels, rejected, actions, untimely, read, *others = families
        waiting, firing, figure, evidence = others
        for one in nlargest(MAX_VERSIONS, self._source.figures(), _labels):
            name = [label_value(one.model), label_value(one.version)]
            for family, auc in ((total, one.total), (recent, one.recent), (reference, one.reference)):
                for bound, value in (("value", auc.value), ("low", auc.low), ("high", auc.high)):
                    if value is not None:
                        family.add_metric([*name, bound], value)
            labels.add_metric([*name, "positive"], one.total.positive)
            labels.add_metric([*name, "negative"], one.total.negative)
            watched = self._source.watched(one.model, one.version)
            if watched is not None:
                _add_watched(figure, evidence, name, watched)
        for family, counts in (
            (rejected, self._source.rejected()),
            (actions, self._source.actions()),
            (untimely, self._source.untimely()),
            (read, self._source.read()),
        ):
            for what, count in sorted(counts.items()):
                family.add_metric([what], count)
        waiting.add_metric([], self._source.waiting())
        for kind, count in sorted(self._source.firing().items()):
            firing.add_metric([kind], count)
        return families


def _labels(one: VersionFigures) -> int:
    return one.total.positive + one.total.negative


def _add_watched(figure: Family, evidence: Family, name: Sequence[str], watched: Mapping[str, Any]) -> None:
    parts = [("", "", watched["window"])]
    parts += [(one["segment"], one["value"], one["window"]) for one in watched["segments"]]
    for segment, value, window in parts:
        found = _flat(window)
        for key in FIGURES:
            number = found.get(key)
            if number is not None:
                figure.add_metric([*name, key, segment, label_value(value)], number)
    said = watched["evidence"]
    evidence.add_metric(name, said["auc"] / said["threshold"])


def _flat(window: Mapping[str, Any]) -> dict[str, Any]:
    """Return the figures of a window by the names of :data:`FIGURES`."""
    auc, corrected = window["auc"], window["corrected"] or {}
    areas = {"auc": auc["value"], "auc_low": auc["low"], "auc_high": auc["high"]}
    weighted = {f"corrected_{key}": value for key, value in corrected.items()}
    weighted["corrected_auc"] = corrected.get("auc", {}).get("value")
    return {**window, **window["pages"], **areas, **weighted}
