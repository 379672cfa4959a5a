"""From scores to probabilities: how sharp the softmax is, and how often the likeliest type is right.

Guo et al., 2017, "On Calibration of Modern Neural Networks": temperature; Platt, 1999: a line through the logits.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def sharpness(scores: Array, truth: NDArray[np.int64]) -> float:
    """Return the factor of the scores under which the softmax gives the right types most likelihood."""
    factors = np.geomspace(1, 60, 60)
    losses = [
        -np.log(softmax(scores * factor)[np.arange(len(truth)), truth] + 1e-12).mean() for factor in factors
    ]
    return float(factors[int(np.argmin(losses))])


def platt(logits: Array, truth: NDArray[np.int64]) -> tuple[float, float]:
    """Return slope and offset of the log-odds that the likeliest type is right, by its own log-odds."""
    likely = softmax(logits)
    sure = np.clip(likely.max(axis=1), 1e-6, 1 - 1e-6)
    return line(np.log(sure / (1 - sure)), likely.argmax(axis=1) == truth)


def line(odds: Array, right: NDArray[np.bool_]) -> tuple[float, float]:
    """Fit a logistic line by Newton's method, with Platt's softened targets and a weak pull towards slope 1."""
    positive = int(right.sum())
    aim = np.where(right, (positive + 1) / (positive + 2), 1 / (len(right) - positive + 2))
    inputs = np.stack([odds, np.ones_like(odds)], axis=1)
    weights, pull = np.array([1.0, 0.0]), np.diag([1.0, 1e-3])
    for _ in range(30):
        given = 1 / (1 + np.exp(-inputs @ weights))
        slope = inputs.T @ (given - aim) + pull @ (weights - np.array([1.0, 0.0]))
        bend = (inputs * (given * (1 - given))[:, None]).T @ inputs + pull
        weights = weights - np.linalg.solve(bend, slope)
    return float(weights[0]), float(weights[1])


def softmax(logits: Array) -> Array:
    """Return the probabilities of each row."""
    raised = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))


def calibration_error(confidence: Array, right: NDArray[np.bool_], bins: int = 10) -> float:
    """Return the expected calibration error over bins of equal width (Naeini et al., 2015)."""
    place = np.minimum((np.asarray(confidence) * bins).astype(int), bins - 1)
    gaps = [
        abs(float(np.mean(confidence[place == one])) - float(np.mean(right[place == one])))
        * float(np.mean(place == one))
        for one in range(bins)
        if np.any(place == one)
    ]
    return float(sum(gaps))
