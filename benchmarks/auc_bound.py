"""The AUC from buckets against scikit-learn's from the scores: always in its bound, and how far off."""

from __future__ import annotations

import statistics
from collections.abc import Iterator

import numpy as np
from sklearn.metrics import roc_auc_score

from benchmarks.base import Row
from models.calibration import score_edges
from monitoring.auc import measured
from monitoring.edges import Edges
from monitoring.histogram import Histogram

_VALIDATION = 20_000
_ROUNDING = 1e-12


def rows(streams: int, labels: int) -> Iterator[Row]:
    """Yield the share of streams in their bounds, and the median difference where log odds spread by 1 or more."""
    spreads = np.geomspace(0.05, 3.0, streams)
    # Another order, so that every base rate meets every spread.
    rates = np.random.default_rng(0).permutation(np.geomspace(0.001, 0.5, streams))
    found = [
        _stream(seed, spread, rate, labels)
        for seed, (spread, rate) in enumerate(zip(spreads.tolist(), rates.tolist(), strict=True))
    ]
    held = [off <= bound + _ROUNDING for off, bound in found]
    what = (
        f"sklearn.metrics.roc_auc_score on the same {labels:,} labels; log odds spread by .05 to 3, .1 to 50 %"
        f" positive; edges by {_VALIDATION:,} other scores, as a card has them"
    )
    yield Row(
        "auc_within_bound",
        sum(held) / len(held),
        "share",
        f"{what}; {len(held)} streams",
        (">=", 1.0),
        {"largest_bound": max(bound for _, bound in found), "largest_error": max(off for off, _ in found)},
    )
    wide = [off for (off, _), spread in zip(found, spreads, strict=True) if spread >= 1]
    against = f"{what}; median of the {len(wide)} streams whose log odds spread by 1 or more"
    yield Row("auc_error", statistics.median(wide), "AUC", against, ("<=", 3e-5))


def _stream(seed: int, spread: float, rate: float, labels: int) -> tuple[float, float]:
    """Return how far a stream's AUC is off, and its bound."""
    draw = np.random.default_rng(seed)
    # So that the mean of the probabilities is the rate, nearly: the logistic of a normal (D. J. C. MacKay, 1992).
    middle = np.log(rate / (1 - rate)) * np.sqrt(1 + np.pi * spread**2 / 8)
    validation, scores = (
        1 / (1 + np.exp(-draw.normal(middle, spread, one))) for one in (_VALIDATION, labels)
    )
    positive = draw.random(labels) < scores
    positive[:2] = False, True
    edges = Edges(score_edges(validation))
    counted = Histogram(edges.buckets)
    counted.add_batch(np.searchsorted(edges.values, scores, side="right"), positive)
    found = measured(counted)
    assert found is not None
    return abs(found.value - roc_auc_score(positive, scores)), found.bound
