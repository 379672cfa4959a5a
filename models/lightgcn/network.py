"""The networks of LightGCN: one that answers, and one that learns, by spreading vectors over the graph."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn
from torch.nn import functional

from models.lightgcn.graph import Graph
from models.lightgcn.recency import Recency
from models.lightgcn.settings import LightgcnSettings
from models.sasrec.items import ItemNetwork
from models.sasrec.means import distances, weighted_mean


class Reader(ItemNetwork):
    """A history is the weighted mean of the vectors that its items are read by; other vectors tell whether they follow.

    So it is learned that *b* comes after *a* without *a* coming after *b*. The mean is lengthened by the root of its
    size, so that vectors of length 1 tell items apart from the first step.
    """

    def __init__(self, prior: Tensor, settings: LightgcnSettings) -> None:
        """Make it.

        Args:
            prior: logarithm of each item's share of the interactions [n_items].
            settings: sizes.
        """
        super().__init__(prior, settings.size, settings.dropout)
        self.following = nn.Embedding(len(prior), settings.size)
        self.recency = Recency(settings.recency, settings.floor)
        self._length = math.sqrt(settings.size)

    def tables(self) -> tuple[Tensor, ...]:
        """Return both vectors of items."""
        return self.items.weight[1:], self.following.weight

    def hidden(self, items: Tensor) -> Tensor:
        """Return what is known after each item of histories [batch, length, size]."""
        places = torch.arange(items.shape[1], device=items.device)
        return self._mean(items, distances(places, places))

    def last(self, items: Tensor) -> Tensor:
        """Return what is known after the newest item [batch, size]."""
        places = torch.arange(items.shape[1], device=items.device)
        return self._mean(items, distances(places[-1:], places))[:, -1]

    def told(self, items: Tensor | None = None) -> Tensor:
        """Return the vectors that items are told apart by [items, size]; None: of all."""
        vectors = self.spread()[1]
        return vectors if items is None else functional.embedding(items, vectors)

    def spread(self) -> tuple[Tensor, Tensor]:
        """Return the vectors that items are read by, and those that they are told apart by, each [n_items, size]."""
        read, told = self.tables()
        return read, told

    def _mean(self, items: Tensor, distance: Tensor) -> Tensor:
        read = functional.pad(self.spread()[0], (0, 0, 1, 0))
        vectors = self.dropout(functional.embedding(items, read))
        return weighted_mean(self.recency(distance), vectors, items != 0) * self._length


class Spreading(Reader):
    """A reader whose vectors, both of each item, are spread over the graph of who took what.

    It has no vectors of users, so it answers anybody from a history. While it learns, the users of a batch are not in
    the graph (:meth:`without`): what they took, the targets among it, reaches them by no edge of their own, only by
    what others took too.
    """

    graph: Graph | None

    def __init__(self, prior: Tensor, settings: LightgcnSettings) -> None:
        super().__init__(prior, settings)
        self._layers = settings.layers
        self._settings = settings
        self._held: tuple[Tensor, Tensor] | None = None
        self.graph = None

    @contextmanager
    def without(self, users: Tensor) -> Iterator[None]:
        """Spread once, as if these users had never been, and answer by that until the end of the block."""
        self._held = self._spread(users)
        try:
            yield
        finally:
            self._held = None

    def spread(self) -> tuple[Tensor, Tensor]:
        """Return both vectors of items, spread over the graph, each [n_items, size]."""
        return self._spread(None) if self._held is None else self._held

    @torch.no_grad()
    def reader(self) -> Reader:
        """Return what answers as it does: the spreading is done once for all."""
        read, told = self.spread()
        found = Reader(self.prior, self._settings).to(self.device)
        found.load_state_dict(self.state_dict())
        found.items.weight[1:] = read
        found.following.weight.copy_(told)
        return found.eval()

    def _spread(self, without: Tensor | None) -> tuple[Tensor, Tensor]:
        assert self.graph is not None, "a graph comes first"  # noqa: S101
        both = self.graph.spread(torch.cat(self.tables(), 1), self._layers, without)
        read, told = both.chunk(2, 1)
        return read, told
