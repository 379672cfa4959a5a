"""The weights of EASE (Steck, Embarrassingly Shallow Autoencoders for Sparse Data, WWW 2019)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import scipy.linalg
import scipy.sparse

from models.data.log import Codes, InteractionLog

Weights = npt.NDArray[np.float64]


def gram(log: InteractionLog, items: Codes) -> Weights:
    """Return how many users have both of two items [items, items]; the diagonal: how many have one.

    Args:
        log: rows; how often a user has an item does not count.
        items: codes of those that take part.
    """
    place = np.full(log.n_items, -1)
    place[items] = np.arange(len(items))
    columns = place[log.items]
    known = columns >= 0
    has = scipy.sparse.csr_matrix(
        (np.ones(int(known.sum())), (log.users[known], columns[known])), (log.n_users, len(items))
    )
    has.data[:] = 1.0  # duplicates were summed by the conversion
    found: Weights = (has.T @ has).toarray()
    return found


def solve(together: Weights, penalty: float) -> Weights:
    """Return the weights that tell each item best from all others, with none for itself [items, items].

    Column *j* tells item *j*: the paper's ``B = I - P diag(1 / P)`` with ``P`` the inverse of the gram matrix, its
    diagonal raised by the penalty. That matrix is positive definite, so it is inverted by its Cholesky factor.
    """
    raised = together.copy()
    raised[np.diag_indices_from(raised)] += penalty
    factor = scipy.linalg.cho_factor(raised, lower=True, overwrite_a=True, check_finite=False)
    inverse = scipy.linalg.cho_solve(factor, np.eye(len(raised)), overwrite_b=True, check_finite=False)
    weights: Weights = inverse / -np.diag(inverse)
    weights[np.diag_indices_from(weights)] = 0.0
    return weights


def strongest(weights: Weights, items: Codes, n_items: int, neighbours: int) -> tuple[Codes, Weights]:
    """Return the highest positive weights of each item of a history [n_items + 1, neighbours], row 0 for padding.

    Args:
        weights: from the item of its row to that of its column [items, items].
        items: codes of both.
        n_items: of the catalogue.
        neighbours: kept of each row.
    """
    width = max(1, min(neighbours, len(items) - 1))
    best = np.argpartition(-weights, width - 1, axis=1)[:, :width]
    rows = np.arange(len(items))[:, None]
    near, found = np.zeros((n_items + 1, width), np.int64), np.zeros((n_items + 1, width))
    near[items + 1] = items[best]
    found[items + 1] = np.maximum(weights[rows, best], 0.0)
    return near, found
