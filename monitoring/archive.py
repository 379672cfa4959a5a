"""Metrics of a worker that archives."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

from prometheus_client import CollectorRegistry, Counter, Gauge

from monitoring.labels import label_value
from pandian import metrics as names


class ArchiveMetrics:
    """Counts what became of rows, and how far the archive is behind.

    Args:
        registry: where they are rendered with the other metrics of the worker.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        rows, lag = names.ARCHIVED, names.ARCHIVE_LAG
        self._rows = Counter(rows.name, rows.help, rows.labels, registry=registry)
        self._lag = Gauge(lag.name, lag.help, lag.labels, registry=registry)

    def archived(self, topic: str, outcomes: Mapping[str, int]) -> None:
        """Add what became of some rows of a topic, by outcome."""
        for outcome, count in outcomes.items():
            if count:
                self._rows.labels(label_value(topic), outcome).inc(count)

    def lag(self, topic: str, partition: int, records: int) -> None:
        """Set how many records of a partition the inventory has counted and the archive not yet."""
        self._lag.labels(label_value(topic), str(partition)).set(records)

    def forget(self, topic: str, partition: int) -> None:
        """Export nothing more of a partition that went to another worker."""
        with suppress(KeyError):
            self._lag.remove(label_value(topic), str(partition))
