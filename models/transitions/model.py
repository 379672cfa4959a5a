"""Transitions behind the contract of all models."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from torch import nn

from models.config import TrainConfig
from models.covisits import Counting, Covisits, Weights, count
from models.data.histories import Histories
from models.data.log import Codes, InteractionLog
from models.followers import Followers
from models.popularity import log_shares
from models.search import Prepared, Searched
from models.transitions.walks import walks

#: Half-life of popularity, as a share of the time that the log spans.
_HALF_LIFE = 1 / 16


@dataclass(frozen=True, slots=True)
class Weighing:
    """What is chosen in validation."""

    power: float = 1.0
    """A transition counts 1 over this power of the rows between."""
    backward: float = 0.5
    """What the way back counts."""
    same_moment: float = 1.0
    """What a pair counts that happened at one time: both ways."""
    further: float = 0.5
    """What each step of a walk counts of the one before it."""
    popular: float = 0.3
    """How much less an item counts that everything leads to: power."""
    recency: float = 0.3
    """What the item before the newest counts, and so on."""
    repeat: float = 0.1
    """Share of the items of the history themselves among what is expected."""
    popularity: float = 0.01
    """Share of popularity among what is expected."""


_TRIED: tuple[tuple[str, tuple[float, ...]], ...] = (
    ("recency", (0.6, 0.1, 0.8)),
    ("repeat", (0.03, 0.3, 0.0)),
    ("further", (0.8, 0.25, 0.0)),
    ("same_moment", (0.2, 0.0)),
    ("popular", (0.5, 0.1, 0.7)),
    ("backward", (1.0, 0.2)),
    ("popularity", (0.05, 0.002)),
    ("power", (0.5, 2.0)),
    ("recency", (0.9, 0.45, 0.2)),
    ("repeat", (0.06, 0.5)),
)


class Transitions(Searched[Weighing]):
    """First-order transitions, and walks of several."""

    kind: ClassVar[str] = "transitions"

    def __init__(self, config: TrainConfig) -> None:
        super().__init__(config, Weighing())

    def prepared(self, log: InteractionLog) -> Prepared[Weighing]:
        """Count what follows what."""
        learner = _Learner(log, self.config)
        return learner.network, list(_alternatives(learner.moments))


def _alternatives(moments: bool) -> Iterator[dict[str, Any]]:
    for name, values in _TRIED:
        if name != "same_moment" or moments:
            yield from ({name: value} for value in values)


class _Learner:
    """Makes networks of one log; walks are made once for each way of weighing them."""

    def __init__(self, log: InteractionLog, config: TrainConfig) -> None:
        self._histories = Histories(log)
        self._n_items = log.n_items
        self._settings = config.transitions
        span = float(log.times[-1] - log.times[0])
        self._shares = np.exp(log_shares(log, _HALF_LIFE * span).astype(np.float64))
        self._counted: tuple[Counting, Covisits] | None = None
        self._walked: tuple[tuple[object, ...], tuple[Codes, Weights]] | None = None
        self.moments = bool((self._histories.moments != np.arange(len(self._histories))).any())
        """Whether anybody did two things at one time."""

    def network(self, weighing: Weighing) -> nn.Module:
        settings = self._settings
        counting = Counting(
            settings.window,
            power=weighing.power,
            same_moment=weighing.same_moment,
            backward=weighing.backward,
        )
        if self._counted is None or self._counted[0] != counting:
            self._counted = counting, count(self._histories, self._n_items, counting)
        way = counting, weighing.further, weighing.popular
        if self._walked is None or self._walked[0] != way:
            found = walks(
                self._counted[1],
                self._n_items,
                settings.hops,
                weighing.further,
                weighing.popular,
                settings.neighbours,
            )
            self._walked = way, found
        near, shares = self._walked[1]
        return Followers(near, shares, weighing.popularity * self._shares, weighing.recency, weighing.repeat)
