"""How surely figures moved: Bayes factors, all as decimal logarithms.

Periods are set against each other as the inventory sets windows (docs/drift.md): a share ``k / n`` of a period becomes
``y = asin(sqrt((k + 3/8) / (n + 3/4)))``, whose variance by chance alone is ``1 / 4n``, and the evidence is the Bayes
factor of a two-sample t test (Gönen, Johnson, Lu, Westfall, 2005), so that a figure which varies from period to period
by nature is measured by its own variation. Where there are only two counts, and no periods, it is the Bayes factor of
two unknown shares against one, all uniform between 0 and 1 (Jeffreys, *Theory of Probability*, 1939).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Doubles = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

#: Prior variance of a shift, in standard deviations of a period.
_TAU2 = 25.0
#: Periods that there must be before a change.
LEAST = 4
#: Evidence below this is not told: it speaks for nothing.
LEAST_TOLD = 1.0


@dataclass(frozen=True, slots=True)
class Reach:
    """How many periods before and after a change are looked at, at most."""

    before: int = 16
    """More would only say how things were long ago."""
    after: int = 64
    fades: bool = False
    """Whether a change fades again: then it is measured by the variation of the periods before alone."""


ALL = Reach()


@dataclass(frozen=True, slots=True)
class Shift:
    """A series of periods changed."""

    place: int
    """Number of the first period after the change."""
    log10_evidence: float
    """Of the mean of the Bayes factors over all places where it may have been."""


def arcsine(counts: Doubles, totals: Doubles) -> Doubles:
    """Return shares of periods as numbers whose variance by chance is ``1 / 4 totals``."""
    found: Doubles = np.arcsin(np.sqrt(np.minimum((counts + 0.375) / (totals + 0.75), 1.0)))
    return found


def shift(numbers: Doubles, chance: Doubles, reach: Reach = ALL) -> Shift | None:
    """Return where a series of periods most likely changed; None where it is too short to tell.

    Args:
        numbers: one a period, oldest first.
        chance: variance of each by chance alone; the variance between periods is never taken to be less.
        reach: how many periods before and after a change are looked at.
    """
    return shift_of_any(numbers[None], chance[None], reach)


def shift_of_any(numbers: Doubles, chance: Doubles, reach: Reach = ALL) -> Shift | None:
    """Return where series most likely changed that may change together, such as the shares of values.

    A mean of Bayes factors is one, however much the series depend on each other (Vovk, Wang, 2021): there is no
    correction for how many they are. None where they are too short to tell.

    Args:
        numbers: a series each, (series, periods), oldest period first.
        chance: variance of each by chance alone, (series, periods).
        reach: likewise.
    """
    places = np.arange(LEAST, numbers.shape[1])
    if not len(places) or not len(numbers):
        return None
    starts, ends = np.maximum(places - reach.before, 0), np.minimum(places + reach.after, numbers.shape[1])
    n0, mean0, squares0 = _sums(numbers, starts, places)
    n1, mean1, squares1 = _sums(numbers, places, ends)
    least = np.maximum(_sums(chance, starts, ends)[1], 1e-12)
    # Where it was: there the periods before are alike, and those after.
    pooled = _log_bayes_factor(n0, mean0, n1, mean1, squares0 + squares1, n0 + n1 - 2, least)
    logs = _log_bayes_factor(n0, mean0, n1, mean1, squares0, n0 - 1, least) if reach.fades else pooled
    most = float(logs.max())
    factors = np.exp(logs - most)
    surest = int(factors.sum(axis=1).argmax())
    return Shift(int(places[pooled[surest].argmax()]), (most + math.log(factors.mean())) / math.log(10))


def _sums(numbers: Doubles, starts: Integers, ends: Integers) -> tuple[Doubles, Doubles, Doubles]:
    """Return how many periods there are between places, and of each series their mean, and the squares about it."""
    # Sums of squares lose the digits that a great mean takes: about the mean of all there is none.
    centre = numbers.mean(axis=1, keepdims=True)
    moved = numbers - centre
    sums, squares = _cumulated(moved), _cumulated(moved * moved)
    count = (ends - starts).astype(np.float64)
    mean = (sums[:, ends] - sums[:, starts]) / count
    return count, mean + centre, np.maximum(squares[:, ends] - squares[:, starts] - count * mean * mean, 0.0)


def _cumulated(numbers: Doubles) -> Doubles:
    found = np.zeros((len(numbers), numbers.shape[1] + 1))
    np.cumsum(numbers, axis=1, out=found[:, 1:])
    return found


def _log_bayes_factor(
    n0: Doubles,
    mean0: Doubles,
    n1: Doubles,
    mean1: Doubles,
    squares: Doubles,
    freedom: Doubles,
    least: Doubles,
) -> Doubles:
    """Return the natural logarithm of the Bayes factor for a shift of the mean, place by place."""
    variance = np.maximum(squares / freedom, least)
    effective = n0 * n1 / (n0 + n1)
    prior = effective * _TAU2
    squared = effective * (mean1 - mean0) ** 2 / variance
    fit = np.log1p(squared / freedom) - np.log1p(squared / (freedom * (1 + prior)))
    found: Doubles = (freedom + 1) / 2 * fit - np.log1p(prior) / 2
    return found


def shares(before: tuple[float, float], after: tuple[float, float]) -> float:
    """Return the decimal logarithm of the Bayes factor of two shares against one.

    Args:
        before: how many of how many.
        after: likewise.
    """
    both = before[0] + after[0], before[1] + after[1]
    return (_log_beta(*before) + _log_beta(*after) - _log_beta(*both)) / math.log(10)


def shift_of_counts(counts: Doubles, totals: Doubles) -> Shift | None:
    """Return where a share most likely changed, by the counts of all periods before against those of all after.

    For shares that do not vary between periods but by chance; None where there are too few periods to tell.
    """
    known, whole = (np.concatenate([[0.0], np.cumsum(one)]) for one in (counts, totals))
    places = range(LEAST, len(counts))
    if not places:
        return None
    logs = np.array(
        [
            shares((known[place], whole[place]), (known[-1] - known[place], whole[-1] - whole[place]))
            for place in places
        ]
    )
    most = float(logs.max())
    return Shift(places[int(logs.argmax())], most + math.log10((10 ** (logs - most)).mean()))


def _log_beta(count: float, total: float) -> float:
    return math.lgamma(count + 1) + math.lgamma(total - count + 1) - math.lgamma(total + 2)


def beyond(size: float, usual: float) -> float:
    """Return how far a share moved beyond how far it moves when nothing happens, of what it could have moved beyond."""
    return max(size - usual, 0.0) / max(1 - usual, 1e-9)


def mean(numbers: Sequence[float] | Doubles) -> float:
    """Return the mean; 0 of nothing."""
    return float(np.mean(numbers)) if len(numbers) else 0.0
