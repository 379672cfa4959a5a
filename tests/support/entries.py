"""Small real model entries: torch networks of every kind, exported. The first export of a process takes about 3 s."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional

from export.entry import write_entry
from export.explain import Explained
from export.registry import Entry
from export.runtime import Items
from export.text import TextMapping

MAX_LENGTH = 12


class Popular(nn.Module):
    """The same logits for everybody."""

    counts: Tensor

    def __init__(self, n_items: int) -> None:
        super().__init__()
        self.register_buffer("counts", torch.linspace(3, -3, n_items))

    def forward(self, items: Tensor) -> Tensor:
        return self.counts.unsqueeze(0).expand(items.shape[0], -1)


class ItemToItem(nn.Module):
    """Sums the weights of the neighbours of each item of the history, the newest counting most."""

    near: Tensor
    weights: Tensor

    def __init__(self, n_items: int, neighbours: int = 5) -> None:
        super().__init__()
        random = torch.Generator().manual_seed(1)
        near = torch.randint(1, n_items + 1, (n_items + 1, neighbours), generator=random)
        weights = torch.rand(n_items + 1, neighbours, generator=random)
        weights[0] = 0
        self.n_items = n_items
        self.register_buffer("near", near)
        self.register_buffer("weights", weights)

    def forward(self, items: Tensor) -> Tensor:
        batch, length = items.shape
        age = length - 1 - torch.arange(length)
        weights = self.weights[items] * (0.8**age).unsqueeze(-1)
        sums = torch.zeros(batch, self.n_items + 1, dtype=weights.dtype)
        sums = sums.scatter_add(1, self.near[items].flatten(1), weights.flatten(1))
        return sums[:, 1:]


class Sequential(nn.Module):
    """A self-attentive model with causal and padding masks, positions counted from the newest item."""

    def __init__(self, n_items: int, size: int = 16, max_length: int = MAX_LENGTH, layers: int = 2) -> None:
        super().__init__()
        torch.manual_seed(2)
        self.heads, self.size = 2, size
        self.items = nn.Embedding(n_items + 1, size, padding_idx=0)
        self.places = nn.Embedding(max_length, size)
        self.layers = nn.ModuleList(_Layer(size) for _ in range(layers))
        self.norm = nn.LayerNorm(size)

    def forward(self, items: Tensor) -> Tensor:
        length = items.shape[1]
        real = items != 0
        hidden = self.items(items) + self.places(torch.arange(length - 1, -1, -1))
        allowed = torch.ones(length, length, dtype=torch.bool).tril() & real.unsqueeze(1)
        allowed = allowed | torch.eye(length, dtype=torch.bool)
        for layer in self.layers:
            hidden = layer(hidden, allowed.unsqueeze(1)) * real.unsqueeze(-1)
        logits: Tensor = functional.linear(self.norm(hidden[:, -1]), self.items.weight[1:])
        return logits


class _Layer(nn.Module):
    def __init__(self, size: int) -> None:
        super().__init__()
        self.size = size
        self.first, self.second = nn.LayerNorm(size), nn.LayerNorm(size)
        self.mixed, self.out = nn.Linear(size, 3 * size), nn.Linear(size, size)
        self.wide, self.narrow = nn.Linear(size, size), nn.Linear(size, size)
        self.dropout = nn.Dropout(0.5)

    def forward(self, hidden: Tensor, allowed: Tensor) -> Tensor:
        batch, length, _ = hidden.shape
        parts = self.mixed(self.first(hidden)).chunk(3, -1)
        query, key, value = (part.reshape(batch, length, 2, self.size // 2).transpose(1, 2) for part in parts)
        mixed = functional.scaled_dot_product_attention(query, key, value, attn_mask=allowed)
        hidden = hidden + self.dropout(self.out(mixed.transpose(1, 2).reshape(batch, length, self.size)))
        after: Tensor = hidden + self.dropout(self.narrow(functional.gelu(self.wide(self.second(hidden)))))
        return after


class Blend(nn.Module):
    """Two networks, weighted."""

    def __init__(self, first: nn.Module, second: nn.Module, share: float = 0.3) -> None:
        super().__init__()
        self.first, self.second, self.share = first, second, share

    def forward(self, items: Tensor) -> Tensor:
        blended: Tensor = self.share * self.first(items) + (1 - self.share) * self.second(items)
        return blended


def catalogue(n_items: int) -> list[str]:
    """Return ``item-0``, ``item-1`` and so on."""
    return [f"item-{number}" for number in range(n_items)]


def card(model: str = "popularity", **other: Any) -> dict[str, Any]:
    """Return what a card must say, with anything else instead or besides."""
    return {
        "model": model,
        "seen": "drop",
        "max_length": MAX_LENGTH,
        "metrics": {"ndcg@10": 0.123, "hr@10": 0.25},
        "calibration": {"slope": 0.5, "offset": -2.0},
        "score_edges": np.linspace(0.001, 0.999, 1023).tolist(),
        **other,
    }


def make_entry(
    folder: Path,
    network: nn.Module | None = None,
    items: list[str] | None = None,
    probes: tuple[Items, ...] = (),
    vectors: npt.NDArray[np.floating] | None = None,
    explained: Explained | None = None,
    mapping: TextMapping | None = None,
    **other: Any,
) -> Entry:
    """Export a network (default: popularity, the first item most popular) of some items (default: 20)."""
    items = catalogue(20) if items is None else items
    return write_entry(
        folder,
        network or Popular(len(items)),
        items,
        card(**other),
        probes=probes,
        vectors=vectors,
        explained=explained,
        text=mapping,
    )
