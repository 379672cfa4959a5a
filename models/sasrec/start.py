"""Where learning starts: items that are found together are near each other from the first step."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from models.covisits import Counting, Covisits, count
from models.data.histories import Histories

_NEAR = Counting(window=5, decay=0.8, backward=1.0)
#: How long the vector of an item of which nothing is known is, in each dimension.
SMALL = 0.02
#: Frequent neighbours count less: power of their frequency (Levy, Goldberg and Dagan, TACL 2015).
_SMOOTHING = 0.75


def near_items(histories: Histories, n_items: int) -> Covisits:
    """Return how often items stand close to each other."""
    return count(histories, n_items, _NEAR)


def vectors(pairs: Covisits, n_items: int, size: int, random: torch.Generator) -> Tensor:
    """Return a vector for each item [n_items, size], of length 1 on the average, near those of its neighbours.

    The largest singular vectors of positive pointwise mutual information: what skip-gram would learn in many epochs
    (Levy and Goldberg, NIPS 2014).
    """
    found = torch.randn(n_items, size, generator=random) * SMALL
    if not len(pairs.weight):
        return found
    rows = np.bincount(pairs.first, pairs.weight, n_items)
    smooth = np.bincount(pairs.second, pairs.weight, n_items) ** _SMOOTHING
    share = smooth / smooth.sum()
    information = np.log(pairs.weight / (rows[pairs.first] * share[pairs.second]))
    positive = information > 0
    if not positive.any():
        return found
    places = np.stack([pairs.first[positive], pairs.second[positive]])
    matrix = torch.sparse_coo_tensor(
        torch.from_numpy(places),
        torch.from_numpy(information[positive].astype(np.float32)),
        (n_items, n_items),
        check_invariants=False,
    ).coalesce()
    left, strength = _singular_vectors(matrix, min(size, n_items), random)
    known = left * strength.clamp_min(0).sqrt()
    length = known.norm(dim=1)
    found[:, : known.shape[1]] += known / length[length > 0].mean().clamp_min(1e-12)
    return found


def _singular_vectors(matrix: Tensor, rank: int, random: torch.Generator) -> tuple[Tensor, Tensor]:
    """Return the left singular vectors of the largest singular values (Halko, Martinsson and Tropp, 2011)."""
    drawn = torch.randn(matrix.shape[1], rank, generator=random)
    basis = torch.linalg.qr(torch.sparse.mm(matrix, drawn))[0]
    transposed = matrix.t().coalesce()
    for _ in range(3):
        basis = torch.linalg.qr(torch.sparse.mm(transposed, basis))[0]
        basis = torch.linalg.qr(torch.sparse.mm(matrix, basis))[0]
    small = torch.sparse.mm(transposed, basis)
    left, strength, _ = torch.linalg.svd(small.t(), full_matrices=False)
    return basis @ left, strength


def place_new(vectors: Tensor, new: Tensor, pairs: Covisits) -> None:
    """Put items that were not known before amid the items that they were found close to.

    Args:
        vectors: of all items [n_items, size]; changed in place.
        new: which items are new [n_items].
        pairs: how often items stand close to each other.
    """
    first, second = torch.from_numpy(pairs.first), torch.from_numpy(pairs.second)
    wanted = new[first] & ~new[second]
    if not wanted.any():
        return
    first, second = first[wanted], second[wanted]
    weight = torch.from_numpy(pairs.weight)[wanted].to(vectors.dtype)
    sums = torch.zeros_like(vectors).index_add_(0, first, vectors[second] * weight.unsqueeze(1))
    total = torch.zeros(len(vectors)).index_add_(0, first, weight)
    found = total > 0
    vectors[found] = sums[found] / total[found].unsqueeze(1)
