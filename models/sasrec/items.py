"""What all networks that learn by steps have: vectors of items, and how popular items are."""

from __future__ import annotations

from abc import abstractmethod
from contextlib import AbstractContextManager, nullcontext

import torch
from torch import Tensor, nn
from torch.nn import functional


class ItemNetwork(nn.Module):
    """A network that reads a history by vectors of items, and tells items apart by vectors.

    To the logits comes how popular each item is lately, which is counted, not learned: it can be renewed without
    training.
    """

    prior: Tensor

    def __init__(self, prior: Tensor, size: int, dropout: float) -> None:
        """Make it.

        Args:
            prior: logarithm of each item's share of the interactions [n_items]; zeros: popularity is not told.
            size: dimensions of an item.
            dropout: share of the activations that is dropped while it learns.
        """
        super().__init__()
        self.items = nn.Embedding(len(prior) + 1, size, padding_idx=0)
        self.dropout = nn.Dropout(dropout)
        self.bias = nn.Parameter(torch.zeros(len(prior)))
        self.register_buffer("prior", prior)

    @property
    def device(self) -> torch.device:
        """Where it is."""
        return self.bias.device

    def tables(self) -> tuple[Tensor, ...]:
        """Return the vectors of items that it learns, each [n_items, size]: changed in place they are changed."""
        return (self.items.weight[1:],)

    def without(self, users: Tensor) -> AbstractContextManager[None]:  # noqa: ARG002 - for those that know users
        """Answer as if these users had never been, until the end of the block: they are asked for.

        Nothing changes for a network that knows nothing of users but the history that it is given.
        """
        return nullcontext()

    @abstractmethod
    def hidden(self, items: Tensor) -> Tensor:
        """Return what is known after each item of histories [batch, length, size]."""

    def last(self, items: Tensor) -> Tensor:
        """Return what is known after the newest item [batch, size]."""
        return self.hidden(items)[:, -1]

    def told(self, items: Tensor | None = None) -> Tensor:
        """Return the vectors that items are told apart by [items, size], from 0 the first; None: of all."""
        return self.items.weight[1:] if items is None else functional.embedding(items + 1, self.items.weight)

    def scores(self, hidden: Tensor) -> Tensor:
        """Return what speaks for each item of the catalogue [..., n_items] after ``hidden`` [..., size]."""
        return functional.linear(hidden, self.told()) + self.bias + self.prior

    def forward(self, items: Tensor) -> Tensor:
        """Return the logarithm of each item's probability to be next [batch, n_items].

        Without any history, it is that of popularity.
        """
        last = self.last(items) * (items != 0).any(1, keepdim=True)
        return functional.log_softmax(self.scores(last), -1)
