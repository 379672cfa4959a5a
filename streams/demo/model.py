"""The model that served: what its card says of it, and what the stream says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Document = Mapping[str, Any]
NDCG, HR = "ndcg@10", "hr@10"


@dataclass(frozen=True, slots=True)
class Model:
    """The model that served, offline and live."""

    name: str = ""
    version: str = ""
    card: Document = field(default_factory=dict)
    """Of its entry; empty for the baselines that the worker keeps itself."""
    live: Document = field(default_factory=dict)
    """What ``/v1/models`` says of it."""
    missing: str = ""
    """Why there is no trained model; empty when there is."""

    @property
    def labels(self) -> int:
        """Return how many labels its AUC is of."""
        return sum((self.live.get("labels") or {}).values())

    @property
    def auc(self) -> Document | None:
        """Return its live AUC: value, low, high; None while it has none."""
        auc = self.live.get("auc")
        return auc if auc and auc.get("value") is not None else None

    @property
    def alarm(self) -> bool:
        """Tell whether its AUC has fallen below that of its first labels."""
        return bool(self.live.get("alarm"))

    def offline(self, metric: str) -> dict[str, float]:
        """Return a metric by model, this one first, then the baselines; those that were not measured are left out."""
        rows = {self.name: self.card.get("metrics") or {}, **(self.card.get("baselines") or {})}
        return {name: row[metric] for name, row in rows.items() if row.get(metric) is not None}

    def document(self) -> dict[str, Any]:
        """Return it as it stands in ``pandian demo --json``."""
        baselines = self.card.get("baselines") or {}
        metrics = self.card.get("metrics") or {}
        return {
            "name": self.name,
            "version": self.version,
            "auc": {key: self.auc[key] for key in ("value", "low", "high")} if self.auc else None,
            "labels": dict(self.live.get("labels") or {}),
            "alarm": self.alarm,
            NDCG: metrics.get(NDCG),
            HR: metrics.get(HR),
            "baselines": {
                name: {metric: row.get(metric) for metric in (NDCG, HR)} for name, row in baselines.items()
            },
            "missing": self.missing or None,
        }
