"""Between which scores the buckets of a histogram lie."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from functools import cache
from hashlib import blake2b

import numpy as np
import numpy.typing as npt

#: Buckets for scores of a model of which nothing is known beforehand, and the log odds between which they lie.
DEFAULT_BUCKETS = 8_192
_DEFAULT_ODDS = 12.0
_ID_BYTES = 8


class Edges:
    """Ascending edges: bucket *k* holds the scores from edge *k* - 1, inclusive, to edge *k*, exclusive.

    There is one bucket more than there are edges: the first is open below, the last above.

    Args:
        values: the edges.

    Raises:
        ValueError: when there is none, one is no number, or they do not ascend strictly.
    """

    __slots__ = ("_values", "id")

    def __init__(self, values: Sequence[float] | npt.NDArray[np.float64]) -> None:
        array = np.asarray(values, np.float64)
        if (
            array.ndim != 1
            or not array.size
            or not np.isfinite(array).all()
            or not (np.diff(array) > 0).all()
        ):
            raise ValueError("edges must be numbers, each above the last")
        self._values: list[float] = array.tolist()
        self.id = blake2b(array.astype("<f8").tobytes(), digest_size=_ID_BYTES).hexdigest()
        """The same for equal edges only: histograms of equal edges can be added."""

    @property
    def values(self) -> Sequence[float]:
        """The edges."""
        return self._values

    @property
    def buckets(self) -> int:
        """How many buckets there are."""
        return len(self._values) + 1

    def bucket(self, score: float) -> int:
        """Return the bucket of a score."""
        return bisect_right(self._values, score)

    def codes(self, scores: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
        """Return the bucket of each score, (n,)."""
        return np.searchsorted(np.array(self._values), scores, side="right").astype(np.int64)

    def encode(self) -> bytes:
        """Return the edges as bytes: float64, little-endian."""
        return np.array(self._values, "<f8").tobytes()

    @classmethod
    def decode(cls, data: bytes) -> Edges:
        """Return what :meth:`encode` gave.

        Raises:
            ValueError: when it is something else.
        """
        return cls(np.frombuffer(data, "<f8"))


@cache
def default_edges() -> Edges:
    """Return edges for scores between 0 and 1 of which nothing else is known.

    They lie evenly on the scale of log odds, where scores of most models spread over several units: 8,192 buckets of
    0.003. A model whose log odds have a standard deviation of 1 gets a bound of .0004, one of .05 a bound of .008;
    the edges of a model's own card give less than .001 whatever its scores are.
    """
    odds = np.linspace(-_DEFAULT_ODDS, _DEFAULT_ODDS, DEFAULT_BUCKETS - 1)
    return Edges(1.0 / (1.0 + np.exp(-odds)))
