"""Item-to-item: what follows the items of a history in the histories of others, the newest counting most."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

import numpy as np
from torch import nn

from models.config import TrainConfig
from models.covisits import Counting, Covisits, count
from models.data.histories import Histories
from models.data.log import InteractionLog
from models.followers import Followers, nearest
from models.popularity import log_shares
from models.search import Prepared, Searched


@dataclass(frozen=True, slots=True)
class Settings:
    """What is chosen in validation."""

    counting: Counting = field(default_factory=Counting)
    popular_before: float = 0.5
    """How much it counts less that an item has many followers: power of its count."""
    popular_after: float = 0.3
    """How much a follower counts less that follows everything: power of its count."""
    repeat: float = 1.0
    """How much more an item counts as a follower of itself."""
    recency: float = 0.9
    """What the item before the newest counts, and so on."""
    popularity: float = 0.01
    """Share of popularity among what is expected: it decides between items that nothing else tells apart."""


_TRIED: tuple[tuple[tuple[str, ...], tuple[tuple[float, ...], ...]], ...] = (
    (("recency",), ((0.8,), (0.95,), (0.7,), (0.99,))),
    (("repeat",), ((4.0,), (12.0,))),
    (("same_moment",), ((0.2,), (0.05,))),
    (("popular_after",), ((0.5,), (0.1,))),
    (("window", "decay"), ((5, 0.7), (50, 0.97))),
    (("popular_before",), ((0.8,), (0.2,))),
    (("popularity",), ((0.1,), (0.001,))),
    (("backward",), ((1.0,), (0.2,))),
    (("recency",), ((0.98,), (0.9,), (0.85,), (0.6,))),
)


class ItemToItem(Searched[Settings]):
    """Sparse neighbours of each item, summed over the history."""

    kind: ClassVar[str] = "item-to-item"

    def __init__(self, config: TrainConfig) -> None:
        super().__init__(config, Settings())

    def prepared(self, log: InteractionLog) -> Prepared[Settings]:
        """Count the pairs."""
        learner = _Learner(log, self.config)
        return learner.network, list(_alternatives(learner))

    def changed(self, chosen: Settings, change: Mapping[str, Any]) -> Settings:
        """Return settings with a change, be it of how pairs are counted."""
        inner = {name: value for name, value in change.items() if name in Counting.__slots__}
        outer = {name: value for name, value in change.items() if name not in inner}
        return replace(chosen, counting=replace(chosen.counting, **inner), **outer)


def _alternatives(learner: _Learner) -> Iterator[dict[str, Any]]:
    """Yield changes in the order in which they are tried, those that matter most first."""
    for names, values in _TRIED:
        if ("repeat" in names and not learner.repeats) or ("same_moment" in names and not learner.moments):
            continue
        for value in values:
            yield dict(zip(names, value, strict=True))


class _Learner:
    """Makes networks of one log; pairs are counted once for each way of counting."""

    def __init__(self, log: InteractionLog, config: TrainConfig) -> None:
        self._histories = Histories(log)
        self._counts = log.counts() + 1.0
        self._shares = np.exp(log_shares(log, float(log.times[-1] - log.times[0]) / 8).astype(np.float64))
        self._n_items = log.n_items
        self._neighbours = config.neighbours
        self._last: tuple[Counting, Covisits] | None = None
        self.moments = bool((self._histories.moments != np.arange(len(self._histories))).any())
        """Whether anybody did two things at one time."""
        pairs = self._histories.users * log.n_items + self._histories.items
        self.repeats = len(np.unique(pairs)) < len(pairs)
        """Whether anybody came back to an item."""

    def network(self, settings: Settings) -> nn.Module:
        if self._last is None or self._last[0] != settings.counting:
            self._last = settings.counting, count(self._histories, self._n_items, settings.counting)
        first, second, weight = self._last[1]
        weight = weight / (
            self._counts[first] ** settings.popular_before * self._counts[second] ** settings.popular_after
        )
        weight = np.where(first == second, settings.repeat * weight, weight)
        near, weights = nearest(Covisits(first, second, weight), self._n_items, self._neighbours)
        return Followers(near, weights, settings.popularity * self._shares, settings.recency)
