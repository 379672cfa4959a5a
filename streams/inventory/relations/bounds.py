"""How sure a share is that was found in a sample, and whether it could be chance.

The hashes that two sketches have in common are a random sample, without replacement, of the source's different values.
The interval of a share is exact for such a sample: Clopper and Pearson 1934, with the hypergeometric distribution.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from streams.inventory.relations.base import Interval

#: 99 % confidence, half of the error on either side.
_TAIL: Final = 0.005
#: A sample from more than so many is as good as one from infinitely many.
_MANY: Final = 1 << 17


@lru_cache(maxsize=1 << 14)
def share_of(hits: int, compared: int, size: int) -> Interval:
    """Return the share of a set that has a property, with its 99 % interval.

    Args:
        hits: of those compared, how many have it.
        compared: a random sample without replacement, at most a few thousand.
        size: of the set; a bound from above will do.
    """
    if not compared:
        return Interval(0.0, 0.0, 1.0)
    estimate = hits / compared
    if compared >= size:
        return Interval(estimate, estimate, estimate)
    if size > _MANY:
        low, high = _binomial_low(hits, compared), 1 - _binomial_low(compared - hits, compared)
    else:
        low = _hypergeometric_low(hits, compared, size) / size
        high = 1 - _hypergeometric_low(compared - hits, compared, size) / size
    return Interval(estimate, min(low, estimate), max(high, estimate))


@lru_cache(maxsize=1 << 14)
def at_most(hits: int, trials: int) -> float:
    """Return a chance that is exceeded, with 99.5 % confidence, by none that gave so many hits."""
    return 1 - _binomial_low(trials - hits, trials) if trials else 1.0


def repeats_at_most(seen: int) -> float:
    """Return an expected number that is exceeded, with 99.5 % confidence, by none of which so many were seen.

    For numbers as of Poisson's law; by its quantile in the form of Wilson and Hilferty 1931, at most 1 % too low.
    """
    degrees = seen + 1
    return degrees * (1 - 1 / (9 * degrees) + 2.5758 / (3 * math.sqrt(degrees))) ** 3 * 1.01


def log_evidence(hits: int, compared: int, chance: float) -> float:
    """Return the logarithm of the evidence that so many hits are more than chance gives.

    A likelihood ratio of Bernoulli trials against ``chance``, with the share as found as the alternative and a price
    for having chosen it (Schwarz 1978); 0 where chance explains it.
    """
    share = hits / compared if compared else 0.0
    if share <= chance:
        return 0.0
    chance = max(chance, 1e-9)
    found = _times_log(hits, share / chance) + _times_log(compared - hits, (1 - share) / (1 - chance))
    return max(found - math.log(compared + 1) / 2, 0.0)


def _times_log(times: int, ratio: float) -> float:
    return times * math.log(ratio) if times else 0.0


def _binomial_low(hits: int, trials: int) -> float:
    """Return the least chance at which so many hits or more are not too rare."""
    if not hits:
        return 0.0
    factorials = _log_factorials(trials)
    found = np.arange(hits, trials + 1)
    ways = factorials[trials] - factorials[found] - factorials[trials - found]

    def tail(chance: float) -> float:
        logs = ways + found * math.log(chance) + (trials - found) * math.log1p(-chance)
        return float(np.exp(logs).sum())

    low, high = 0.0, hits / trials if hits < trials else 1 - 1e-12
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if tail(middle) < _TAIL else (low, middle)
    return low


def _hypergeometric_low(hits: int, compared: int, size: int) -> int:
    """Return the least number of members with the property at which so many hits or more are not too rare."""
    if not hits:
        return 0
    factorials = _log_factorials(size)

    def ways(of: int, taken: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
        logs: npt.NDArray[np.float64] = factorials[of] - factorials[taken] - factorials[of - taken]
        return logs

    def tail(members: int) -> float:
        found = np.arange(max(hits, compared - (size - members)), min(compared, members) + 1)
        logs = ways(members, found) + ways(size - members, compared - found)
        return float(np.exp(logs - ways(size, np.array([compared]))).sum())

    return _least(hits, size - (compared - hits), lambda members: tail(members) >= _TAIL)


def _least(low: int, high: int, holds: Callable[[int], bool]) -> int:
    """Return the least number from ``low`` to ``high`` for which something holds that then goes on holding."""
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle + 1, high)
    return low


def _log_factorials(upto: int) -> npt.NDArray[np.float64]:
    """Return log n! for all n up to at least ``upto``."""
    return _table(max(upto, 1).bit_length())


@lru_cache(maxsize=4)
def _table(bits: int) -> npt.NDArray[np.float64]:
    numbers = np.arange(1, 1 << bits, dtype=np.float64)
    return np.concatenate([[0.0], np.cumsum(np.log(numbers))])
