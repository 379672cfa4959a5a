"""Is one model better than another on the same targets? A paired bootstrap says how sure that is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

#: Resamples: the ends of a 95 % interval are then known to about a tenth of its width.
RESAMPLES = 2_000
#: Users are resampled in this many lots at most, so that millions of them take no longer than thousands.
_LOTS = 5_000


@dataclass(frozen=True, slots=True)
class Comparison:
    """Mean difference of a metric, challenger less champion, with its 95 % interval."""

    champion: float
    challenger: float
    difference: float
    low: float
    high: float
    targets: int

    @property
    def better(self) -> bool:
        """Whether the whole interval is above 0."""
        return self.low > 0

    @property
    def worse(self) -> bool:
        """Whether the whole interval is below 0."""
        return self.high < 0


def compare(
    champion: Floats, challenger: Floats, users: npt.NDArray[np.int64], *, seed: int = 0
) -> Comparison:
    """Compare what two models reached on the same targets.

    Targets of one user are no independent evidence, so users are resampled, with all of their targets (Efron and
    Tibshirani, An Introduction to the Bootstrap, 1993, ch. 8); the interval is that of percentiles.

    Args:
        champion: a figure for each target [targets], such as its NDCG.
        challenger: the same targets in the same order.
        users: whose target each is [targets].
        seed: of the resampling.

    Raises:
        ValueError: when there is no target, or the shapes differ.
    """
    if not champion.shape == challenger.shape == users.shape or champion.ndim != 1 or not champion.size:
        raise ValueError(f"shapes {champion.shape}, {challenger.shape}, {users.shape}: one figure a target")
    random = np.random.default_rng(seed)
    _, user = np.unique(users, return_inverse=True)
    n_users = int(user.max()) + 1
    lot = random.permutation(n_users) % min(n_users, _LOTS)
    n_lots = int(lot.max()) + 1
    sums = np.bincount(lot[user], challenger - champion, n_lots)
    counts = np.bincount(lot[user], minlength=n_lots)
    drawn = random.integers(0, n_lots, (RESAMPLES, n_lots))
    means = sums[drawn].sum(1) / counts[drawn].sum(1)
    low, high = np.quantile(means, (0.025, 0.975))
    return Comparison(
        float(champion.mean()),
        float(challenger.mean()),
        float((challenger - champion).mean()),
        float(low),
        float(high),
        int(champion.size),
    )
