"""What everybody's 95 % interval would have said where an always valid one was given."""

from __future__ import annotations

import numpy as np

from monitoring.experiments.boundary import reach

_DEVIATIONS = np.geomspace(1e-4, 1, 200)


def plain_reach(wide: float, alpha: float, scale: float) -> float:
    """Return 1.96 standard deviations of the estimate whose always valid interval reaches so far to one side."""
    reaches = [reach(one**2, alpha, scale) for one in _DEVIATIONS.tolist()]
    return 1.96 * float(np.interp(wide, reaches, _DEVIATIONS))
