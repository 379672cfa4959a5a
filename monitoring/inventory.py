"""Gauges of the live inventory, collected from the documents of the assets that this worker owns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from monitoring.labels import label_value
from pandian import metrics as names

#: Most assets and fields (of all assets together) that one worker exports. More are counted, not listed.
MAX_ASSETS = 1_000
MAX_FIELDS = 20_000

#: The worst first: a grade's number is its place.
_GRADES = "FEDCBA"

_FAMILIES = (
    names.ASSETS,
    names.QUALITY,
    names.GRADE,
    names.EVENT_AGE,
    names.MISSING,
    names.DRIFT,
    names.OMITTED,
)


class OwnedInventory(Protocol):
    """The assets that this worker merges. A merged figure is exported by its owner only."""

    def version(self) -> int:
        """Return a number that changes whenever :meth:`owned` does."""
        ...

    def owned(self) -> Sequence[Mapping[str, Any]]:
        """Return the inventory documents of the owned assets, each with ``asset``, ``quality`` and ``fields``."""
        ...


class InventoryCollector(Collector):
    """Turns inventory documents into gauges.

    Args:
        inventory: where the documents come from.
        max_assets: assets beyond this many, by name, are left out and counted in ``pandian_metrics_omitted``.
        max_fields: the same for the fields of all assets together.
    """

    def __init__(
        self, inventory: OwnedInventory, *, max_assets: int = MAX_ASSETS, max_fields: int = MAX_FIELDS
    ) -> None:
        self._inventory = inventory
        self._max_assets = max_assets
        self._max_fields = max_fields

    def describe(self) -> Iterable[GaugeMetricFamily]:
        """Return the families without samples, so that registering collects nothing."""
        return [_gauge(metric) for metric in _FAMILIES]

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """Return the gauges of the documents as they are now. An asset without a score exports no score."""
        documents = sorted(self._inventory.owned(), key=lambda document: str(document["asset"]))
        assets, quality, grade, ages, missing, drift, omitted = self.describe()
        assets.add_metric([], len(documents))
        left = self._max_fields
        for document in documents[: self._max_assets]:
            asset = label_value(str(document["asset"]))
            judged = document.get("quality") or {}
            if judged.get("score") is not None:
                quality.add_metric([asset], judged["score"])
            if judged.get("grade") is not None:
                grade.add_metric([asset], _GRADES.index(judged["grade"]))
            age = (document.get("freshness") or {}).get("age_s")
            if age is not None:
                ages.add_metric([asset], age)
            ratios = _missing_ratios(document)
            evidence = document.get("drift_evidence") or {}
            for name, ratio in ratios[: max(left, 0)]:
                labels = [asset, label_value(name)]
                missing.add_metric(labels, ratio)
                if name in evidence:
                    drift.add_metric(labels, evidence[name])
            left -= len(ratios)
        beyond = documents[self._max_assets :]
        omitted.add_metric(["assets"], len(beyond))
        omitted.add_metric(
            ["fields"], max(-left, 0) + sum(len(_missing_ratios(document)) for document in beyond)
        )
        return [assets, quality, grade, ages, missing, drift, omitted]


def _gauge(metric: names.Metric) -> GaugeMetricFamily:
    return GaugeMetricFamily(metric.name, metric.help, labels=metric.labels)


def _missing_ratios(document: Mapping[str, Any]) -> list[tuple[str, float]]:
    """Return (field, share of its values that are missing) of every field that was seen at all."""
    ratios = []
    for field in document.get("fields") or ():
        missing = field.get("missing") or 0
        total = missing + (field.get("count") or 0)
        if total:
            ratios.append((str(field["field"]), missing / total))
    return ratios
