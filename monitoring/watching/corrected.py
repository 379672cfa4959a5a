"""Figures of labels whose propensity is logged, each label weighted by its inverse: what would be if all items had
equal chances of being shown.

Every figure is divided by the sum of the weights it is made of (A. Swaminathan, T. Joachims, *The Self-Normalized
Estimator for Counterfactual Learning*, NIPS 2015). A weight is :data:`MOST` at most (truncated importance sampling,
E. L. Ionides, Journal of Computational and Graphical Statistics 17, 2008): how many were cut is said, as they bias.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from monitoring.auc import interval_of, weighted
from monitoring.watching.base import Flags, Floats, Whole

#: Heaviest weight of a label: one shown with a smaller chance than this one's inverse counts as if it had that chance.
MOST = 10_000.0
#: So many neighbouring buckets of the scores are one here: weights take eight times the room of counts.
_NEIGHBOURS = 4
_LABELS, _UNUSABLE, _CUT, _LOSS, _SQUARED, _EXPECTED, _BOUGHT = range(7)


class Corrected:
    """Weighted counts and sums, which can be added.

    Args:
        buckets: of the scores.
    """

    __slots__ = ("_squares", "_sums", "_weights")

    def __init__(self, buckets: int) -> None:
        buckets = -(-buckets // _NEIGHBOURS)
        self._weights: Floats = np.zeros((2, buckets))
        """[label, bucket], sum of the weights."""
        self._squares: Floats = np.zeros((2, buckets))
        """[label, bucket], sum of the squared weights."""
        self._sums: Floats = np.zeros(7)

    def add(
        self, codes: Whole, scores: Floats, losses: Floats, positive: Flags, bought: Flags, propensity: Floats
    ) -> None:
        """Count labels, all columns (n,).

        Args:
            codes: bucket of each score.
            scores: probabilities.
            losses: negative log likelihood of each label.
            positive: labels.
            bought: whether the action was a purchase.
            propensity: chance of having been shown; NaN: not said, 0: said, but no chance at all.
        """
        said = ~np.isnan(propensity)
        usable = said & (propensity > 0)
        inverse = 1.0 / propensity[usable]
        weights, ones = np.minimum(inverse, MOST), positive[usable]
        size = self._weights.shape[1]
        places = codes[usable] // _NEIGHBOURS + size * ones
        self._weights += np.bincount(places, weights, 2 * size).reshape(2, size)
        self._squares += np.bincount(places, weights**2, 2 * size).reshape(2, size)
        scores = scores[usable]
        sums = self._sums
        sums[_LABELS] += len(weights)
        sums[_UNUSABLE] += int(said.sum()) - len(weights)
        sums[_CUT] += int((inverse > MOST).sum())
        sums[_LOSS] += float(weights @ losses[usable])
        sums[_SQUARED] += float(weights @ (scores - ones) ** 2)
        sums[_EXPECTED] += float(weights @ scores)
        sums[_BOUGHT] += float(weights @ bought[usable])

    def merge(self, other: Corrected) -> None:
        """Add what another one counted in the same buckets."""
        self._weights += other._weights
        self._squares += other._squares
        self._sums += other._sums

    def document(self) -> dict[str, Any]:
        """Return the figures as JSON values; None where the labels do not give one.

        ``effective`` is (sum of weights)^2 / (sum of squared weights): as many labels of equal weights would say as
        much (L. Kish, *Survey Sampling*, 1965). The interval of the click rate is that of a ratio of two sums by its
        linearisation (W. G. Cochran, *Sampling Techniques*, 1977, section 6.4), on the scale of log odds.
        """
        sums = self._sums
        negative, positive = (float(one) for one in self._weights.sum(1))
        weight = negative + positive
        found: dict[str, Any] = {
            "labels": int(sums[_LABELS]),
            "unusable": int(sums[_UNUSABLE]),
            "clipped": int(sums[_CUT]),
        }
        if not weight:
            return found
        effective, rate = weight**2 / float(self._squares.sum()), positive / weight
        spread = self._squares.sum(1) @ np.array([rate**2, (1 - rate) ** 2])
        low, high = interval_of(rate, math.sqrt(spread) / weight, effective)
        return {
            **found,
            "effective": effective,
            "auc": weighted(self._weights, self._squares),
            "log_loss": float(sums[_LOSS]) / weight,
            "brier": float(sums[_SQUARED]) / weight,
            "calibration": positive / float(sums[_EXPECTED]) if sums[_EXPECTED] else None,
            "click_rate": rate,
            "click_rate_low": low,
            "click_rate_high": high,
            "purchase_rate": float(sums[_BOUGHT]) / weight,
        }

    def encode(self) -> list[Any]:
        """Return JSON values: of the buckets those that are not empty, to seven digits."""
        filled = np.flatnonzero(self._weights.any(0))
        sums = np.concatenate([self._weights[:, filled], self._squares[:, filled]])
        return [filled.tolist(), sums.astype("<f4").tobytes().hex(), self._sums.tolist()]

    @classmethod
    def decode(cls, stored: Sequence[Any], buckets: int) -> Corrected:
        """Return what :meth:`encode` gave.

        Raises:
            ValueError, IndexError: it is something else.
        """
        found = cls(buckets)
        filled, sums, found._sums[:] = stored
        both = np.frombuffer(bytes.fromhex(sums), "<f4").reshape(4, len(filled))
        places = np.array(filled, np.int64)
        found._weights[:, places], found._squares[:, places] = both[:2], both[2:]
        return found
