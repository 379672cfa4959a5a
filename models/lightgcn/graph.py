"""Who took what, as a graph of users and items, and how vectors of items spread over it."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import scipy.sparse
import torch
from torch import Tensor, nn

from models.data.log import InteractionLog


class Graph(nn.Module):
    """An edge for each item that a user took, however often.

    Nothing of it is learned, and nothing of it is part of the state: it is made of the log again.
    """

    item_starts: Tensor
    item_users: Tensor
    user_starts: Tensor
    user_items: Tensor

    def __init__(self, log: InteractionLog) -> None:
        super().__init__()
        shape = (log.n_items, len(log.user_ids))
        took = scipy.sparse.csr_matrix((np.ones(len(log), np.float32), (log.items, log.users)), shape)
        for name, matrix in (("item_starts item_users", took), ("user_starts user_items", took.T.tocsr())):
            matrix.sort_indices()
            for part, values in zip(name.split(), (matrix.indptr, matrix.indices), strict=True):
                self.register_buffer(part, torch.from_numpy(values.astype(np.int64)), persistent=False)

    def spread(self, vectors: Tensor, layers: int, without: Tensor | None = None) -> Tensor:
        """Return the mean of vectors of items and of what they are after each layer [n_items, size].

        He et al., LightGCN, SIGIR 2020, equations 3 and 4, with users who have no vectors of their own: from layer to
        layer a user is the sum of the items, an item the sum of its users, each divided by the root of how many it has
        and of how many the other one has. Two of the paper's layers, from items to items, are one here.

        Args:
            vectors: of items [n_items, size].
            layers: how many times; 0: they stay as they are.
            without: codes of users who are left out, with their edges; degrees are those of the others.
        """
        if not layers:
            return vectors
        to_users, to_items = self._matrices(without)
        found = total = vectors
        for _ in range(layers):
            found = _Layer.apply(found, to_users, to_items)  # type: ignore[no-untyped-call]  # torch leaves it untyped
            total = total + found
        return total / (layers + 1)

    def _matrices(self, without: Tensor | None) -> tuple[Tensor, Tensor]:
        """Return what takes items to users [users, n_items], and users to items [n_items, users].

        The whole factor of a user, 1 over the degree, is in the second one.
        """
        degrees = self.user_starts.diff()
        users = (degrees > 0).float()
        if without is not None:
            users[without] = 0.0
        of_items, items = self.item_starts.diff(), torch.zeros(len(self.item_starts) - 1, device=users.device)
        edge_items = torch.repeat_interleave(torch.arange(len(items), device=users.device), of_items)
        items.index_add_(0, edge_items, users[self.item_users])
        items = torch.where(items > 0, items.clamp_min(1.0).rsqrt(), 0.0)
        users = users / degrees.clamp_min(1)
        to_users = _rows(self.user_starts, self.user_items, items[self.user_items], len(items))
        back = items[edge_items] * users[self.item_users]
        return to_users, _rows(self.item_starts, self.item_users, back, len(users))


class _Layer(torch.autograd.Function):
    """One layer; both matrices together are symmetric, so gradients go back by the same layer."""

    @staticmethod
    def forward(ctx: Any, vectors: Tensor, to_users: Tensor, to_items: Tensor) -> Tensor:
        ctx.matrices = to_users, to_items
        return to_items @ (to_users @ vectors)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None, None]:
        to_users, to_items = ctx.matrices
        return to_items @ (to_users @ gradient), None, None


def _rows(starts: Tensor, places: Tensor, values: Tensor, columns: int) -> Tensor:
    """Return a matrix in compressed rows."""
    size = (len(starts) - 1, columns)
    with warnings.catch_warnings():  # that compressed rows are new in torch, says torch
        warnings.simplefilter("ignore", UserWarning)
        return torch.sparse_csr_tensor(starts, places, values, size, check_invariants=False)
