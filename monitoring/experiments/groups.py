"""Users in groups: the variance of a figure comes from how groups differ, not from how labels do.

Labels of one page or of one user hang together, so a hundred of them say less than a hundred of a hundred users do.
Every user is in one of 1,024 groups by a hash; a figure's variance is that of its sums over groups (linearised, as in
survey statistics and in N. A. Obuchowski, *Nonparametric analysis of clustered ROC curve data*, Biometrics 53, 1997).
Labels of one group may hang together in any way. Memory does not grow with the users.
"""

from __future__ import annotations

import zlib

import numpy as np

from monitoring.experiments.base import Floats, Whole

GROUPS = 1_024
#: Fewer groups say nothing of how groups differ.
LEAST_GROUPS = 50
#: Fewer labels of a kind, clicks of a model or decided pages are too few for the limits that the intervals stand on.
LEAST_OF_A_KIND = 50


def group_of(user_id: str) -> int:
    """Return the group of a user, the same in every process: 0 to 1,023."""
    return zlib.crc32(user_id.encode("utf-8", "surrogatepass")) % GROUPS


def summed(groups: Whole, values: Floats | Whole) -> Floats:
    """Return the sum of values [labels] by group [1,024]."""
    return np.bincount(groups, weights=values, minlength=GROUPS).astype(np.float64)


def variance(sums: Floats, present: int) -> float:
    """Return the variance of a figure from the sums of its influences by group.

    Args:
        sums: [1,024], what each group adds to the figure's deviation from the truth; 0 where a group is not there.
        present: how many groups there are; at least 2.
    """
    return float((sums**2).sum()) * present / (present - 1)


def present(groups: Whole) -> int:
    """Return how many groups have a label."""
    return int((np.bincount(groups, minlength=GROUPS) > 0).sum())
