"""The Prometheus metrics of one worker: typed methods to count with, one call to render all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
)
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest

from monitoring.inventory import InventoryCollector, OwnedInventory
from monitoring.labels import label_value
from pandian import metrics as names

#: What can become of a record.
Outcome = Literal["profiled", "quarantined"]

#: Upper bounds in seconds. A checkpoint waits for acknowledgements, so it takes from milliseconds to a request's
#: time limit.
_CHECKPOINT_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
#: Reasons are codes from a small set; should one carry a detail by mistake, the series stay bounded.
_MAX_REASONS = 32
_OTHER = "other"


class WorkerMetrics:
    """Counts what a worker does, in a registry of its own. Not for use from several threads at once.

    Args:
        inventory: the assets that this worker owns, for the inventory gauges; None where it merges none. Its gauges
            are rendered once per version, however often they are scraped.
    """

    def __init__(self, inventory: OwnedInventory | None = None) -> None:
        # The ``_created`` series would double every counter and nothing of ours reads them.
        disable_created_metrics()  # type: ignore[no-untyped-call]  # prometheus_client leaves it unannotated
        self.registry = CollectorRegistry()
        # Memory and processor time of this process, under the names that all exporters use.
        ProcessCollector(registry=self.registry)
        self._records = self._counter(names.RECORDS)
        self._expired = self._counter(names.EXPIRED)
        self._profile_bytes = self._counter(names.PROFILE_BYTES)
        self._reloads = self._counter(names.RELOADS)
        self._lag = Gauge(names.LAG.name, names.LAG.help, names.LAG.labels, registry=self.registry)
        self._checkpoint = Histogram(
            names.CHECKPOINT.name, names.CHECKPOINT.help, buckets=_CHECKPOINT_BUCKETS, registry=self.registry
        )
        self._reasons: set[str] = set()
        self._inventory = inventory
        self._inventory_text: tuple[int, bytes] | None = None
        self._inventory_registry = CollectorRegistry()
        if inventory is not None:
            self._inventory_registry.register(InventoryCollector(inventory))

    def _counter(self, metric: names.Metric) -> Counter:
        return Counter(metric.name, metric.help, metric.labels, registry=self.registry)

    def records(self, topic: str, outcome: Outcome, n: int) -> None:
        """Add ``n`` records of ``topic`` that were profiled or quarantined."""
        self._records.labels(label_value(topic), outcome).inc(n)

    def lag(self, topic: str, partition: int, n: int) -> None:
        """Set how many records of a partition are not yet counted."""
        self._lag.labels(label_value(topic), str(partition)).set(n)

    def forget_partition(self, topic: str, partition: int) -> None:
        """Stop exporting the lag of a partition that went to another worker; counters keep what they counted."""
        self._lag.remove(label_value(topic), str(partition))

    def broker_away(self, away: Callable[[], bool]) -> None:
        """Export whether the broker is away; asked at each scrape."""
        gauge = Gauge(names.BROKER_AWAY.name, names.BROKER_AWAY.help, registry=self.registry)
        gauge.set_function(away)

    def checkpoint(self, seconds: float) -> None:
        """Observe one checkpoint: from freezing the partition's profile to its acknowledgement."""
        self._checkpoint.observe(seconds)

    def expired(self, topic: str, partition: int, n: int) -> None:
        """Add ``n`` records that retention removed before they were read."""
        self._expired.labels(label_value(topic), str(partition)).inc(n)

    def profile_bytes(self, n: int) -> None:
        """Add ``n`` bytes of partition profiles written."""
        self._profile_bytes.inc(n)

    def reload(self, reason: str) -> None:
        """Count one partition whose state was dropped and read again. ``reason``: a short stable code."""
        if reason not in self._reasons:
            if len(self._reasons) >= _MAX_REASONS:
                reason = _OTHER
            else:
                self._reasons.add(reason)
        self._reloads.labels(label_value(reason)).inc()

    def render(self) -> tuple[bytes, str]:
        """Return everything in Prometheus' text format, and its content type."""
        return generate_latest(self.registry) + self._rendered_inventory(), CONTENT_TYPE_PLAIN_0_0_4

    def _rendered_inventory(self) -> bytes:
        if self._inventory is None:
            return b""
        version = self._inventory.version()
        if self._inventory_text is None or self._inventory_text[0] != version:
            self._inventory_text = (version, generate_latest(self._inventory_registry))
        return self._inventory_text[1]
