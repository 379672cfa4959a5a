"""The network of SASRec: a causal transformer over the items of a history."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from models.sasrec.items import ItemNetwork
from models.sasrec.settings import SasrecSettings

#: What must not be attended to gets this instead of minus infinity: padding may attend to padding, so that no row is
#: without anything to attend to.
_FORBIDDEN = -1e4
#: Widths of the inner part of a feed that has three matrices are multiples of this.
_ALIGNED = 16


class Network(ItemNetwork):
    """Self-attention over a history (Kang and McAuley, Self-Attentive Sequential Recommendation, ICDM 2018).

    Differs from the paper where later work does: layers are normalised before instead of after (Xiong et al., 2020),
    places are learned as distances in each head (Shaw et al., 2018), so that a history may begin anywhere, and all
    items are told apart by softmax (Klenitskiy and Vasilev, RecSys 2023). Items are told by the same vectors that they
    are read by. To the logits comes how popular each item is lately, which is counted, not learned: it can be renewed
    without training.
    """

    def __init__(self, prior: Tensor, settings: SasrecSettings, max_length: int) -> None:
        """Make it.

        Args:
            prior: logarithm of each item's share of the interactions [n_items]; zeros: popularity is not told.
            settings: sizes and kinds of its layers.
            max_length: longest history.
        """
        super().__init__(prior, settings.size, settings.dropout)
        self.layers = nn.ModuleList(_Layer(settings, max_length) for _ in range(settings.layers))
        self.norm = nn.LayerNorm(settings.size)

    def hidden(self, items: Tensor) -> Tensor:
        """Return what is known after each item of histories [batch, length, size]."""
        places = torch.arange(items.shape[1], device=items.device)
        distance = places.unsqueeze(1) - places.unsqueeze(0)
        forbidden = (distance < 0).unsqueeze(0) | (items == 0).unsqueeze(1)
        mask = forbidden.unsqueeze(1).to(torch.float32) * _FORBIDDEN
        found: Tensor = self.dropout(self.items(items))
        for layer in self.layers:
            found = layer(found, mask, distance)
        hidden: Tensor = self.norm(found)
        return hidden


class _Layer(nn.Module):
    """Attention, then a feed; each is added to what came in, whole or through a gate."""

    def __init__(self, settings: SasrecSettings, max_length: int) -> None:
        super().__init__()
        size, gated = settings.size, settings.residual == "gated"
        self.heads, self.max_length = settings.heads, max_length
        self.before_attention, self.before_feed = nn.LayerNorm(size), nn.LayerNorm(size)
        self.mixed, self.out = nn.Linear(size, 3 * size), nn.Linear(size, size)
        self.feed = _swiglu(size) if settings.feed == "swiglu" else _gelu(size)
        self.distances = nn.Parameter(torch.zeros(settings.heads, max_length))
        self.attention_gate = nn.Linear(size, size) if gated else None
        self.feed_gate = nn.Linear(size, size) if gated else None
        self.dropout = nn.Dropout(settings.dropout)

    def forward(self, hidden: Tensor, mask: Tensor, distance: Tensor) -> Tensor:
        hidden = _added(hidden, self._attended(hidden, mask, distance), self.attention_gate)
        return _added(hidden, self.dropout(self.feed(self.before_feed(hidden))), self.feed_gate)

    def _attended(self, hidden: Tensor, mask: Tensor, distance: Tensor) -> Tensor:
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
        attended: Tensor = self.dropout(self.out(mixed.transpose(1, 2).reshape(batch, length, size)))
        return attended


def _added(hidden: Tensor, found: Tensor, gate: nn.Linear | None) -> Tensor:
    return hidden + found if gate is None else hidden + torch.sigmoid(gate(hidden)) * found


class _SwiGLU(nn.Module):
    """One half of what is wide lets the other half through (Shazeer, GLU Variants Improve Transformer, 2020)."""

    def __init__(self, size: int, inner: int) -> None:
        super().__init__()
        self.wide, self.narrow = nn.Linear(size, 2 * inner), nn.Linear(inner, size)

    def forward(self, hidden: Tensor) -> Tensor:
        gate, through = self.wide(hidden).chunk(2, -1)
        narrow: Tensor = self.narrow(functional.silu(gate) * through)
        return narrow


def _swiglu(size: int) -> nn.Module:
    """Make one of as many weights as a feed four times as wide has."""
    return _SwiGLU(size, -(-8 * size // (3 * _ALIGNED)) * _ALIGNED)


def _gelu(size: int) -> nn.Module:
    return nn.Sequential(nn.Linear(size, 4 * size), nn.GELU(), nn.Linear(4 * size, size))
