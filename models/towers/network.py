"""The two towers."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from models.sasrec.items import ItemNetwork
from models.sasrec.means import distances, weighted_mean
from models.towers.settings import TowersSettings

#: Weights below this are nothing: products with numbers near the smallest that there are take ten times as long.
_NOTHING = 1e-20


class Towers(ItemNetwork):
    """A vector of a history and a vector of an item; their product says how well they fit.

    Covington et al., Deep Neural Networks for YouTube Recommendations, RecSys 2016; with items told apart by a softmax
    over drawn items, corrected for how often each is drawn, as in Yi et al., Sampling-Bias-Corrected Neural Modeling,
    RecSys 2019. Differs in that each tower adds to what it reads, so that learning can start from vectors of items that
    are near each other when the items go together.
    """

    def __init__(self, prior: Tensor, settings: TowersSettings, max_length: int) -> None:
        """Make it.

        Args:
            prior: logarithm of each item's share of the interactions [n_items].
            settings: sizes.
            max_length: longest history.
        """
        super().__init__(prior, settings.size, settings.dropout)
        size, inner, means = settings.size, settings.inner, len(settings.recencies)
        self.means = _Means(settings.recencies, max_length)
        self.read = nn.Linear(means * size, size)
        with torch.no_grad():  # it begins with the mean of the means
            self.read.weight.copy_(torch.eye(size).repeat(1, means) / means)
            self.read.bias.zero_()
        self.user = _tower(means * size, inner, size, settings.dropout)
        self.item = _tower(size, inner, size, settings.dropout)
        self.norm = nn.LayerNorm(size)

    def hidden(self, items: Tensor) -> Tensor:
        """Return what is known after each item of histories [batch, length, size]."""
        places = torch.arange(items.shape[1], device=items.device)
        return self._user(items, distances(places, places))

    def last(self, items: Tensor) -> Tensor:
        """Return what is known after the newest item [batch, size]."""
        places = torch.arange(items.shape[1], device=items.device)
        return self._user(items, distances(places[-1:], places))[:, -1]

    def told(self, items: Tensor | None = None) -> Tensor:
        """Return what the item tower makes of items [items, size]; None: of all."""
        vectors = super().told(items)
        found: Tensor = vectors + self.item(vectors)
        return found

    def _user(self, items: Tensor, distance: Tensor) -> Tensor:
        read = self.means(self.dropout(self.items(items)), items != 0, distance)
        found: Tensor = self.norm(self.read(read) + self.user(read))
        return found


class Served(nn.Module):
    """Two towers of which that of items has done its work: an answer costs the history's tower and one product."""

    vectors: Tensor
    known: Tensor

    def __init__(self, towers: Towers) -> None:
        super().__init__()
        self.towers = towers.eval()
        with torch.no_grad():
            self.register_buffer("vectors", towers.told().clone())
            self.register_buffer("known", (towers.bias + towers.prior).clone())

    def forward(self, items: Tensor) -> Tensor:
        """Return the logarithm of each item's probability to be next [batch, n_items]."""
        last = self.towers.last(items) * (items != 0).any(1, keepdim=True)
        return functional.log_softmax(functional.linear(last, self.vectors) + self.known, -1)


class _Means(nn.Module):
    """Weighted means over what came until then, one for each recency."""

    weights: Tensor

    def __init__(self, recencies: Sequence[float], max_length: int) -> None:
        super().__init__()
        powers = torch.arange(max_length, dtype=torch.float64)
        weights = torch.tensor(recencies, dtype=torch.float64).unsqueeze(1) ** powers
        self.register_buffer("weights", torch.where(weights < _NOTHING, 0.0, weights).float())

    def forward(self, vectors: Tensor, real: Tensor, distance: Tensor) -> Tensor:
        """Return the means [batch, rows, means x size].

        Args:
            vectors: of items [batch, length, size].
            real: which are no padding [batch, length].
            distance: how long before each row each item came; below 0: after it [rows, length].
        """
        found = []
        for weights in self.weights:
            weight = weights[distance.clamp(0, len(weights) - 1)] * (distance >= 0)
            found.append(weighted_mean(weight, vectors, real))
        return torch.cat(found, -1)


def _tower(size: int, inner: int, out: int, dropout: float) -> nn.Module:
    last = nn.Linear(inner, out)
    nn.init.zeros_(last.weight)  # it begins with what it adds to
    nn.init.zeros_(last.bias)
    return nn.Sequential(nn.Linear(size, inner), nn.GELU(), nn.Dropout(dropout), last)
