"""What is known of each candidate: what each source expects of it, what it was in the history, and its columns.

All of it is computed within the graph, from the history and from tables. Nothing jumps with a number that torch and
onnxruntime may round otherwise (as a place in an order, or the branch of a tree, would): so both give the same.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

#: Added to shares, so that their logarithm is finite.
_LEAST = 1e-9
#: Of the history, in this order.
_HISTORY = (
    "times in the history",
    "in the history",
    "is the newest",
    "is the one before",
    "steps since",
    "length of the history",
    "different items of the history",
)


def names(sources: Sequence[str], columns: Sequence[str]) -> list[str]:
    """Return the names of the features, in their order."""
    expected = [f"{source} expects" for source in sources]
    return [*expected, *(f"{each}, of its most" for each in expected), *_HISTORY, *columns]


def features(items: Tensor, shares: Sequence[Tensor], columns: Tensor, candidates: Tensor) -> Tensor:
    """Return the features of candidates [batch, candidates, features], as :func:`names` names them.

    Args:
        items: the histories [batch, length].
        shares: what each source expects [batch, n_items].
        columns: of the items [n_items, columns].
        candidates: items [batch, candidates], from 0.
    """
    expected = [torch.log(each.gather(1, candidates) + _LEAST) for each in shares]
    most = [torch.log(each.amax(1, keepdim=True) + _LEAST) for each in shares]
    below = [one - other for one, other in zip(expected, most, strict=True)]
    found = [*expected, *below, *_in_history(items, candidates)]
    return torch.cat([torch.stack(found, -1), columns[candidates]], -1)


def _in_history(items: Tensor, candidates: Tensor) -> list[Tensor]:
    length = items.shape[1]
    there = items.unsqueeze(1) == (candidates + 1).unsqueeze(2)
    count = there.sum(2).to(torch.float32)
    steps = length - 1 - torch.arange(length)
    # Where it never was, as if it had been just before the history.
    size = (items != 0).sum(1, keepdim=True)
    since = torch.where(there, steps, length).amin(2)
    since = torch.minimum(since, size).to(torch.float32)
    later = torch.ones(length, length, dtype=torch.bool).triu(1)
    again = ((items.unsqueeze(2) == items.unsqueeze(1)) & later).any(2)
    different = ((items != 0) & ~again).sum(1, keepdim=True)
    everywhere = torch.ones_like(count)
    return [
        torch.log1p(count),
        (count > 0).to(torch.float32),
        (since == 0).to(torch.float32) * (count > 0),
        (since == 1).to(torch.float32) * (count > 0),
        torch.log1p(since),
        torch.log1p(size.to(torch.float32)) * everywhere,
        torch.log1p(different.to(torch.float32)) * everywhere,
    ]
