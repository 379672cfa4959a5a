"""Histories as weighted means of the vectors of their items."""

from __future__ import annotations

from torch import Tensor

#: A sum of weights is never less: where nothing has come yet the mean is 0.
_LEAST = 1e-20


def distances(rows: Tensor, places: Tensor) -> Tensor:
    """Return how long before each row each place came; below 0: after it [rows, length]."""
    return rows.unsqueeze(1) - places.unsqueeze(0)


def weighted_mean(weights: Tensor, vectors: Tensor, real: Tensor) -> Tensor:
    """Return the mean of what came until each row [batch, rows, size].

    Args:
        weights: what each place counts for each row; 0 for places after it [rows, length].
        vectors: of items [batch, length, size].
        real: which are no padding [batch, length].
    """
    each = weights.unsqueeze(0) * real.unsqueeze(1)
    return (each @ vectors) / each.sum(2, keepdim=True).clamp_min(_LEAST)
