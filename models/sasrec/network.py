"""The network of SASRec: a causal transformer over the items of a history."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

#: What must not be attended to gets this instead of minus infinity: padding may attend to padding, so that no row is
#: without anything to attend to.
_FORBIDDEN = -1e4


class Network(nn.Module):
    """Self-attention over a history (Kang and McAuley, Self-Attentive Sequential Recommendation, ICDM 2018).

    Differs from the paper where later work does: layers are normalised before instead of after (Xiong et al., 2020),
    places are learned as distances in each head (Shaw et al., 2018), so that a history may begin anywhere, and all
    items are told apart by softmax (Klenitskiy and Vasilev, RecSys 2023). To the logits comes how popular each item
    is lately, which is counted, not learned: it can be renewed without training.
    """

    prior: Tensor

    def __init__(
        self, prior: Tensor, size: int, layers: int, heads: int, max_length: int, dropout: float
    ) -> None:
        """Make it.

        Args:
            prior: logarithm of each item's share of the interactions [n_items].
            size: dimensions of an item and width of the layers.
            layers: how many.
            heads: of each layer.
            max_length: longest history.
            dropout: share of the activations.
        """
        super().__init__()
        self.items = nn.Embedding(len(prior) + 1, size, padding_idx=0)
        self.layers = nn.ModuleList(_Layer(size, heads, max_length, dropout) for _ in range(layers))
        self.norm = nn.LayerNorm(size)
        self.dropout = nn.Dropout(dropout)
        self.bias = nn.Parameter(torch.zeros(len(prior)))
        self.register_buffer("prior", prior)

    def hidden(self, items: Tensor) -> Tensor:
        """Return what is known after each item of histories [batch, length, size]."""
        length = items.shape[1]
        places = torch.arange(length)
        distance = places.unsqueeze(1) - places.unsqueeze(0)
        forbidden = (distance < 0).unsqueeze(0) | (items == 0).unsqueeze(1)
        mask = forbidden.unsqueeze(1).to(torch.float32) * _FORBIDDEN
        found: Tensor = self.dropout(self.items(items))
        for layer in self.layers:
            found = layer(found, mask, distance)
        hidden: Tensor = self.norm(found)
        return hidden

    def scores(self, hidden: Tensor) -> Tensor:
        """Return what speaks for each item of the catalogue [..., n_items] after ``hidden`` [..., size]."""
        return functional.linear(hidden, self.items.weight[1:]) + self.bias + self.prior

    def forward(self, items: Tensor) -> Tensor:
        """Return the logarithm of each item's probability to be next [batch, n_items].

        Without any history, it is that of popularity.
        """
        last = self.hidden(items)[:, -1] * (items != 0).any(1, keepdim=True)
        return functional.log_softmax(self.scores(last), -1)


class _Layer(nn.Module):
    def __init__(self, size: int, heads: int, max_length: int, dropout: float) -> None:
        super().__init__()
        self.heads, self.max_length = heads, max_length
        self.before_attention, self.before_feed = nn.LayerNorm(size), nn.LayerNorm(size)
        self.mixed, self.out = nn.Linear(size, 3 * size), nn.Linear(size, size)
        self.wide, self.narrow = nn.Linear(size, 4 * size), nn.Linear(4 * size, size)
        self.distances = nn.Parameter(torch.zeros(heads, max_length))
        self.dropout = nn.Dropout(dropout)

    def forward(self, hidden: Tensor, mask: Tensor, distance: Tensor) -> Tensor:
        batch, length, size = hidden.shape
        shape = (batch, length, self.heads, size // self.heads)
        query, key, value = (
            part.reshape(shape).transpose(1, 2)
            for part in self.mixed(self.before_attention(hidden)).chunk(3, -1)
        )
        mask = mask + self.distances[:, distance.clamp(0, self.max_length - 1)]
        # Written out, as torch's own function has other strides when exported than when it runs.
        nearness = query @ key.transpose(2, 3) / (size // self.heads) ** 0.5 + mask
        mixed = self.dropout(torch.softmax(nearness, -1)) @ value
        hidden = hidden + self.dropout(self.out(mixed.transpose(1, 2).reshape(batch, length, size)))
        wide = functional.gelu(self.wide(self.before_feed(hidden)))
        found: Tensor = hidden + self.dropout(self.narrow(wide))
        return found
