"""Walks along transitions: from an item to its followers, to theirs, and so on."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import sparse

from models.covisits import Covisits
from models.data.log import Codes

Weights = npt.NDArray[np.float64]

#: Steps that all walks of a model may take: some seconds.
_WORK = 5e7
#: Items that walks begin at together.
_ROWS = 1_024
#: Of the items that were reached, so many are gone on from, by so many of their steps: more is no better. With many
#: items it is less, so that the work stays what it is.
_REACHED, _STEPS = 50, 30


def walks(
    pairs: Covisits, n_items: int, hops: int, further: float, popular: float, neighbours: int
) -> tuple[Codes, Weights]:
    """Return the items that are reached from each item most [n_items + 1, neighbours], and their shares.

    Row 0 is that of padding. The shares of an item are 1 together; where it has fewer, the rest is 0. (After random
    walks on the graph of items: Fouss et al., Random-Walk Computation of Similarities, 2007; less for what everything
    leads to: Paudel et al., RP3beta, 2017.)

    Args:
        pairs: transitions.
        n_items: size of the catalogue.
        hops: steps of a walk.
        further: what each step counts of the one before it; 0: one step only.
        popular: how much less an item counts that many transitions lead to: power of their sum.
        neighbours: items kept.
    """
    steps = sparse.csr_matrix((pairs.weight, (pairs.first, pairs.second)), (n_items, n_items))
    reached = np.asarray(steps.sum(0)).ravel()
    steps = _shares(steps)
    hops = hops if further else 1
    less_work = min(1.0, (_WORK / (_REACHED * _STEPS * n_items * max(1, hops - 1))) ** 0.5)
    most, width = max(8, int(_REACHED * less_work)), max(8, int(_STEPS * less_work))
    onward = _shares(_largest(steps, width))
    less = sparse.diags(1 / np.maximum(reached, 1.0) ** popular)
    near = np.zeros((n_items + 1, neighbours), np.int64)
    shares = np.zeros((n_items + 1, neighbours))
    for start in range(0, n_items, _ROWS):
        at = steps[start : start + _ROWS]
        total = at
        for hop in range(1, hops):
            at = _largest(at, most) @ onward
            total = total + further**hop * at
        found = _shares(_largest(total @ less, neighbours))
        rows, places = _places(found)
        near[start + rows + 1, places] = found.indices
        shares[start + rows + 1, places] = found.data
    return near, shares


def _shares(matrix: sparse.csr_matrix) -> sparse.csr_matrix:
    """Return it with rows that are 1 together, those that are nothing but zeros as they are."""
    sums = np.asarray(matrix.sum(1)).ravel()
    return sparse.csr_matrix(sparse.diags(1 / np.where(sums > 0, sums, 1.0)) @ matrix)


def _largest(matrix: sparse.csr_matrix, most: int) -> sparse.csr_matrix:
    """Return it with the largest values of each row only, the largest first; of equal ones those of the first items."""
    matrix = sparse.csr_matrix(matrix)
    matrix.sort_indices()
    rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    # One key of both, the row and before its point how little a value is, sorts much faster than two.
    little = 1 - matrix.data / max(float(matrix.data.max(initial=0.0)), 1e-300)
    order = np.argsort(rows + 0.999 * little, kind="stable")
    places = np.arange(len(rows)) - matrix.indptr[rows]
    kept = places < most
    counts = np.bincount(rows[kept], minlength=matrix.shape[0])
    return sparse.csr_matrix(
        (matrix.data[order][kept], matrix.indices[order][kept], np.concatenate([[0], np.cumsum(counts)])),
        matrix.shape,
    )


def _places(matrix: sparse.csr_matrix) -> tuple[Codes, Codes]:
    """Return row of each value, and where in the row it stands."""
    rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    return rows, np.arange(len(rows)) - matrix.indptr[rows]
