"""What is remembered of values that are no longer kept one by one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from streams.inventory.profile.codec import BlobReader, BlobWriter
from streams.inventory.profile.distinct import DistinctSketch
from streams.inventory.profile.numerals import Number, number_texts
from streams.inventory.profile.quantiles import QuantileSketch
from streams.inventory.profile.tally import Tally
from streams.inventory.relations.sketch import ValueSet, any_keyable, keyable

Key = TypeVar("Key", str, Number)

#: How many examples are kept: enough to recognise what a field of ever new values holds.
_EXAMPLES = 32


class Evicted:
    """Exact sums, and sketches for what sums cannot tell."""

    __slots__ = ("count", "distinct", "examples", "keys", "quantiles", "tally")

    def __init__(self) -> None:
        self.count = 0
        """How many values, all occurrences counted."""
        self.tally = Tally()
        self.distinct = DistinctSketch()
        self.quantiles = QuantileSketch()
        self.examples: list[str] = []
        """Some of the values, as text: all that is left to look at where no value comes twice."""
        self.keys: ValueSet | None = ValueSet()
        """Those that may be keys or references; None where they were not counted from the beginning."""

    def add_texts(self, texts: Sequence[str], counts: npt.NDArray[np.int64]) -> None:
        """Take in distinct texts with their counts."""
        self.count += int(counts.sum())
        numbers = self.tally.add_texts(texts, counts)
        self.quantiles.feed(*numbers.as_doubles())
        # Blanks are no values: str.strip leaves nothing of them.
        self.distinct.add(filter(str.strip, texts))
        self._add_keys(texts)
        self.examples = list(filter(str.strip, _spread(texts))) or self.examples

    def _add_keys(self, texts: Sequence[str]) -> None:
        if self.keys is not None and any_keyable(texts):
            self.keys.add(keyable(texts))

    def add_numbers(self, values: Sequence[Number], counts: npt.NDArray[np.int64]) -> None:
        """Take in distinct numbers with their counts."""
        self.count += int(counts.sum())
        numbers = self.tally.add_numbers(values, counts)
        self.quantiles.feed(*numbers.as_doubles())
        names = number_texts(values)
        self.distinct.add(names)
        # In this form a number with a fraction has a dot, and no other has one.
        self._add_keys([name for name in names if "." not in name])
        self.examples = _spread(names)

    def merge(self, other: Evicted) -> None:
        """Add what another one remembers."""
        self.count += other.count
        self.tally.merge(other.tally)
        self.distinct.merge(other.distinct)
        if self.keys is None or other.keys is None:
            self.keys = None
        else:
            self.keys.merge(other.keys)
        self.quantiles.merge(other.quantiles)
        self.examples = _spread([*self.examples, *other.examples])

    def state(self, blobs: BlobWriter) -> dict[str, Any]:
        """Return the state as JSON values; the sketches go to ``blobs``."""
        return {
            "count": self.count,
            "tally": self.tally.state(),
            "distinct": blobs.put(self.distinct.to_bytes()),
            "quantiles": blobs.put(self.quantiles.to_bytes()),
            "examples": self.examples,
            "keys": None if self.keys is None else blobs.put(self.keys.to_bytes()),
        }

    def restore(self, state: Mapping[str, Any], blobs: BlobReader) -> None:
        """Take over what :meth:`state` gave."""
        self.count = state["count"]
        self.tally.restore(state["tally"])
        self.distinct.restore(blobs.get(state["distinct"]))
        self.quantiles.restore(blobs.get(state["quantiles"]))
        self.examples = list(state.get("examples", ()))
        keys = state.get("keys")
        if keys is None:
            self.keys = None
        else:
            self.keys = ValueSet()
            self.keys.restore(blobs.get(keys))


def _spread(values: Sequence[Key]) -> list[Key]:
    """Return at most so many of the values, from all over the sequence."""
    step = -(-len(values) // _EXAMPLES) or 1
    return list(values[::step])
