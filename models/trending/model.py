"""Trending behind the contract of all models."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, ClassVar

import numpy as np
from torch import nn

from models.base import UNSEEN_SHARE, Recommender, Run
from models.config import TrainConfig
from models.data.log import InteractionLog
from models.popularity import Popular, log_shares
from models.search import search

_HOUR_MS = 3_600_000
#: Interactions that an item is given before its share lately is compared with its share ever: one click is no trend.
_GIVEN = 5.0


@dataclass(frozen=True, slots=True)
class Window:
    """What is chosen in validation."""

    half_life_hours: float
    """Half-life of an interaction."""
    rise: float
    """How much more an item counts whose share is rising."""


class Trending(Recommender):
    """The same list for everybody, of what is popular in a window that ends now."""

    kind: ClassVar[str] = "trending"

    def __init__(self, config: TrainConfig) -> None:
        super().__init__(config)
        settings = config.trending
        self.chosen = Window(settings.half_lives_hours[0], settings.rises[0])
        self._network: nn.Module | None = None

    def fit(self, log: InteractionLog, run: Run) -> None:
        """Try windows, then how much a rise counts, and keep what is best in validation."""
        settings = self.config.trending
        alternatives = [{"half_life_hours": hours} for hours in settings.half_lives_hours[1:]]
        alternatives += [{"rise": rise} for rise in settings.rises[1:]]
        self.chosen, self._network = search(
            self.chosen, alternatives, _changed, lambda window: _network(log, window), run, self.kind
        )

    def refit(self, log: InteractionLog, run: Run) -> None:  # noqa: ARG002 - the contract's
        """Count anew."""
        self._network = _network(log, self.chosen)

    def network(self) -> nn.Module:
        """Return the network; its logits are logarithms of shares."""
        assert self._network is not None, "fit comes first"  # noqa: S101
        return self._network

    def settings(self) -> dict[str, object]:
        """Return the window."""
        return asdict(self.chosen)


def _changed(window: Window, change: Mapping[str, Any]) -> Window:
    return replace(window, **change)


def _network(log: InteractionLog, window: Window) -> nn.Module:
    lately = np.exp(log_shares(log, window.half_life_hours * _HOUR_MS).astype(np.float64))
    ever = np.exp(log_shares(log, 0.0).astype(np.float64))
    # What remains of the interactions when each counts by its age: the fewer, the less a share lately says.
    left = np.exp2((log.times - log.times[-1]) / (window.half_life_hours * _HOUR_MS)).sum()
    rising = (lately * left + _GIVEN * ever) / (ever * (left + _GIVEN))
    shares = lately * rising**window.rise
    return Popular(np.log(shares / shares.sum() + UNSEEN_SHARE).astype(np.float32))
