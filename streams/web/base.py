"""What the web package needs from the worker: the inventory it shows and the metrics it exports."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

#: One fact about a worker.
StatusValue = str | int | float | bool | None


class InventorySource(Protocol):
    """The inventory as this worker knows it. Everything here is called often and must be cheap.

    Values of personal and sensitive fields are masked before they come here.
    """

    def document(self) -> Mapping[str, Any]:
        """Return the whole inventory document: ``{"assets": [...]}``."""
        ...

    def asset(self, name: str) -> Mapping[str, Any] | None:
        """Return one asset of the document, or None when there is none of this name."""
        ...

    def readiness(self) -> tuple[bool, str]:
        """Return whether the worker is ready, and if not, why, in words a person can act on."""
        ...

    def version(self) -> int:
        """Return a number that changes whenever the document does. What is serialised is kept per version."""
        ...

    def status(self) -> Mapping[str, StatusValue]:
        """Return flat facts about the worker. All are shown; some the page knows by name.

        These are ``broker`` (``host:port``), ``embedded`` (bool), ``roles``, ``topics`` (how many are read),
        ``records_per_s``, ``lag`` (records not yet counted), ``quarantined`` and ``expired`` (records).
        """
        ...


class MetricsSource(Protocol):
    """Whatever can render Prometheus metrics, such as :class:`monitoring.metrics.WorkerMetrics`."""

    def render(self) -> tuple[bytes, str]:
        """Return the exposition and its content type."""
        ...
