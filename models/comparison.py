"""Is one model better than another on the same targets? Tests in pairs say how sure that is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.evaluation import Floats
from models.resampling import RESAMPLES, Resampling, ends


@dataclass(frozen=True, slots=True)
class Comparison:
    """Mean difference of a metric, challenger less champion, with its 95 % interval."""

    champion: float
    challenger: float
    difference: float
    low: float
    high: float
    targets: int
    p: float
    """How often models that are alike differ so much or more: a randomisation test, two-sided."""

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

    The interval is that of percentiles of the bootstrap by user, see :class:`~models.resampling.Resampling`.

    Args:
        champion: a figure for each target [targets], such as its NDCG.
        challenger: the same targets in the same order.
        users: whose target each is [targets].
        seed: of the resampling.

    Raises:
        ValueError: when there is no target, or the shapes differ.
    """
    return compare_all({"": (champion, challenger)}, users, seed=seed)[""]


def compare_all(
    figures: Mapping[str, tuple[Floats, Floats]], users: npt.NDArray[np.int64], *, seed: int = 0
) -> dict[str, Comparison]:
    """Compare two models in several figures, by the same resamples of users.

    ``p`` is of the randomisation test: if the models were alike, each user's differences might as well have the other
    sign (Smucker, Allan and Carterette, A Comparison of Statistical Significance Tests, CIKM 2007). Each figure is
    tested by itself.

    Args:
        figures: by name, that of the champion and of the challenger for each target [targets].
        users: whose target each is [targets].
        seed: of the resampling.

    Raises:
        ValueError: when there is no target, or the shapes differ.
    """
    for champion, challenger in figures.values():
        if not champion.shape == challenger.shape == users.shape or champion.ndim != 1 or not champion.size:
            raise ValueError(
                f"shapes {champion.shape}, {challenger.shape}, {users.shape}: one figure a target"
            )
    pairs = np.array(list(figures.values()), np.float64)
    differences = (pairs[:, 1] - pairs[:, 0]).T
    resampling = Resampling(users, seed)
    low, high = ends(resampling.means(differences))
    means = differences.mean(0)
    # Sums that are equal may come in another order: what differs by rounding is as far away.
    far = np.abs(resampling.reversed_means(differences)) >= np.abs(means) * (1 - 1e-9)
    p = (1 + far.sum(0)) / (1 + RESAMPLES)
    return {
        name: Comparison(
            float(pairs[column, 0].mean()),
            float(pairs[column, 1].mean()),
            float(means[column]),
            float(low[column]),
            float(high[column]),
            len(users),
            float(p[column]),
        )
        for column, name in enumerate(figures)
    }
