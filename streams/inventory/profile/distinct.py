"""How many different values there are: HyperLogLog over texts (Apache DataSketches, 4 bits, 16,384 registers)."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable
from typing import NamedTuple

from datasketches import hll_sketch, hll_union, tgt_hll_type

LG_K = 14
#: Three standard deviations: 99.7 % confidence.
_DEVIATIONS = 3


class Estimate(NamedTuple):
    """A number of things with its interval; low == estimate == high when it is exact."""

    estimate: int
    low: int
    high: int


class DistinctSketch:
    """A HyperLogLog sketch of texts, which it does not hold: only registers of their hashes."""

    __slots__ = ("_sketch",)

    def __init__(self) -> None:
        self._sketch: hll_sketch | None = None

    def add(self, texts: Iterable[str]) -> None:
        """Add texts; one that was added before changes nothing."""
        # The loop runs in C: half of the time that a statement would take.
        deque(map(self._open().update, texts), maxlen=0)

    def _open(self) -> hll_sketch:
        if self._sketch is None:
            self._sketch = hll_sketch(LG_K, tgt_hll_type.HLL_4)
        return self._sketch

    def merge(self, other: DistinctSketch) -> None:
        """Become the sketch of the texts of both."""
        if other._sketch is None:
            return
        union = hll_union(LG_K)
        union.update(other._sketch)
        if self._sketch is not None:
            union.update(self._sketch)
        self._sketch = union.get_result(tgt_hll_type.HLL_4)

    def estimate(self) -> Estimate:
        """Return the number of different texts with a 99.7 % interval."""
        if self._sketch is None:
            return Estimate(0, 0, 0)
        sketch = self._sketch
        return Estimate(
            round(sketch.get_estimate()),
            math.floor(sketch.get_lower_bound(_DEVIATIONS)),
            math.ceil(sketch.get_upper_bound(_DEVIATIONS)),
        )

    def to_bytes(self) -> bytes:
        """Return the sketch in DataSketches' own format; empty when nothing was added."""
        return bytes(self._sketch.serialize_compact()) if self._sketch else b""

    def restore(self, data: bytes) -> None:
        """Take over what :meth:`to_bytes` gave."""
        self._sketch = hll_sketch.deserialize(data) if data else None
