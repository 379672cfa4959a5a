"""A blend: the sequential model and item-to-item, their logits weighted."""

from __future__ import annotations

from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.nn import functional

from models.base import Recommender, Run
from models.config import TrainConfig
from models.data.log import InteractionLog
from models.item_to_item import ItemToItem
from models.sasrec.model import SASRec

#: Shares of the sequential model that are tried.
SHARES = (0.5, 0.25, 0.75, 0.1, 0.9)


class Blend(Recommender):
    """Two models that were learned already, and the share of each that is chosen in validation.

    Their logits are logarithms of probabilities, so this is a product of experts (Hinton, 2002).
    """

    kind: ClassVar[str] = "blend"

    def __init__(self, config: TrainConfig, sasrec: SASRec, item_to_item: ItemToItem) -> None:
        super().__init__(config)
        self.sasrec = sasrec
        self.item_to_item = item_to_item
        self.share = SHARES[0]
        """Of the sequential model."""

    def fit(self, log: InteractionLog, run: Run) -> None:  # noqa: ARG002 - both have learned from it
        """Choose the share; both models must have been fitted before."""
        if run.validate is None:
            return
        tried: list[tuple[float, float]] = []
        for share in SHARES:
            if tried and run.seconds_left <= 0:
                break
            tried.append((run.validate(self._blended(share)), share))
        self.share = max(tried, key=lambda found: found[0])[1]

    def refit(self, log: InteractionLog, run: Run) -> None:
        """Let both learn again."""
        self.sasrec.refit(log, run)
        self.item_to_item.refit(log, run)

    def network(self) -> nn.Module:
        """Return the network; its logits are logarithms of probabilities."""
        return self._blended(self.share)

    def parts(self) -> tuple[Recommender, ...]:
        """Return the two."""
        return (self.sasrec, self.item_to_item)

    def settings(self) -> dict[str, object]:
        """Return the share, and what both chose."""
        return {
            "share": self.share,
            self.sasrec.kind: self.sasrec.settings(),
            self.item_to_item.kind: self.item_to_item.settings(),
        }

    def _blended(self, share: float) -> nn.Module:
        return _Network(self.sasrec.network(), self.item_to_item.network(), share)


class _Network(nn.Module):
    def __init__(self, sequential: nn.Module, neighbours: nn.Module, share: float) -> None:
        super().__init__()
        self.sequential, self.neighbours, self.share = sequential, neighbours, share

    def forward(self, items: Tensor) -> Tensor:
        near = functional.log_softmax(self.neighbours(items), -1)
        blended: Tensor = torch.log_softmax(self.share * self.sequential(items) + (1 - self.share) * near, -1)
        return blended
