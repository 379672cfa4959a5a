"""What the lists hold that a model gives: counted batch by batch, so that memory stays flat."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from models.assessment.facts import ITEM_GROUPS, information
from models.data.histories import Targets
from models.data.log import Codes
from models.evaluation import Floats, Logits, Seen
from models.resampling import GROUPS

#: Columns of :attr:`Lists.means`, before those of :data:`~models.assessment.facts.ITEM_GROUPS`.
NOVELTY, POPULARITY = 0, 1


class Lists:
    """Looks at the logits of targets, and counts what the best items are.

    Args:
        targets: in columns of the catalogue.
        counts: how popular each item of the catalogue is [n_items].
        groups: of each item of the catalogue [n_items].
        interactions: how many popularity is counted from.
        ks: lengths of lists; a list is shorter where nothing is left.
        seen: whether items of the history may be in them.
        lots: group of users of each target [targets], below :data:`~models.resampling.GROUPS`.
    """

    def __init__(
        self,
        targets: Targets,
        counts: Floats,
        groups: Codes,
        interactions: int,
        ks: Sequence[int],
        seen: Seen,
        lots: Codes,
    ) -> None:
        self._targets, self._seen, self._lots = targets, seen, lots
        self._width = min(max(ks), len(counts))
        group = groups[:, None] == np.arange(len(ITEM_GROUPS))
        self._values = np.column_stack([information(counts, interactions), counts, group])
        self.shown = {k: np.zeros((GROUPS, len(counts)), np.int32) for k in ks}
        """How many lists of each length hold each item, by group of users [GROUPS, n_items]."""
        self.means = {k: np.zeros((len(targets), self._values.shape[1])) for k in ks}
        """Over the list of each target, mean self-information, mean popularity and the share of each group of items
        [targets, columns], by length. An empty list has 0."""

    def __call__(self, chosen: Codes, logits: Logits) -> None:
        """Count the lists of some targets; their logits are written over."""
        if self._seen == "drop":
            logits[self._targets.seen(chosen)] = -np.inf
        best = best_columns(logits, self._width)
        there = np.isfinite(np.take_along_axis(logits, best, 1))
        sums = np.cumsum(self._values[best] * there[:, :, None], 1)
        lengths = np.maximum(np.cumsum(there, 1), 1)
        for k, shown in self.shown.items():
            end = min(k, self._width)
            self.means[k][chosen] = sums[:, end - 1] / lengths[:, end - 1, None]
            lots = np.broadcast_to(self._lots[chosen][:, None], (len(chosen), end))
            np.add.at(shown, (lots, best[:, :end]), there[:, :end])


def best_columns(logits: Logits, count: int) -> npt.NDArray[np.intp]:
    """Return the columns of the highest logits, the highest first, of equal ones the first [batch, count].

    Args:
        logits: [batch, n_items].
        count: at most ``n_items``.
    """
    width = logits.shape[1]
    best = np.argpartition(logits, width - count, axis=1)[:, width - count :]
    best.sort(1)
    order = np.argsort(-np.take_along_axis(logits, best, 1), axis=1, kind="stable")
    best = np.take_along_axis(best, order, 1)
    # Of those that are equal to the last one, others may be left out that stand before it.
    last = np.take_along_axis(logits, best[:, -1:], 1)
    for row in np.flatnonzero((logits >= last).sum(1) > count):
        best[row] = np.argsort(-logits[row], kind="stable")[:count]
    return best
