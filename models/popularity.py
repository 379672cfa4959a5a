"""Popularity: the same list for everybody, by how often items occur, lately more than long ago."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from models.base import UNSEEN_SHARE, Recommender, Run, Shares
from models.config import TrainConfig
from models.data.log import InteractionLog

#: Half-lives that are tried, as shares of the time that the log spans; 0: old and new count alike.
HALF_LIVES = (0.0, 1 / 2, 1 / 8, 1 / 32, 1 / 128, 1 / 512)


def log_shares(log: InteractionLog, half_life: float) -> npt.NDArray[np.float32]:
    """Return the logarithm of each item's share of the interactions [n_items].

    Args:
        log: not empty.
        half_life: an interaction counts half of one that is so much later, in milliseconds; 0: all count alike.
    """
    weights = None
    if half_life:
        weights = np.exp2((log.times - log.times[-1]) / half_life)
    counts = log.counts(weights)
    shares: npt.NDArray[np.float32] = np.log(counts / counts.sum() + UNSEEN_SHARE).astype(np.float32)
    return shares


class Popularity(Recommender):
    """Counts with a half-life that is chosen in validation."""

    kind: ClassVar[str] = "popularity"

    def __init__(self, config: TrainConfig) -> None:
        super().__init__(config)
        self.half_life = 0.0
        """Milliseconds; 0: none."""
        self._network: nn.Module | None = None

    def fit(self, log: InteractionLog, run: Run) -> None:
        """Try half-lives, and keep the best; without validation, none."""
        if run.validate:
            span = float(log.times[-1] - log.times[0])
            tried = []
            for share in HALF_LIVES:
                network = Popular(log_shares(log, share * span))
                tried.append((run.validate(network), share * span))
            self.half_life = max(tried, key=lambda found: found[0])[1]
        self.refit(log, run)

    def refit(self, log: InteractionLog, run: Run) -> None:  # noqa: ARG002 - the contract's
        """Count anew."""
        self._network = Popular(log_shares(log, self.half_life))

    def network(self) -> nn.Module:
        """Return the network; its logits are logarithms of shares."""
        assert self._network is not None, "fit comes first"  # noqa: S101
        return self._network

    def settings(self) -> dict[str, object]:
        """Return the half-life in days."""
        return {"half_life_days": round(self.half_life / 86_400_000, 3) or None}


class Popular(Shares):
    """The same logits for everybody."""

    logarithms: Tensor

    def __init__(self, logarithms: npt.NDArray[np.float32]) -> None:
        """Make it of the logarithm of each item's share [n_items]."""
        super().__init__()
        self.register_buffer("logarithms", torch.from_numpy(logarithms))

    def shares(self, items: Tensor) -> Tensor:
        """Return the shares [batch, n_items]."""
        return torch.exp(self.logarithms).unsqueeze(0).expand(items.shape[0], -1)

    def forward(self, items: Tensor) -> Tensor:
        """Return their logarithms [batch, n_items]."""
        return self.logarithms.unsqueeze(0).expand(items.shape[0], -1)
