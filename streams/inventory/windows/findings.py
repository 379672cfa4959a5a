"""What was noticed in windows: drifts and changes of the schema, bounded and mergeable."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any, Final

from streams.inventory.drift.found import Drift, Place
from streams.inventory.schema_changes.change import Change

#: Drifts, and changes, that are kept: the latest.
KEPT: Final = 100


class Standing:
    """The evidence of a field now, over the partitions that watch it."""

    __slots__ = ("log10_sum", "partitions")

    def __init__(self, partitions: int = 0, log10_sum: float = -math.inf) -> None:
        self.partitions = partitions
        self.log10_sum = log10_sum

    def merge(self, other: Standing) -> None:
        """Add the e-values of other partitions."""
        self.partitions += other.partitions
        high = max(self.log10_sum, other.log10_sum)
        low = min(self.log10_sum, other.log10_sum)
        self.log10_sum = high if low == -math.inf else high + math.log10(1 + 10 ** (low - high))

    @property
    def log10_evidence(self) -> float:
        """The mean of the e-values, which is an e-value, decimal logarithm; 0 when nothing speaks for a change."""
        return max(self.log10_sum - math.log10(max(self.partitions, 1)), 0.0)


class Findings:
    """Drifts and changes of one or several partitions, oldest first."""

    __slots__ = ("changes", "drifts", "standing")

    def __init__(self) -> None:
        self.drifts: list[Drift] = []
        self.changes: list[Change] = []
        self.standing: dict[str, Standing] = {}
        """By field: only of parts that were merged; see :meth:`WindowPart.findings`."""

    def add(self, drifts: Iterable[Drift], changes: Iterable[Change]) -> None:
        """Keep what was noticed."""
        self.drifts = [*self.drifts, *drifts][-KEPT:]
        self.changes = [*self.changes, *changes][-KEPT:]

    def hide(self, path: str) -> None:
        """Let go of the values in the drifts of a field."""
        self.drifts = [drift.hidden() if drift.field == path else drift for drift in self.drifts]

    def merge(self, other: Findings) -> None:
        """Add what was noticed in other partitions."""
        self.drifts = sorted([*self.drifts, *other.drifts], key=_drift_key)[-KEPT:]
        self.changes = sorted([*self.changes, *other.changes], key=_change_key)[-KEPT:]
        for path, standing in other.standing.items():
            self.standing.setdefault(path, Standing()).merge(standing)

    def state(self) -> Mapping[str, Any]:
        """Return the state as JSON values."""
        return {
            "drifts": [drift.state() for drift in self.drifts],
            "changes": [change.state() for change in self.changes],
            "standing": [
                [path, one.partitions, None if one.log10_sum == -math.inf else one.log10_sum]
                for path, one in self.standing.items()
            ],
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take over what :meth:`state` gave."""
        self.drifts = [Drift.restored(one) for one in state["drifts"]]
        self.changes = [Change.restored(one) for one in state["changes"]]
        self.standing = {
            path: Standing(partitions, -math.inf if total is None else total)
            for path, partitions, total in state["standing"]
        }


def _place_key(place: Place) -> tuple[int, int]:
    return place.time_ms or 0, place.offset or 0


def _drift_key(drift: Drift) -> tuple[Any, ...]:
    return (*_place_key(drift.since), drift.field, drift.aspect, drift.log10_evidence)


def _change_key(change: Change) -> tuple[Any, ...]:
    return (*_place_key(change.place), change.field, change.change, change.records)
