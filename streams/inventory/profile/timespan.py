"""When the records came: the broker's times, and how late each was when it was read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from streams.inventory.profile.codec import BlobReader, BlobWriter
from streams.inventory.profile.quantiles import Distribution, QuantileSketch


class TimeSpan:
    """First and last broker time, and the lateness (time of reading less broker time, seconds)."""

    __slots__ = ("_lateness", "first_ms", "last_ms")

    def __init__(self) -> None:
        self.first_ms: int | None = None
        self.last_ms: int | None = None
        self._lateness = QuantileSketch()

    def add(self, timestamps: npt.NDArray[np.int64], now_ms: int) -> None:
        """Count broker times (epoch milliseconds) in; negative ones mean that the broker gave none."""
        known = timestamps[timestamps >= 0]
        if not len(known):
            return
        self._extend(int(known.min()), int(known.max()))
        self._lateness.feed_each((now_ms - known) / 1000)

    def _extend(self, first: int, last: int) -> None:
        self.first_ms = first if self.first_ms is None else min(self.first_ms, first)
        self.last_ms = last if self.last_ms is None else max(self.last_ms, last)

    def lateness(self) -> Distribution | None:
        """Return the distribution of the lateness; None when no record had a time."""
        if not self._lateness.n:
            return None
        return self._lateness.distribution(np.empty(0), np.empty(0, dtype=np.int64))

    def merge(self, other: TimeSpan) -> None:
        """Add what another one counted."""
        if other.first_ms is not None and other.last_ms is not None:
            self._extend(other.first_ms, other.last_ms)
        self._lateness.merge(other._lateness)

    def state(self, blobs: BlobWriter) -> dict[str, Any]:
        """Return the state as JSON values; the sketch goes to ``blobs``."""
        return {
            "first_ms": self.first_ms,
            "last_ms": self.last_ms,
            "lateness": blobs.put(self._lateness.to_bytes()),
        }

    def restore(self, state: Mapping[str, Any], blobs: BlobReader) -> None:
        """Take over what :meth:`state` gave."""
        self.first_ms = state["first_ms"]
        self.last_ms = state["last_ms"]
        self._lateness.restore(blobs.get(state["lateness"]))
