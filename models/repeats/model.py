"""Repeats behind the contract of all models: a baseline that is hard to beat where people buy the same again (Li et
al., A Next Basket Recommendation Reality Check, TOIS 2023)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, ClassVar

import numpy as np
from torch import nn

from models.base import Recommender, Run
from models.config import TrainConfig
from models.data.log import InteractionLog
from models.followers import Followers
from models.popularity import log_shares
from models.search import search

#: Half-life of popularity, as a share of the time that the log spans.
_HALF_LIFE = 1 / 16


@dataclass(frozen=True, slots=True)
class Weighing:
    """What is chosen in validation."""

    recency: float
    """What the item before the newest counts, and so on."""
    popularity: float = 0.01
    """Share of popularity among what is expected."""


class Repeats(Recommender):
    """The items of the history, then popular ones."""

    kind: ClassVar[str] = "repeats"

    def __init__(self, config: TrainConfig) -> None:
        super().__init__(config)
        self.chosen = Weighing(config.repeats.recencies[0])
        self._network: nn.Module | None = None

    def fit(self, log: InteractionLog, run: Run) -> None:
        """Try how fast what was done is forgotten, and keep what is best in validation."""
        alternatives = [{"recency": recency} for recency in self.config.repeats.recencies[1:]]
        self.chosen, self._network = search(
            self.chosen, alternatives, _changed, lambda chosen: _network(log, chosen), run, self.kind
        )

    def refit(self, log: InteractionLog, run: Run) -> None:  # noqa: ARG002 - the contract's
        """Count popularity anew."""
        self._network = _network(log, self.chosen)

    def network(self) -> nn.Module:
        """Return the network; its logits are logarithms of shares."""
        assert self._network is not None, "fit comes first"  # noqa: S101
        return self._network

    def settings(self) -> dict[str, object]:
        """Return what was chosen."""
        return asdict(self.chosen)


def _changed(chosen: Weighing, change: Mapping[str, Any]) -> Weighing:
    return replace(chosen, **change)


def _network(log: InteractionLog, chosen: Weighing) -> nn.Module:
    shares = np.exp(log_shares(log, _HALF_LIFE * float(log.times[-1] - log.times[0])).astype(np.float64))
    nothing = np.zeros((log.n_items + 1, 1))
    return Followers(nothing.astype(np.int64), nothing, chosen.popularity * shares, chosen.recency, 0.5)
