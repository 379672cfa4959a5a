"""LightGCN behind the contract of all models."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from models.config import TrainConfig
from models.data.histories import Histories
from models.data.log import InteractionLog
from models.lightgcn.graph import Graph
from models.lightgcn.network import Spreading
from models.sasrec.batches import Batches
from models.sasrec.items import ItemNetwork
from models.sasrec.model import SASRec

#: A batch has no more than this share of the rows: most users stay in the graph.
_SHARE = 8


class LightGCN(SASRec):
    """A graph of users and items; it learns as the sequential model does, from another network."""

    kind: ClassVar[str] = "lightgcn"

    def __init__(self, config: TrainConfig) -> None:
        super().__init__(config)
        self._settings = config.lightgcn.steps()
        self._rate = self._settings.learning_rate

    def vectors(self) -> npt.NDArray[np.float32]:
        """Return what items are read by, spread over the graph."""
        network = self._spreading(self._network).eval()
        with torch.no_grad():
            found: npt.NDArray[np.float32] = network.spread()[0].cpu().numpy()
        return found

    def first_network(self, log: InteractionLog, histories: Histories) -> ItemNetwork:
        """Return the network as it is before it learns: what is found with an item follows it."""
        network = self._spreading(super().first_network(log, histories))
        with torch.no_grad():
            network.following.weight.copy_(network.items.weight[1:])
        return network

    def batches(self, histories: Histories) -> Batches:
        """Return what it learns from."""
        rows = max(1, min(self._settings.batch_rows, len(histories) // _SHARE))
        settings = self._settings.model_copy(update={"batch_rows": rows})
        share = settings.next_moment if self.config.order == "time" else 0.0
        return Batches(histories, self.config.max_length, settings, share)

    def _made(self, prior: torch.Tensor) -> ItemNetwork:
        return Spreading(prior, self.config.lightgcn)

    def _show(self, network: ItemNetwork, log: InteractionLog) -> None:
        self._spreading(network).graph = Graph(log)

    def _answering(self, network: ItemNetwork) -> nn.Module:
        return self._spreading(network).reader()

    @staticmethod
    def _spreading(network: ItemNetwork | None) -> Spreading:
        assert isinstance(network, Spreading), "fit comes first"  # noqa: S101
        return network
