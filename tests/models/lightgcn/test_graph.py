"""Spreading over the graph is that of the paper, and users who are left out were never there."""

import numpy as np
import pytest
import torch

from models.lightgcn.graph import Graph
from tests.support.interactions import baskets, log_of

LOG = log_of(baskets(20, 3, n_items=15))
SIZE = 5


def vectors(seed=0):
    return torch.randn(LOG.n_items, SIZE, generator=torch.Generator().manual_seed(seed))


def paper(log, items, layers):
    """Return items after the paper's propagation over users and items, users being nothing at first."""
    n_users = len(log.user_ids)
    edges = torch.zeros(n_users + log.n_items, n_users + log.n_items)
    users, columns = torch.from_numpy(log.users), torch.from_numpy(log.items) + n_users
    edges[users, columns] = edges[columns, users] = 1.0
    root = edges.sum(1).clamp_min(1).rsqrt()
    normalised = root[:, None] * edges * root
    found = total = torch.cat([torch.zeros(n_users, items.shape[1]), items])
    for _ in range(layers):
        found = normalised @ normalised @ found
        total = total + found
    return total[n_users:] / (layers + 1)


@pytest.mark.parametrize("layers", [0, 1, 3])
def test_it_is_the_mean_of_the_layers_of_the_paper(layers):
    found = Graph(LOG).spread(vectors(), layers)
    assert torch.allclose(found, paper(LOG, vectors(), layers), atol=1e-6)
    assert layers == 0 or not torch.allclose(found, vectors(), atol=1e-2)


def test_its_gradients_are_those_of_the_paper():
    wanted = vectors(1)
    gradients = []
    for spread in (lambda items: Graph(LOG).spread(items, 2), lambda items: paper(LOG, items, 2)):
        items = vectors().requires_grad_()
        (spread(items) * wanted).sum().backward()
        gradients.append(items.grad)
    assert torch.allclose(*gradients, atol=1e-6)


def test_users_who_are_left_out_were_never_there():
    absent = np.array([0, 3, 4, 11])
    others = Graph(LOG.where(~np.isin(LOG.users, absent)))
    found = Graph(LOG).spread(vectors(), 2, torch.from_numpy(absent))
    assert torch.allclose(found, others.spread(vectors(), 2), atol=1e-6)
    assert not torch.allclose(found, Graph(LOG).spread(vectors(), 2), atol=1e-2)


def test_without_anybody_vectors_spread_nowhere():
    found = Graph(LOG).spread(vectors(), 2, torch.arange(len(LOG.user_ids)))
    assert torch.allclose(found, vectors() / 3, atol=1e-6)
