"""Figures of some labels, in bounded memory: what is published is made of counts and sums, which can be added."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from monitoring.auc import auc
from monitoring.histogram import Histogram
from monitoring.watching.base import Flags, Floats, Whole

#: Points of the reliability curve: each of as many buckets of scores as the others.
POINTS = 10
#: A probability counts as no smaller and no larger in the log loss: one label must not decide it.
_LEAST = 1e-6
#: Names of the sums.
_LOSS, _EXPECTED, _BOUGHT, _WEIGHT, _WEIGHTED, _SQUARES, _LOGGED = range(7)


class Figures:
    """Counts and sums of labels.

    Args:
        buckets: of the scores.
    """

    __slots__ = ("_expected", "_sums", "histogram")

    def __init__(self, buckets: int) -> None:
        self.histogram = Histogram(buckets)
        self._sums: Floats = np.zeros(7)
        self._expected: Floats = np.zeros(POINTS)
        """(points,), sum of the probabilities."""

    def add(self, codes: Whole, scores: Floats, positive: Flags, bought: Flags, propensity: Floats) -> None:
        """Count labels.

        Args:
            codes: (n,), bucket of each score.
            scores: (n,), probabilities.
            positive: (n,), labels.
            bought: (n,), whether the action was a purchase.
            propensity: (n,), chance of having been shown; NaN: not said.
        """
        self.histogram.add_batch(codes, positive)
        clipped = np.clip(scores, _LEAST, 1 - _LEAST)
        sums = self._sums
        sums[_LOSS] -= float(np.log(np.where(positive, clipped, 1 - clipped)).sum())
        sums[_EXPECTED] += float(scores.sum())
        sums[_BOUGHT] += int(bought.sum())
        logged = ~np.isnan(propensity)
        if logged.any():
            weight = 1.0 / propensity[logged]
            sums[_LOGGED] += int(logged.sum())
            sums[_WEIGHT] += float(weight.sum())
            sums[_WEIGHTED] += float(weight[positive[logged]].sum())
            sums[_SQUARES] += float((weight**2).sum())
        points = codes * POINTS // self.histogram.buckets
        self._expected += np.bincount(points, scores, POINTS)

    @property
    def calibration(self) -> float | None:
        """The sum of the labels over that of the probabilities: 1 where they are right on average."""
        expected = float(self._sums[_EXPECTED])
        return self.histogram.positive / expected if expected else None

    def document(self, *, curve: bool = True) -> dict[str, Any]:
        """Return the figures as JSON values; None where the labels do not give one.

        Args:
            curve: whether the reliability curve is wanted, which is longer than all the rest.

        ``log_loss`` is the mean negative log likelihood in nats. ``curve`` has for each tenth of the buckets the mean
        probability, the share of positive labels and the labels. ``corrected`` are figures of the labels that have a
        propensity, each weighted by its inverse and divided by the sum of the weights (A. Swaminathan, T. Joachims,
        *The Self-Normalized Estimator for Counterfactual Learning*, NIPS 2015): what would be if all items had equal
        chances. ``effective`` is (sum of weights)^2 / (sum of squared weights): as many labels of equal weights would
        say as much (L. Kish, *Survey Sampling*, 1965).
        """
        labels, positive, sums = self.histogram.labels, self.histogram.positive, self._sums
        return {
            "labels": labels,
            "positive": positive,
            "auc": auc(self.histogram).document(),
            "log_loss": float(sums[_LOSS]) / labels if labels else None,
            "click_rate": positive / labels if labels else None,
            "purchase_rate": float(sums[_BOUGHT]) / labels if labels else None,
            "calibration": self.calibration,
            "corrected": self._corrected(),
            **({"curve": self._curve()} if curve else {}),
        }

    def _curve(self) -> list[dict[str, Any]]:
        counts = self.histogram.counts
        points = np.arange(counts.shape[1]) * POINTS // counts.shape[1]
        both = np.bincount(points, counts.sum(0), POINTS)
        positive = np.bincount(points, counts[1], POINTS)
        return [
            {"score": float(expected / labels), "rate": float(ones / labels), "labels": int(labels)}
            for expected, ones, labels in zip(self._expected, positive, both, strict=True)
            if labels
        ]

    def _corrected(self) -> dict[str, Any] | None:
        weight = float(self._sums[_WEIGHT])
        if not weight:
            return None
        return {
            "labels": int(self._sums[_LOGGED]),
            "effective": weight**2 / float(self._sums[_SQUARES]),
            "click_rate": float(self._sums[_WEIGHTED]) / weight,
        }

    def encode(self) -> list[Any]:
        """Return JSON values."""
        return [self.histogram.encode(), self._sums.tolist(), self._expected.tolist()]

    @classmethod
    def decode(cls, stored: Sequence[Any], buckets: int) -> Figures:
        """Return what :meth:`encode` gave.

        Raises:
            ValueError, IndexError: it is something else.
        """
        found = cls(buckets)
        histogram, sums, expected = stored
        found.histogram = Histogram.decode(histogram, buckets)
        found._sums[:], found._expected[:] = sums, expected
        return found
