"""Streams of labels with a known AUC, rate and calibration."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np

from monitoring.detection.base import Labels
from monitoring.edges import Edges

START_MS = 1_700_000_000_000


def stream(
    seed: int, count: int, *, area: float = 0.75, rate: float = 0.1, fall: float = 0.0, start: int = 0
) -> Labels:
    """Draw labels whose scores are the probabilities of a stream with this AUC, and whose true AUC is lower by a fall.

    Scores of the negative labels are normal on the scale of log odds, those of the positive ones shifted by as much
    as gives the AUC.
    """
    random = np.random.default_rng(seed)
    normal = NormalDist()
    meant, true = (2**0.5 * normal.inv_cdf(one) for one in (area, area - fall))
    labels = random.random(count) < rate
    place = random.standard_normal(count) + true * labels
    odds = np.log(rate / (1 - rate)) + meant * place - meant**2 / 2
    return Labels(1 / (1 + np.exp(-odds)), labels, START_MS + start + np.arange(count))


def own_edges(area: float = 0.75, rate: float = 0.1) -> Edges:
    """Return edges as a card has them: quantiles of scores of other labels."""
    scores = stream(999, 50_000, area=area, rate=rate).scores
    return Edges(np.unique(np.quantile(scores, np.arange(1, 256) / 256)))


def part(labels: Labels, begin: int, end: int) -> Labels:
    """Return some of the labels."""
    return Labels(labels.scores[begin:end], labels.positive[begin:end], labels.times[begin:end])


def joined(*parts: Labels) -> Labels:
    """Return one batch behind the other."""
    return Labels(
        *(np.concatenate([getattr(one, name) for one in parts]) for name in ("scores", "positive", "times"))
    )
