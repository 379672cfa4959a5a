"""How large a change is: total variation between two distributions over the same bins, with an interval.

Total variation is the share of records that would have to change their bin to undo the change: 0.1 means every tenth.
Unlike evidence it does not grow with the number of records.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Doubles = npt.NDArray[np.float64]

#: Two-sided 95 % for one bin; the bins share the 5 % (Bonferroni).
_ALPHA = 0.05


class Effect(NamedTuple):
    """A total variation between 0 and 1 with its 95 % interval."""

    size: float
    low: float
    high: float


def total_variation(before: Doubles, after: Doubles, errors: Doubles) -> Effect:
    """Return the total variation between two distributions.

    Args:
        before: share of each bin; they sum to 1.
        after: the same of the newest records.
        errors: standard error of each difference, the variation between windows included.

    The interval holds simultaneously over the bins, so it is wider than need be (never narrower).
    """
    gaps = np.abs(after - before)
    reach = _quantile(_ALPHA / len(gaps)) * errors
    low = float(np.maximum(gaps - reach, 0.0).sum()) / 2
    high = min(float((gaps + reach).sum()) / 2, 1.0)
    size = float(gaps.sum()) / 2
    return Effect(size, min(low, size), max(high, size))


def _quantile(alpha: float) -> float:
    """Return the two-sided normal quantile, by its upper bound ``sqrt(2 ln(1 / alpha))``: at most 15 % wide."""
    return math.sqrt(2 * math.log(1 / alpha))


def union(before: Mapping[str, float], after: Mapping[str, float]) -> float:
    """Return the total variation of two sets of counts by bin, summed over partitions for instance."""
    first, second = sum(before.values()), sum(after.values())
    if not first or not second:
        return 0.0
    labels = before.keys() | after.keys()
    return sum(abs(before.get(label, 0) / first - after.get(label, 0) / second) for label in labels) / 2
