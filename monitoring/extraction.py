"""Metrics of a worker that turns records into interactions."""

from __future__ import annotations

from collections.abc import Mapping

from prometheus_client import CollectorRegistry, Counter

from monitoring.labels import label_value
from pandian import metrics as names


class ExtractionMetrics:
    """Counts what became of source records.

    Args:
        registry: where they are rendered with the other metrics of the worker.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        metric = names.EXTRACTED
        self._extracted = Counter(metric.name, metric.help, metric.labels, registry=registry)

    def extracted(self, topic: str, outcomes: Mapping[str, int]) -> None:
        """Add what became of some records of a topic, by outcome."""
        for outcome, count in outcomes.items():
            if count:
                self._extracted.labels(label_value(topic), outcome).inc(count)
