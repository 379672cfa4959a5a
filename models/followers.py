"""Followers: a table of what follows each item, summed over a history. Item-to-item and transitions are such."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from models.base import Shares
from models.covisits import Covisits
from models.data.log import Codes

Weights = npt.NDArray[np.float64]


def nearest(pairs: Covisits, n_items: int, neighbours: int) -> tuple[Codes, Weights]:
    """Return the followers of each item that weigh most [n_items + 1, neighbours], and what they weigh.

    Row 0 is that of padding; where an item has fewer, the rest weighs nothing. Weights are scaled so that those of an
    item are 1 together on the average of the items that have any.
    """
    # One key of both, the item and before its point how little the follower weighs, sorts much faster than two.
    little = 1 - pairs.weight / max(float(pairs.weight.max(initial=0.0)), 1e-300)
    order = np.argsort(pairs.first + 0.999 * little, kind="stable")
    first, second, weight = (column[order] for column in pairs)
    starts = np.concatenate([[True], first[1:] != first[:-1]])[: len(first)]
    rows = np.arange(len(first))
    place = rows - np.maximum.accumulate(np.where(starts, rows, 0))
    width = max(1, min(neighbours, int(place.max(initial=0)) + 1))
    kept = place < width
    near = np.zeros((n_items + 1, width), np.int64)
    weights = np.zeros((n_items + 1, width))
    near[first[kept] + 1, place[kept]] = second[kept]
    weights[first[kept] + 1, place[kept]] = weight[kept]
    total = weights.sum()
    return near, weights / (total / max(1, int(starts.sum()))) if total else weights


class Followers(Shares):
    """Sums what follows each item of a history, the newest counting most; its logits are logarithms of shares."""

    near: Tensor
    weights: Tensor
    popular: Tensor

    def __init__(
        self, near: Codes, weights: Weights, popular: Weights, recency: float, repeat: float = 0.0
    ) -> None:
        """Make it.

        Args:
            near: followers of each item [n_items + 1, neighbours], row 0 is that of padding.
            weights: what they weigh, of the same shape.
            popular: share of each item that is expected anyway [n_items].
            recency: what the item before the newest counts, and so on.
            repeat: share of the items of the history themselves among what is expected.
        """
        super().__init__()
        self.repeat = repeat
        self.recency = recency
        # 32 bits are enough, and half of what a large catalogue takes.
        self.register_buffer("near", torch.from_numpy(near.astype(np.int32)))
        self.register_buffer("weights", torch.from_numpy(weights.astype(np.float32)))
        self.register_buffer("popular", torch.from_numpy(popular.astype(np.float32)))

    def shares(self, items: Tensor) -> Tensor:
        """Return what is expected [batch, n_items]."""
        batch, length = items.shape
        age = (length - 1 - torch.arange(length)).to(torch.float32)
        counts = self.recency**age * (items != 0)
        weights = self.weights[items] * counts.unsqueeze(-1)
        followers = self.near[items].to(torch.int64).flatten(1)
        sums = torch.zeros(batch, self.popular.shape[0], dtype=weights.dtype)
        sums = sums.scatter_add(1, followers, weights.flatten(1))
        if self.repeat:
            own = self.repeat / (1 - self.repeat) * counts
            sums = sums.scatter_add(1, (items - 1).clamp_min(0), own)
        expected = sums / counts.sum(1, keepdim=True).clamp_min(1e-6)
        return expected + self.popular
