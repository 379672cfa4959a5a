"""Two towers behind the contract of all models."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from models.config import TrainConfig
from models.sasrec.items import ItemNetwork
from models.sasrec.model import SASRec
from models.towers.network import Served, Towers


class TwoTower(SASRec):
    """Deep collaborative filtering; it learns as the sequential model does, from another network."""

    kind: ClassVar[str] = "two-tower"

    def __init__(self, config: TrainConfig) -> None:
        super().__init__(config)
        self._settings = config.two_tower.steps()
        self._rate = self._settings.learning_rate

    def vectors(self) -> npt.NDArray[np.float32]:
        """Return what the item tower makes of items."""
        assert self._network is not None, "fit comes first"  # noqa: S101
        with torch.no_grad():
            found: npt.NDArray[np.float32] = self._network.eval().told().cpu().numpy()
        return found

    def _made(self, prior: torch.Tensor) -> ItemNetwork:
        return Towers(prior, self.config.two_tower, self.config.max_length)

    def _answering(self, network: ItemNetwork) -> nn.Module:
        assert isinstance(network, Towers), network  # noqa: S101
        return Served(network)
