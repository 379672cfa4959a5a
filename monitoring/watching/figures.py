"""Figures of some labels, in bounded memory: what is published is made of counts and sums, which can be added."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from monitoring.auc import auc
from monitoring.histogram import Histogram
from monitoring.watching.base import Floats, Seen, Whole
from monitoring.watching.corrected import Corrected

#: Points of the reliability curve: each of as many buckets of scores as the others.
POINTS = 10
#: A probability counts as no smaller and no larger in the log loss: one label must not decide it.
_LEAST = 1e-6
#: Names of the sums.
_LOSS, _SQUARED, _EXPECTED, _BOUGHT = range(4)


class Figures:
    """Counts and sums of labels.

    Args:
        buckets: of the scores.
    """

    __slots__ = ("_corrected", "_expected", "_sums", "histogram")

    def __init__(self, buckets: int) -> None:
        self.histogram = Histogram(buckets)
        self._sums: Floats = np.zeros(4)
        self._expected: Floats = np.zeros(POINTS)
        """(points,), sum of the probabilities."""
        self._corrected: Corrected | None = None
        """None as long as no propensity is said: it takes four times the histogram."""

    def add(self, codes: Whole, seen: Seen, places: Whole | slice = slice(None)) -> None:
        """Count labels.

        Args:
            codes: (n,), bucket of each score.
            seen: n labels.
            places: which of them are counted.
        """
        codes, scores, positive = codes[places], seen.scores[places], seen.positive[places]
        bought, propensity = seen.bought[places], seen.propensity[places]
        self.histogram.add_batch(codes, positive)
        clipped = np.clip(scores, _LEAST, 1 - _LEAST)
        losses = -np.log(np.where(positive, clipped, 1 - clipped))
        sums = self._sums
        sums[_LOSS] += float(losses.sum())
        sums[_SQUARED] += float(((scores - positive) ** 2).sum())
        sums[_EXPECTED] += float(scores.sum())
        sums[_BOUGHT] += int(bought.sum())
        points = codes * POINTS // self.histogram.buckets
        self._expected += np.bincount(points, scores, POINTS)
        if not np.isnan(propensity).all():
            self._weighted().add(codes, scores, losses, positive, bought, propensity)

    def merge(self, other: Figures) -> None:
        """Add what another one counted in the same buckets."""
        self.histogram.merge(other.histogram)
        self._sums += other._sums
        self._expected += other._expected
        if other._corrected is not None:
            self._weighted().merge(other._corrected)

    def _weighted(self) -> Corrected:
        if self._corrected is None:
            self._corrected = Corrected(self.histogram.buckets)
        return self._corrected

    @property
    def calibration(self) -> float | None:
        """The sum of the labels over that of the probabilities: 1 where they are right on average."""
        expected = float(self._sums[_EXPECTED])
        return self.histogram.positive / expected if expected else None

    def document(self, *, curve: bool = True) -> dict[str, Any]:
        """Return the figures as JSON values; None where the labels do not give one.

        Args:
            curve: whether the reliability curve is wanted, which is longer than all the rest.

        ``log_loss`` is the mean negative log likelihood in nats, ``brier`` the mean squared difference of probability
        and label. ``curve`` has for each tenth of the buckets the mean probability, the share of positive labels and
        the labels. ``corrected`` is what :class:`~monitoring.watching.corrected.Corrected` says; None where no
        propensity is said.
        """
        labels, positive, sums = self.histogram.labels, self.histogram.positive, self._sums
        return {
            "labels": labels,
            "positive": positive,
            "auc": auc(self.histogram).document(),
            "log_loss": float(sums[_LOSS]) / labels if labels else None,
            "brier": float(sums[_SQUARED]) / labels if labels else None,
            "click_rate": positive / labels if labels else None,
            "purchase_rate": float(sums[_BOUGHT]) / labels if labels else None,
            "calibration": self.calibration,
            "corrected": self._corrected and self._corrected.document(),
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

    def encode(self) -> list[Any]:
        """Return JSON values."""
        weighted = self._corrected and self._corrected.encode()
        return [self.histogram.encode(), self._sums.tolist(), self._expected.tolist(), weighted]

    @classmethod
    def decode(cls, stored: Sequence[Any], buckets: int) -> Figures:
        """Return what :meth:`encode` gave.

        Raises:
            ValueError, IndexError: it is something else.
        """
        found = cls(buckets)
        histogram, sums, expected, weighted = stored
        found.histogram = Histogram.decode(histogram, buckets)
        found._sums[:], found._expected[:] = sums, expected
        found._corrected = Corrected.decode(weighted, buckets) if weighted else None
        return found
