"""Clicks per item shown of two models whose users are different ones, and how many more the second gets."""

from __future__ import annotations

import math
from typing import NamedTuple

from monitoring.experiments.base import Estimate, Floats, Interval, Whole
from monitoring.experiments.boundary import interval
from monitoring.experiments.groups import LEAST_GROUPS, LEAST_OF_A_KIND, summed, variance

#: On the scale of logarithms: a lift of some 5 % is found soonest.
SCALE = 0.06


class Arm(NamedTuple):
    """What the users of one model were shown, by group [1,024]."""

    clicks: Floats
    """Items that were acted on."""
    shown: Floats

    @classmethod
    def of(cls, groups: Whole, labels: Whole) -> Arm:
        """Return an arm of labels (0 or 1) and the groups of their users."""
        return cls(summed(groups, labels), summed(groups, labels * 0 + 1))

    @property
    def rate(self) -> float:
        """Clicks per item shown; 0 where nothing was."""
        shown = float(self.shown.sum())
        return float(self.clicks.sum()) / shown if shown else 0.0

    def influences(self) -> Floats:
        """Return what each group adds to the error of the logarithm of the rate. There must be clicks."""
        return (self.clicks - self.rate * self.shown) / float(self.clicks.sum())

    def lacking(self) -> str | None:
        """Say what is missing for an interval; None: nothing."""
        if self.clicks.sum() < LEAST_OF_A_KIND:
            return f"{int(self.clicks.sum()):,} clicks, {LEAST_OF_A_KIND} are needed"
        groups = int((self.shown > 0).sum())
        return f"{groups} groups of users, {LEAST_GROUPS} are needed" if groups < LEAST_GROUPS else None


def rate(arm: Arm, alpha: float) -> Interval:
    """Return clicks per item shown, with an interval that holds at all times.

    The interval is made on the scale of logarithms, where it cannot leave what is possible.
    """
    if why := arm.lacking():
        return Interval(arm.rate if arm.shown.sum() else None, reason=why)
    found = Estimate(math.log(arm.rate), variance(arm.influences(), int((arm.shown > 0).sum())))
    return _exponential(found, alpha, 0.0)


def lift(before: Arm, after: Arm, alpha: float) -> Interval:
    """Return by what share the second arm gets more clicks per item shown: .05 is 5 % more.

    Groups of users that both arms have are not taken for independent, so users may even change sides.

    Args:
        before: the champion's.
        after: the challenger's.
        alpha: chance that the truth is ever outside of the interval, however often one looks.
    """
    why = before.lacking() or after.lacking()
    if why:
        return Interval(None, reason=why)
    groups = int(((before.shown + after.shown) > 0).sum())
    spread = variance(after.influences() - before.influences(), groups)
    return _exponential(Estimate(math.log(after.rate / before.rate), spread), alpha, 1.0)


def _exponential(found: Estimate, alpha: float, less: float) -> Interval:
    if not found.variance:
        return Interval(math.exp(found.value) - less, reason="all groups of users are alike")
    logs = interval(found, alpha, SCALE)
    assert logs.low is not None  # noqa: S101 - an interval of an estimate has both ends
    assert logs.high is not None  # noqa: S101
    value, low, high = (math.exp(one) - less for one in (found.value, logs.low, logs.high))
    return Interval(value, low, high)
