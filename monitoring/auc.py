"""AUC of counted scores, with what the buckets leave open and what chance leaves open."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from statistics import NormalDist
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from monitoring.histogram import Histogram

Weights = npt.NDArray[np.float64]

#: Standard normal quantile of a two-sided interval of 95 %.
_Z = 1.959963984540054
_ALPHA = 0.05
#: By so little a number of labels that is worked out from weights may be off.
_ALONE = 1e-9
#: Pairs of positive and negative labels up to which sums of twice their number fit 64 bits.
_SAFE_PAIRS = 1 << 61


@dataclass(frozen=True, slots=True)
class Auc:
    """Area under the ROC curve, between 0 and 1: how often a positive label has the higher score of the two."""

    positive: int
    negative: int
    value: float | None = None
    low: float | None = None
    """Of the 95 % interval, widened by the bound."""
    high: float | None = None
    bound: float | None = None
    """The AUC of the scores themselves lies within ``value`` plus or minus this. No estimate: exact."""
    reason: str | None = None
    """Why there is no value."""

    def document(self) -> dict[str, Any]:
        """Return it for ``GET /v1/models``."""
        found = asdict(self)
        return found if self.reason else {key: value for key, value in found.items() if key != "reason"}


def auc(histogram: Histogram) -> Auc:
    """Return the AUC of a histogram's labels.

    A pair of a positive and a negative label in different buckets is decided by the buckets; a pair in one bucket
    counts one half, as a tie does. Whichever way the scores of such a pair go, the AUC moves by at most one half of
    its share: half the share of in-bucket pairs is therefore an exact bound, ties included.

    The variance is DeLong's (E. R. DeLong, D. M. DeLong, D. L. Clarke-Pearson, *Comparing the areas under two or more
    correlated receiver operating characteristic curves: a nonparametric approach*, Biometrics 44, 1988), with the
    buckets as midranks (X. Sun, W. Xu, *Fast implementation of DeLong's algorithm*, IEEE Signal Processing Letters 21,
    2014). The interval is symmetric on the scale of log odds, which keeps it within 0 and 1 (M. S. Pepe, *The
    Statistical Evaluation of Medical Tests for Classification and Prediction*, 2003, section 5.2), and is then widened
    by the bound to both sides. DeLong's variance is 0 where the labels are separated without an error; then as many
    pairs as there are labels of the rarer kind, no two of them with a label in common, all went one way, and the
    interval is that of Clopper and Pearson for such a proportion (*The use of confidence or fiducial limits
    illustrated in the case of the binomial*, Biometrika 26, 1934): it ends at .025 ** (1 / pairs). With only one label
    of a kind its spread is unknown, and the interval is all of 0 to 1.

    It holds for labels that are independent of each other. Labels of one page are not quite.
    """
    n0, n1 = histogram.negative, histogram.positive
    found = measured(histogram)
    if found is None:
        missing = "no label" if not n0 + n1 else "no positive label" if not n1 else "no negative label"
        return Auc(n1, n0, reason=f"{missing} yet")
    low, high = interval_of(found.value, found.deviation, min(n0, n1))
    bound = found.bound
    return Auc(n1, n0, found.value, max(0.0, low - bound), min(1.0, high + bound), bound)


class Measured(NamedTuple):
    """An AUC with what chance and what the buckets leave open."""

    value: float
    deviation: float
    """DeLong's standard deviation; 0 where there is but one label of a kind, or no error."""
    bound: float


def measured(histogram: Histogram) -> Measured | None:
    """Return value, deviation and bound, see :func:`auc`; None where a kind of label is missing."""
    negative, positive = histogram.counts
    n0, n1 = int(negative.sum()), int(positive.sum())
    if not n0 or not n1:
        return None
    if n0 * n1 >= _SAFE_PAIRS:
        negative, positive = negative.astype(object), positive.astype(object)
    below = np.cumsum(negative) - negative
    value = int((positive * (2 * below + negative)).sum()) / (2 * n0 * n1)
    bound = int((positive * negative).sum()) / (2 * n0 * n1)
    counts = np.array([negative, positive], np.float64)
    return Measured(value, _deviation(counts, counts, value), bound)


def weighted(weights: Weights, squares: Weights) -> dict[str, float | None]:
    """Return the AUC of labels that have weights, as JSON values; see :func:`auc`, whose it is where all are equal.

    A pair of labels weighs as much as the product of its two. The variance is DeLong's with sums of squared weights in
    place of counts; how many labels there are is how many of equal weights would say as much.

    Args:
        weights: [label, bucket], sums of the weights.
        squares: [label, bucket], sums of their squares.
    """
    (zeros, ones), both = weights, weights.sum(1)
    if not both.all():
        return {"value": None, "low": None, "high": None, "bound": None}
    pairs = both[0] * both[1]
    # Rounded, so that labels which are separated without an error are seen to be.
    value = round(float(ones @ (np.cumsum(zeros) - zeros / 2) / pairs), 12)
    bound = float(ones @ zeros / (2 * pairs))
    alike = float((both**2 / squares.sum(1)).min())
    low, high = interval_of(value, _deviation(weights, squares, value), alike)
    return {"value": value, "low": max(0.0, low - bound), "high": min(1.0, high + bound), "bound": bound}


def lower_bound(histogram: Histogram, alpha: float) -> float:
    """Return what the AUC of the bucketed scores is above, except with a chance of alpha; see :func:`auc`.

    0 with fewer than two labels of a kind.
    """
    found = measured(histogram)
    pairs = min(histogram.negative, histogram.positive)
    if found is None or pairs < 2 or not found.value:
        return 0.0
    if found.value == 1:
        return float(alpha ** (1 / pairs))
    reach = NormalDist().inv_cdf(1 - alpha) * found.deviation / (found.value * (1 - found.value))
    return _expit(math.log(found.value / (1 - found.value)) - reach)


def _deviation(weights: Weights, squares: Weights, value: float) -> float:
    """Return DeLong's standard deviation of the AUC, 0 where there is but one label of a kind.

    Args:
        weights: [label, bucket], sums of the labels' weights: how many there are where each is 1.
        squares: [label, bucket], sums of the squared weights.
        value: of the AUC.
    """
    zeros, ones = weights
    (w0, w1), (q0, q1) = weights.sum(1), squares.sum(1)
    n0, n1 = w0**2 / q0, w1**2 / q1
    if min(n0, n1) < 2 - _ALONE:
        return 0.0
    # Share of negative labels that a positive one of the bucket beats, and of positive ones that beat a negative one.
    beats = (np.cumsum(zeros) - zeros / 2) / w0
    beaten = (w1 - np.cumsum(ones) + ones / 2) / w1
    of_ones = float(squares[1] @ (beats - value) ** 2) / w1**2 * n1 / (n1 - 1)
    of_zeros = float(squares[0] @ (beaten - value) ** 2) / w0**2 * n0 / (n0 - 1)
    return math.sqrt(of_ones + of_zeros)


def interval_of(value: float, deviation: float, labels: float) -> tuple[float, float]:
    """Return a 95 % interval of a share, symmetric on the scale of log odds; at 0 and 1 that of Clopper and Pearson.

    Args:
        value: from 0 to 1.
        deviation: its standard deviation.
        labels: how many independent observations it is of; of fewer than two nothing is known.
    """
    if labels < 2 - _ALONE:
        return 0.0, 1.0
    if value in (0.0, 1.0):
        far = (_ALPHA / 2) ** (1 / labels)
        return (far, 1.0) if value else (0.0, 1.0 - far)
    odds, reach = math.log(value / (1 - value)), _Z * deviation / (value * (1 - value))
    return _expit(odds - reach), _expit(odds + reach)


def _expit(odds: float) -> float:
    return 1 / (1 + math.exp(-odds)) if odds > -700 else 0.0
