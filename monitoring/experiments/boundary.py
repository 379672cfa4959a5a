"""Intervals that hold at all times at once, so that anybody may look whenever they like and stop when they like.

A 95 % interval that is looked at again and again misses the truth sooner or later with certainty. These do not: with
probability 1 - alpha they hold the truth at *every* look.
"""

from __future__ import annotations

import math

from monitoring.experiments.base import Estimate, Interval


def reach(variance: float, alpha: float, scale: float) -> float:
    """Return how far an interval reaches to each side of an estimate.

    Robbins' normal mixture (H. Robbins, *Statistical methods related to the law of the iterated logarithm*, Annals of
    Mathematical Statistics 41, 1970) as the confidence sequence of R. Johari, P. Koomen, L. Pekelis, D. Walsh (*Always
    valid inference: continuous monitoring of A/B tests*, Operations Research 70, 2022): for an estimate whose variance
    is V and a mixture N(0, S²) over true values,

        sqrt(2 V (V + S²) / S² * log(sqrt((V + S²) / V) / alpha)).

    It holds for sums of bounded labels in the limit (I. Waudby-Smith, D. Arbour, R. Sinha, E. H. Kennedy, A. Ramdas,
    *Time-uniform central limit theory and asymptotic confidence sequences*, Annals of Statistics 52, 2024), and for
    differences of AUC because their estimates have independent increments in the limit (L. Tang, S. S. Emerson, X.-H.
    Zhou, *Nonparametric and semiparametric group sequential methods for comparing accuracy of diagnostic tests*,
    Biometrics 64, 2008). Estimates of few labels are no matter for limits: their owners give none.

    Args:
        variance: of the estimate; above 0.
        alpha: chance that the truth is ever outside.
        scale: S, in the unit of the estimate, fixed beforehand: true values of about this size are found soonest. It
            changes how wide the interval is, never whether it holds.
    """
    ratio = (variance + scale**2) / variance
    return math.sqrt(
        2 * variance * (variance + scale**2) / scale**2 * (math.log(ratio) / 2 - math.log(alpha))
    )


def interval(found: Estimate, alpha: float, scale: float) -> Interval:
    """Return the interval of an estimate that holds at all times; see :func:`reach`."""
    far = reach(found.variance, alpha, scale)
    return Interval(found.value, found.value - far, found.value + far)


def evidence(found: Estimate, null: float, scale: float) -> float:
    """Return the e-value against a true value of ``null``: above 1 / alpha at any time with a chance of alpha if it
    is true. It is the mixture's likelihood ratio, at most 1e300."""
    total = found.variance + scale**2
    power = scale**2 * (found.value - null) ** 2 / (2 * found.variance * total)
    return math.exp(min(power + math.log(found.variance / total) / 2, 690.0))


def expit(odds: float) -> float:
    """Return the probability of log odds."""
    return 1 / (1 + math.exp(-odds)) if odds > -700 else 0.0
