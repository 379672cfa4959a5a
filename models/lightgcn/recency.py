"""What each item of a history counts, by how long before the newest it came."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

#: Both numbers are learned so many times as fast as vectors: they have far to go in few steps.
_FAST = 10.0


class Recency(nn.Module):
    """Weights that fall from 1 for the newest item by the same share from item to item, down to a floor.

    With a share and a floor that are learned, both between 0 and 1, so the newest always counts most.
    """

    def __init__(self, share: float, floor: float) -> None:
        super().__init__()
        self._share = nn.Parameter(torch.tensor(_logit(share) / _FAST))
        self._floor = nn.Parameter(torch.tensor(_logit(floor) / _FAST))

    def forward(self, distance: Tensor) -> Tensor:
        """Return the weights of items so many places before the newest; 0 below 0: they come after it."""
        share, floor = torch.sigmoid(_FAST * self._share), torch.sigmoid(_FAST * self._floor)
        weights = floor + (1 - floor) * share ** distance.clamp_min(0)
        return weights * (distance >= 0)


def _logit(share: float) -> float:
    return math.log(share / (1 - share))
