"""What files say of items: how popular they are, and which are head, middle, tail and new."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from models.data.histories import Targets
from models.data.log import Codes, InteractionLog
from models.evaluation import Floats

#: The most popular items that have so much of the interactions are the head, those after the second share the tail.
HEAD, TAIL = 0.2, 0.8
#: Of items, as :attr:`Facts.groups` numbers them.
ITEM_GROUPS = ("head", "middle", "tail", "new")
NEW = len(ITEM_GROUPS) - 1
#: Of histories, by the most rows that each may have.
HISTORY_GROUPS = (("new", 3), ("short", 20), ("long", None))


@dataclass(frozen=True)
class Facts:
    """What was known before the last target of each user."""

    counts: Floats
    """Interactions of each item of the log [n_items]."""
    taste: Floats
    """Mean of these over the history of each target [targets]."""
    history: Codes
    """Group of the history of each target [targets], of :data:`HISTORY_GROUPS`."""

    @classmethod
    def of(cls, log: InteractionLog, targets: Targets) -> Facts:
        """Count what is not the last row of somebody who is asked for.

        So no figure of a list knows of what it was to find; with a target at every step, it may know of later ones.

        Args:
            log: all rows.
            targets: of :func:`models.entries.last_targets` of the same log.
        """
        counts = log.counts()
        # Targets are in the order of users and of their rows: the last of each is the newest.
        last = np.ones(len(targets), bool)
        last[:-1] = targets.users[1:] != targets.users[:-1]
        counts -= np.bincount(targets.items[last], minlength=log.n_items)
        sums = np.concatenate([[0.0], np.cumsum(counts[targets.pool])])
        taste = (sums[targets.ends] - sums[targets.starts]) / np.maximum(targets.lengths, 1)
        edges = [most for _, most in HISTORY_GROUPS if most is not None]
        return cls(counts, taste, np.searchsorted(edges, targets.lengths, "left"))

    @property
    def interactions(self) -> int:
        """Return how many were counted."""
        return int(self.counts.sum())

    @cached_property
    def groups(self) -> Codes:
        """Return the group of each item [n_items], a place in :data:`ITEM_GROUPS`.

        The most popular items that together have 20 % of the interactions are the head, the least popular that
        together have 20 % the tail (Abdollahpouri et al., Managing Popularity Bias, FLAIRS 2019); new items have none.
        """
        order = np.argsort(-self.counts, kind="stable")
        before = np.cumsum(self.counts[order]) - self.counts[order]
        found = np.empty(len(order), np.int64)
        shares = before / max(1.0, self.counts.sum())
        found[order] = np.where(shares < HEAD, 0, np.where(shares < TAIL, 1, 2))
        found[self.counts == 0] = NEW
        return found

    def columns(self, places: Codes, n_items: int) -> tuple[Floats, Codes]:
        """Return counts and groups by the columns of a catalogue [n_items] each; what the log does not have is new.

        Args:
            places: column of each item of the log, or -1.
            n_items: of the catalogue.
        """
        known = places >= 0
        counts, groups = np.zeros(n_items), np.full(n_items, NEW)
        counts[places[known]] = self.counts[known]
        groups[places[known]] = self.groups[known]
        return counts, groups


def information(counts: Floats, interactions: int) -> Floats:
    """Return the self-information of each item in bits: the rarer it is, the more it tells (Zhou et al., PNAS 2010).

    Each item counts once more than it is there, so that new ones have a figure.
    """
    found: Floats = -np.log2((counts + 1) / (interactions + len(counts)))
    return found


def gini(counts: npt.NDArray[np.floating] | npt.NDArray[np.integer]) -> float:
    """Return how unequal counts are: 0, all the same; towards 1, one has all. 0 when there is nothing."""
    total, n = float(counts.sum()), len(counts)
    if not total:
        return 0.0
    rising = np.sort(counts)
    return float(2 * (np.arange(1, n + 1) @ rising) / (n * total) - (n + 1) / n)
