"""Users drawn again and again: how sure a mean over targets is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import numpy.typing as npt

from models.data.log import Codes
from models.evaluation import Floats, gains

#: Resamples: the ends of a 95 % interval are then known to about a tenth of its width.
RESAMPLES = 2_000
#: Users are resampled in this many lots at most, so that millions of them take no longer than thousands.
_LOTS = 5_000
#: Resamples that are put together at once: some 10 MB.
_AT_ONCE = 250
_ENDS = (0.025, 0.975)
#: Lots that a figure is left out of in turn, and the quantile of Student's t with one degree of freedom less, 97.5 %.
GROUPS = 20
_T = 2.093


class Resampling:
    """Bootstrap by user.

    Targets of one user are no independent evidence, so users are drawn, with all of their targets (Efron and
    Tibshirani, An Introduction to the Bootstrap, 1993, ch. 8). The same users are drawn for all that is asked, so
    figures of one resample belong together.

    Args:
        users: whose target each is [targets], at least one.
        seed: of what is drawn.
    """

    def __init__(self, users: Codes, seed: int = 0) -> None:
        self._random = np.random.default_rng(seed)
        _, user = np.unique(users, return_inverse=True)
        self.users = int(user.max()) + 1
        """How many there are."""
        self._n_lots = min(self.users, _LOTS)
        self._lot: Codes = (self._random.permutation(self.users) % self._n_lots)[user]
        self._weights: npt.NDArray[np.uint8] | None = None

    def means(self, values: Floats, among: npt.NDArray[np.bool_] | None = None) -> Floats:
        """Return the mean of each column in each resample [RESAMPLES, columns].

        Args:
            values: of each target [targets, columns].
            among: the targets that count [targets]; None: all. A resample without any has no number.
        """
        sums, counts = self._by_lot(values, among)
        found = np.concatenate([weights @ np.column_stack([counts, sums]) for weights in self._drawn()])
        with np.errstate(invalid="ignore", divide="ignore"):
            means: Floats = found[:, 1:] / found[:, :1]
        return means

    def reversed_means(self, values: Floats) -> Floats:
        """Return the mean of each column when the sign of each user's values is drawn [RESAMPLES, columns]."""
        sums, counts = self._by_lot(values, None)
        signs = self._random.integers(0, 2, (RESAMPLES, self._n_lots), np.int8) * 2 - 1
        blocks = np.array_split(signs, RESAMPLES // _AT_ONCE)
        found: Floats = np.concatenate([block.astype(np.float64) @ sums for block in blocks]) / counts.sum()
        return found

    def _by_lot(self, values: Floats, among: npt.NDArray[np.bool_] | None) -> tuple[Floats, Floats]:
        lot = self._lot if among is None else self._lot[among]
        values = values if among is None else values[among]
        sums = [np.bincount(lot, column, self._n_lots) for column in values.T]
        return np.column_stack(sums), np.bincount(lot, minlength=self._n_lots).astype(np.float64)

    def _drawn(self) -> Iterator[Floats]:
        """Yield how often each lot was drawn, some resamples at a time [resamples, lots]."""
        if self._weights is None:
            self._weights = np.concatenate([self._draw(_AT_ONCE) for _ in range(RESAMPLES // _AT_ONCE)])
        for start in range(0, RESAMPLES, _AT_ONCE):
            yield self._weights[start : start + _AT_ONCE].astype(np.float64)

    def _draw(self, n: int) -> npt.NDArray[np.uint8]:
        drawn = self._random.integers(0, self._n_lots, (n, self._n_lots))
        drawn += np.arange(n)[:, None] * self._n_lots
        counts = np.bincount(drawn.ravel(), minlength=n * self._n_lots).reshape(n, self._n_lots)
        return np.minimum(counts, 255).astype(np.uint8)


def ends(resampled: Floats) -> tuple[Floats, Floats]:
    """Return the ends of the 95 % interval of each column: the percentiles of its resamples [resamples, columns]."""
    low, high = np.nanquantile(resampled, _ENDS, axis=0)
    return low, high


def groups_of(users: Codes, seed: int = 0) -> Codes:
    """Return in which of :data:`GROUPS` groups the user of each target is, drawn [targets]."""
    names, user = np.unique(users, return_inverse=True)
    found: Codes = (np.random.default_rng(seed).permutation(len(names)) % GROUPS)[user]
    return found


def left_out(
    figure: Callable[[Floats], float], by_group: npt.NDArray[np.int32]
) -> tuple[float, float] | None:
    """Return the 95 % interval of a figure of all users together that is no mean over them.

    Drawing users again would find fewer different ones, and so less of what each adds. Instead each group is left out
    in turn (the delete-a-group jackknife; Kott, Journal of Official Statistics, 2001).

    Args:
        figure: of counts [items].
        by_group: counts of each group of users [GROUPS, items].

    Returns:
        None when a group is empty: there are too few users.
    """
    if not by_group.any(1).all():
        return None
    total = by_group.sum(0, dtype=np.float64)
    value = figure(total)
    without = np.array([figure(total - group) for group in by_group])
    spread = _T * float(np.sqrt((GROUPS - 1) / GROUPS * ((without - without.mean()) ** 2).sum()))
    return value - spread, value + spread


def metric_intervals(ranks: Codes, users: Codes, ks: Sequence[int]) -> dict[str, dict[str, float | None]]:
    """Return ``low`` and ``high`` of each of :func:`~models.evaluation.metrics`; None with fewer than two users.

    Args:
        ranks: place of each target, from 0 [targets].
        users: whose target each is [targets].
        ks: lengths of lists.
    """
    found = gains(ranks, ks)
    if not len(ranks) or (resampling := Resampling(users)).users < 2:
        return {name: {"low": None, "high": None} for name in found}
    low, high = ends(resampling.means(np.column_stack(list(found.values()))))
    return {name: {"low": float(low[at]), "high": float(high[at])} for at, name in enumerate(found)}
