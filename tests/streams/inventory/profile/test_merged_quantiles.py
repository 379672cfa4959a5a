"""Quantiles of sketches that were merged, where a level of the sketch may be empty."""

from __future__ import annotations

import numpy as np
import pytest

from streams.inventory.profile.quantiles import QuantileSketch

NOTHING = np.empty(0), np.empty(0, dtype=np.int64)


@pytest.mark.parametrize("parts", [2, 3, 5, 8])
@pytest.mark.parametrize("size", [1_000, 13_000, 40_000])
def test_ranks_after_merging(parts: int, size: int) -> None:
    numbers = np.random.default_rng(size + parts).permutation(size).astype(np.float64)
    whole = QuantileSketch()
    for part in np.array_split(numbers, parts):
        sketch = QuantileSketch()
        sketch.feed_each(part)
        whole.merge(sketch)
    distribution = whole.distribution(*NOTHING)
    assert sum(distribution.histogram([0.0, size / 2, size])) == size
    for rank in (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99):
        found = distribution.quantile(rank)
        assert found.low <= np.ceil(rank * size) - 1 <= found.high
        assert abs(found.value / size - rank) < 2 * distribution.rank_error + 1 / size
