"""The shape of a distribution of numbers, for drawing."""

from __future__ import annotations

import math
from typing import Any

from streams.inventory.profile.moments import Moments
from streams.inventory.profile.quantiles import Distribution

BINS = 20
#: The middle that is cut into equal bins; what lies outside gets one bin on either side.
_MIDDLE = (0.01, 0.99)


def histogram(distribution: Distribution, moments: Moments) -> dict[str, Any] | None:
    """Return ``{"edges": [n + 1 numbers], "counts": [n]}``, about 20 bins; the counts sum to the count of numbers.

    The bins between the 1st and the 99th percentile are equal, so that a few extreme values do not leave one bar.
    Counts are exact while the field is counted value by value, else within the rank error of the sketch.
    """
    if moments.minimum is None or moments.maximum is None:
        return None
    low, high = float(moments.minimum), float(moments.maximum)
    start, end = (distribution.quantile(rank).value for rank in _MIDDLE)
    if start == end:
        start, end = low, high
    step = (end - start) / BINS
    inner = [start + number * step for number in range(BINS)] if start < end else []
    edges = sorted({low, *inner, end, high})
    if not all(map(math.isfinite, edges)):
        return None
    if len(edges) == 1:
        return {"edges": [low, high], "counts": [moments.count]}
    return {"edges": edges, "counts": distribution.histogram(edges)}
