"""AUC of two models on the same labels, and their difference. Exact: no buckets, ties count one half."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from monitoring.experiments.base import Estimate, Flags, Floats, Interval, Whole
from monitoring.experiments.boundary import expit, interval
from monitoring.experiments.groups import LEAST_GROUPS, LEAST_OF_A_KIND, present, summed, variance

#: A difference of some .01 is found soonest.
SCALE = 0.012
#: Of one AUC, on the scale of log odds.
SCALE_ODDS = 0.1


class Scored(NamedTuple):
    """Labels that two models have scored. All of one length."""

    groups: Whole
    """Of the users."""
    labels: Flags
    before: Floats
    """The champion's scores."""
    after: Floats
    """The challenger's."""

    def lacking(self) -> str | None:
        """Say what is missing for an interval; None: nothing."""
        positive = int(self.labels.sum())
        for count, kind in ((positive, "positive"), (len(self.labels) - positive, "negative")):
            if count < LEAST_OF_A_KIND:
                return f"{count:,} {kind} labels, {LEAST_OF_A_KIND} are needed"
        groups = present(self.groups)
        return f"{groups} groups of users, {LEAST_GROUPS} are needed" if groups < LEAST_GROUPS else None


class Areas(NamedTuple):
    """The two models' AUC, each with its interval, and how much higher the second one's is."""

    before: Interval
    after: Interval
    gain: Interval


class _Placed(NamedTuple):
    """DeLong's structural components of one AUC."""

    value: float
    positive: Floats
    """For each positive label: share of negative ones that it beats."""
    negative: Floats
    """For each negative label: share of positive ones that beat it."""


def areas(scored: Scored, alpha: float) -> Areas:
    """Return AUC and gain. The intervals hold at all times; the gain's is that of the pair, which is far narrower than
    the two AUC's own are.

    DeLong's components (E. R. DeLong, D. M. DeLong, D. L. Clarke-Pearson, *Comparing the areas under two or more
    correlated receiver operating characteristic curves*, Biometrics 44, 1988) summed by groups of users as N. A.
    Obuchowski does (*Nonparametric analysis of clustered ROC curve data*, Biometrics 53, 1997). That of one AUC is
    made on the scale of log odds, which keeps it within 0 and 1.

    The labels are of items that one of the two chose to show. That a model ranks well what the other one shows is not
    all there is to it: clicks decide between models that both get shown.
    """
    if why := scored.lacking():
        nothing = Interval(None, reason=why)
        return Areas(nothing, nothing, nothing)
    before, after = (_placed(scores, scored.labels) for scores in (scored.before, scored.after))
    gain = _Placed(
        after.value - before.value, after.positive - before.positive, after.negative - before.negative
    )
    spread = _variance(gain, scored)
    found = Estimate(gain.value, spread)
    both = Interval(gain.value, 0.0, 0.0) if not spread else interval(found, alpha, SCALE)
    return Areas(_alone(before, scored, alpha), _alone(after, scored, alpha), both)


def _placed(scores: Floats, labels: Flags) -> _Placed:
    ones, zeros = scores[labels], scores[~labels]
    positive = _beaten(np.sort(zeros), ones)
    return _Placed(float(positive.mean()), positive, 1 - _beaten(np.sort(ones), zeros))


def _beaten(ascending: Floats, scores: Floats) -> Floats:
    """Return for each score the share of others below it, equal ones by half."""
    below = np.searchsorted(ascending, scores, "left") + np.searchsorted(ascending, scores, "right")
    return below / (2 * len(ascending))


def _variance(placed: _Placed, scored: Scored) -> float:
    ones, zeros = scored.labels, ~scored.labels
    sums = summed(scored.groups[ones], (placed.positive - placed.value) / len(placed.positive))
    sums += summed(scored.groups[zeros], (placed.negative - placed.value) / len(placed.negative))
    return variance(sums, present(scored.groups))


def _alone(placed: _Placed, scored: Scored, alpha: float) -> Interval:
    value, spread = placed.value, _variance(placed, scored)
    if not 0 < value < 1 or not spread:
        return Interval(value, reason="no pair of labels went the other way")
    slope = value * (1 - value)
    odds = interval(Estimate(math.log(value / (1 - value)), spread / slope**2), alpha, SCALE_ODDS)
    assert odds.low is not None  # noqa: S101 - an interval of an estimate has both ends
    assert odds.high is not None  # noqa: S101
    return Interval(value, expit(odds.low), expit(odds.high))
