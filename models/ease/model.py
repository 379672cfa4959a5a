"""EASE behind the contract of all models."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from torch import nn

from models.config import TrainConfig
from models.data.log import InteractionLog
from models.ease.solving import Weights, gram, solve, strongest
from models.followers import Followers
from models.popularity import log_shares
from models.search import Prepared, Searched

#: Half-life of popularity, as a share of the time that the log spans.
_HALF_LIFE = 1 / 8


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is chosen in validation."""

    penalty: float
    """How strongly weights are held small."""
    recency: float = 1.0
    """What the item before the newest counts, and so on; 1: all alike, as in the paper."""
    repeat: float = 0.0
    """Share of the items of the history themselves among what is expected: the weights know nothing of them."""
    popularity: float = 0.01
    """Share of popularity among what is expected."""


class Ease(Searched[Chosen]):
    """A linear model of which items go together, of the whole history, in closed form.

    Of the weights only the highest positive ones of each item are kept, so that an answer costs as much as one of
    item-to-item. Items that are too unpopular to take part are expected by their popularity alone.
    """

    kind: ClassVar[str] = "ease"

    def __init__(self, config: TrainConfig) -> None:
        super().__init__(config, Chosen(config.ease.penalties[0]))

    def prepared(self, log: InteractionLog) -> Prepared[Chosen]:
        """Count which items go together."""
        alternatives: list[dict[str, float]] = [{"recency": recency} for recency in (0.9, 0.7)]
        alternatives += [{"repeat": share} for share in (0.2, 0.5)]
        alternatives += [{"penalty": penalty} for penalty in self.config.ease.penalties[1:]]
        alternatives += [{"popularity": share} for share in (0.001, 0.1)]
        return _Learner(log, self.config).network, alternatives


class _Learner:
    """Makes networks of one log; the weights are solved once for each penalty."""

    def __init__(self, log: InteractionLog, config: TrainConfig) -> None:
        self._settings = config.ease
        self._n_items = log.n_items
        counts = log.counts()
        # Equal ones by their code, so that the same log gives the same items.
        self._items = np.sort(np.lexsort((np.arange(log.n_items), -counts))[: self._settings.most_items])
        self._together = gram(log, self._items)
        span = float(log.times[-1] - log.times[0])
        self._shares = np.exp(log_shares(log, _HALF_LIFE * span).astype(np.float64))
        self._solved: dict[float, tuple[np.ndarray[Any, np.dtype[np.int64]], Weights]] = {}

    def network(self, chosen: Chosen) -> nn.Module:
        if chosen.penalty not in self._solved:
            weights = solve(self._together, chosen.penalty)
            self._solved = {
                chosen.penalty: strongest(weights, self._items, self._n_items, self._settings.neighbours)
            }
        near, weights = self._solved[chosen.penalty]
        return Followers(near, weights, chosen.popularity * self._shares, chosen.recency, chosen.repeat)
