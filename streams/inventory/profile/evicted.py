"""What is remembered of values that are no longer kept one by one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from streams.inventory.profile.codec import BlobReader, BlobWriter
from streams.inventory.profile.distinct import DistinctSketch
from streams.inventory.profile.numerals import Number, number_texts
from streams.inventory.profile.quantiles import QuantileSketch
from streams.inventory.profile.tally import Tally


class Evicted:
    """Exact sums, and sketches for what sums cannot tell."""

    __slots__ = ("count", "distinct", "quantiles", "tally")

    def __init__(self) -> None:
        self.count = 0
        """How many values, all occurrences counted."""
        self.tally = Tally()
        self.distinct = DistinctSketch()
        self.quantiles = QuantileSketch()

    def add_texts(self, texts: Sequence[str], counts: npt.NDArray[np.int64]) -> None:
        """Take in distinct texts with their counts."""
        self.count += int(counts.sum())
        numbers = self.tally.add_texts(texts, counts)
        self.quantiles.feed(*numbers.as_doubles())
        # Blanks are no values: str.strip leaves nothing of them.
        self.distinct.add(filter(str.strip, texts))

    def add_numbers(self, values: Sequence[Number], counts: npt.NDArray[np.int64]) -> None:
        """Take in distinct numbers with their counts."""
        self.count += int(counts.sum())
        numbers = self.tally.add_numbers(values, counts)
        self.quantiles.feed(*numbers.as_doubles())
        self.distinct.add(number_texts(values))

    def merge(self, other: Evicted) -> None:
        """Add what another one remembers."""
        self.count += other.count
        self.tally.merge(other.tally)
        self.distinct.merge(other.distinct)
        self.quantiles.merge(other.quantiles)

    def state(self, blobs: BlobWriter) -> dict[str, Any]:
        """Return the state as JSON values; the sketches go to ``blobs``."""
        return {
            "count": self.count,
            "tally": self.tally.state(),
            "distinct": blobs.put(self.distinct.to_bytes()),
            "quantiles": blobs.put(self.quantiles.to_bytes()),
        }

    def restore(self, state: Mapping[str, Any], blobs: BlobReader) -> None:
        """Take over what :meth:`state` gave."""
        self.count = state["count"]
        self.tally.restore(state["tally"])
        self.distinct.restore(blobs.get(state["distinct"]))
        self.quantiles.restore(blobs.get(state["quantiles"]))
