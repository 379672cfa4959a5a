"""Counts when an asset's records came to the broker, and how late they were by what they say themselves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

import numpy as np

from streams.decode.base import RowGroup
from streams.decode.paths import ELEMENT
from streams.inventory.pace.arrivals import Arrivals
from streams.inventory.pace.event_times import EventTimes, sampled
from streams.inventory.profile.batch import BatchMeta
from streams.inventory.profile.codec import BlobReader, BlobWriter
from streams.inventory.profile.field import FieldProfile

#: Under this path stands what the envelope says; no field has an empty one.
ENVELOPE = ""


class PacePart:
    """See :class:`streams.inventory.profile.part.AssetPart`. Of a batch without broker times it counts nothing."""

    def __init__(self) -> None:
        self._arrivals: dict[str, Arrivals] = {}
        self.event_times = EventTimes()
        self._records: dict[str, int] = {}

    @property
    def arrivals(self) -> Arrivals:
        """When the records came, of all formats together."""
        together = Arrivals()
        for arrivals in self._arrivals.values():
            together.merge(arrivals)
        return together

    def add(self, group: RowGroup, fields: Mapping[str, FieldProfile], meta: BatchMeta) -> None:
        """Count the records of one format in one batch."""
        if meta.timestamps is None:
            return
        times = meta.timestamps
        # Nearly always a batch is one group; turning so many indexes into an array takes longer than all that follows.
        if group.records != len(times):
            times = times[np.asarray(group.indexes, dtype=np.int64)]
        # In a batch the order between records of two formats is not known.
        self._arrivals.setdefault(group.format, Arrivals()).add(times, meta.now_ms)
        before = self._records.get(group.format, 0)
        self._records[group.format] = before + group.records
        part = sampled(before, group.records)
        chosen = times[part].tolist()
        if not chosen:
            return
        if group.times is not None:
            self._look(ENVELOPE, list(group.times)[part], chosen)
        for column in group.columns:
            profile = fields.get(column.path)
            if profile is None or profile.masked_as is not None or ELEMENT in column.path:
                continue
            if column.values and self.event_times.wants(column.path):
                self._look(column.path, group.aligned(column.path, part), chosen)

    def _look(self, path: str, values: list[Any], times: list[int]) -> None:
        moments = [
            (value, time)
            for value, time in zip(values, times, strict=True)
            if value is not None and value != "" and time >= 0
        ]
        if moments:
            self.event_times.add(path, moments)

    def hide(self, path: str, semantic_type: str) -> None:  # noqa: ARG002 - the protocol's; nothing is kept of it
        """Follow a personal field no longer."""
        self.event_times.forget(path)

    def merge(self, other: Self) -> None:
        """Add what another one counted in other records."""
        for name, arrivals in other._arrivals.items():
            self._arrivals.setdefault(name, Arrivals()).merge(arrivals)
        self.event_times.merge(other.event_times)

    def state(self, blobs: BlobWriter) -> Any:
        """Return the state as JSON values; numbers go to ``blobs``."""
        return {
            "arrivals": [[name, arrivals.state(blobs)] for name, arrivals in self._arrivals.items()],
            "event_times": self.event_times.state(),
            "records": self._records,
        }

    def restore(self, state: Any, blobs: BlobReader) -> None:
        """Take over what :meth:`state` gave."""
        self._arrivals = {}
        for name, arrivals in state["arrivals"]:
            self._arrivals[name] = Arrivals()
            self._arrivals[name].restore(arrivals, blobs)
        self.event_times.restore(state["event_times"])
        self._records = dict(state["records"])
