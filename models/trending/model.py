"""Trending behind the contract of all models."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import ClassVar

import numpy as np
from torch import nn

from models.base import UNSEEN_SHARE
from models.config import TrainConfig
from models.data.log import InteractionLog
from models.popularity import Popular, log_shares
from models.search import Prepared, Searched

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


class Trending(Searched[Window]):
    """The same list for everybody, of what is popular in a window that ends now."""

    kind: ClassVar[str] = "trending"

    def __init__(self, config: TrainConfig) -> None:
        super().__init__(config, Window(config.trending.half_lives_hours[0], config.trending.rises[0]))

    def prepared(self, log: InteractionLog) -> Prepared[Window]:
        """Try windows first, then how much a rise counts."""
        settings = self.config.trending
        alternatives = [{"half_life_hours": hours} for hours in settings.half_lives_hours[1:]]
        alternatives += [{"rise": rise} for rise in settings.rises[1:]]
        return partial(_network, log), alternatives


def _network(log: InteractionLog, window: Window) -> nn.Module:
    lately = np.exp(log_shares(log, window.half_life_hours * _HOUR_MS).astype(np.float64))
    ever = np.exp(log_shares(log, 0.0).astype(np.float64))
    # What remains of the interactions when each counts by its age: the fewer, the less a share lately says.
    left = np.exp2((log.times - log.times[-1]) / (window.half_life_hours * _HOUR_MS)).sum()
    rising = (lately * left + _GIVEN * ever) / (ever * (left + _GIVEN))
    shares = lately * rising**window.rise
    return Popular(np.log(shares / shares.sum() + UNSEEN_SHARE).astype(np.float32))
