"""Shares with their intervals."""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import NamedTuple

_Z = NormalDist().inv_cdf(0.975)


class Share(NamedTuple):
    """A share between 0 and 1 with its 95 % interval."""

    score: float
    low: float
    high: float

    def document(self) -> dict[str, float]:
        """Return the JSON form."""
        return self._asdict()


def wilson(successes: float, trials: float) -> Share:
    """Return a share with its Wilson score interval, 95 % (Wilson 1927); without trials anything from 0 to 1.

    Args:
        successes: at most ``trials``.
        trials: how many there were.
    """
    if trials <= 0:
        return Share(0.0, 0.0, 1.0)
    share = successes / trials
    z2 = _Z * _Z / trials
    middle = (share + z2 / 2) / (1 + z2)
    reach = _Z * math.sqrt(share * (1 - share) / trials + z2 / (4 * trials)) / (1 + z2)
    # At the ends the formula is exact; rounding must not push the interval past the share.
    low = 0.0 if successes <= 0 else min(max(middle - reach, 0.0), share)
    high = 1.0 if successes >= trials else max(min(middle + reach, 1.0), share)
    return Share(share, low, high)
