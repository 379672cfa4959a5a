"""Metrics of the worker that posts alerts to the webhook."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, get_args

from prometheus_client import CollectorRegistry, Counter, Gauge

from pandian import metrics as names

#: What an attempt came to.
Outcome = Literal["delivered", "failed", "dropped"]


class WebhookMetrics:
    """Counts what became of alerts.

    Args:
        registry: where they are rendered with the other metrics of the worker.
        waiting: returns how many alerts are kept for the webhook; asked at each scrape.
    """

    def __init__(self, registry: CollectorRegistry, waiting: Callable[[], int]) -> None:
        metric = names.ALERT_WEBHOOK
        self._posted = Counter(metric.name, metric.help, metric.labels, registry=registry)
        for outcome in get_args(Outcome):
            self._posted.labels(outcome)
        kept = names.ALERT_WEBHOOK_WAITING
        Gauge(kept.name, kept.help, registry=registry).set_function(waiting)

    def posted(self, outcome: Outcome, n: int = 1) -> None:
        """Count ``n`` alerts that were delivered or dropped, or ``n`` attempts that failed."""
        self._posted.labels(outcome).inc(n)
