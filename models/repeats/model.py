"""Repeats behind the contract of all models: a baseline that is hard to beat where people buy the same again (Li et
al., A Next Basket Recommendation Reality Check, TOIS 2023)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import ClassVar

import numpy as np
from torch import nn

from models.config import TrainConfig
from models.data.log import InteractionLog
from models.followers import Followers
from models.popularity import log_shares
from models.search import Prepared, Searched

#: Half-life of popularity, as a share of the time that the log spans.
_HALF_LIFE = 1 / 16


@dataclass(frozen=True, slots=True)
class Weighing:
    """What is chosen in validation."""

    recency: float
    """What the item before the newest counts, and so on."""
    popularity: float = 0.01
    """Share of popularity among what is expected."""


class Repeats(Searched[Weighing]):
    """The items of the history, then popular ones."""

    kind: ClassVar[str] = "repeats"

    def __init__(self, config: TrainConfig) -> None:
        super().__init__(config, Weighing(config.repeats.recencies[0]))

    def prepared(self, log: InteractionLog) -> Prepared[Weighing]:
        """Nothing is counted but popularity."""
        alternatives = [{"recency": recency} for recency in self.config.repeats.recencies[1:]]
        return partial(_network, log), alternatives


def _network(log: InteractionLog, chosen: Weighing) -> nn.Module:
    shares = np.exp(log_shares(log, _HALF_LIFE * float(log.times[-1] - log.times[0])).astype(np.float64))
    nothing = np.zeros((log.n_items + 1, 1))
    return Followers(nothing.astype(np.int64), nothing, chosen.popularity * shares, chosen.recency, 0.5)
