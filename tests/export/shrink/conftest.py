"""Networks of every kind, each exported once for all tests of this folder."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
import pytest
import torch

from export.registry import Entry
from models.sasrec.network import Network
from models.sasrec.settings import SasrecSettings
from tests.export.shrink.networks import N_ITEMS
from tests.support import entries


def sasrec() -> Network:
    """Return a network of the real kind, with drawn weights."""
    torch.manual_seed(0)
    settings = SasrecSettings(size=32, layers=1)
    network = Network(torch.randn(N_ITEMS), settings, entries.MAX_LENGTH).eval()
    with torch.no_grad():
        network.bias.normal_()
        network.items.weight.mul_(0.1)
    return network


MAKE = {
    "popularity": lambda: entries.Popular(N_ITEMS),
    "item-to-item": lambda: entries.ItemToItem(N_ITEMS),
    "sequential": lambda: entries.Sequential(N_ITEMS, size=32, layers=1),
    "blend": lambda: entries.Blend(
        entries.Sequential(N_ITEMS, size=32, layers=1), entries.ItemToItem(N_ITEMS)
    ),
    "sasrec": sasrec,
}


@pytest.fixture(scope="session")
def made(tmp_path_factory) -> Callable[[str], Entry]:
    """Return the entry in float32 of a kind of network; that of sasrec has vectors."""

    @cache
    def entry(kind: str) -> Entry:
        vectors = np.random.default_rng(2).normal(size=(N_ITEMS, 8)) if kind == "sasrec" else None
        folder = tmp_path_factory.mktemp(kind) / "entry"
        items = entries.catalogue(N_ITEMS)
        return entries.make_entry(folder, MAKE[kind](), items, model=kind, vectors=vectors)

    return entry


@pytest.fixture(params=list(MAKE))
def whole(request, made) -> Entry:
    """The entry of each kind of network."""
    return made(request.param)


@pytest.fixture
def sequential(made) -> Entry:
    """One with vectors of items that are read and told apart by."""
    return made("sequential")
