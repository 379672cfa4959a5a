"""A shop in which people go on from one item to another in a fixed way, and a champion that knows nothing of it."""

from __future__ import annotations

import numpy as np
import pytest

from export.registry import Registry
from models.config import TrainConfig
from models.data.log import InteractionLog
from tests.support import entries

N_ITEMS, N_USERS, STEPS = 40, 100, 14
HOUR = 3_600_000
BEGAN = 1_700_000_000_000
CONFIG = TrainConfig(model="item-to-item", max_length=20, threads=1, validation_targets=300, neighbours=10)


def rows(steps: int = STEPS) -> list[tuple[str, str, int]]:
    random = np.random.default_rng(1)
    found = []
    at = random.integers(0, N_ITEMS, N_USERS)
    for step in range(steps):
        for user in range(N_USERS):
            found.append((f"user-{user}", f"item-{at[user]}", BEGAN + step * HOUR + user * 1000))
        away = random.random(N_USERS) < 0.2
        at = np.where(away, random.integers(0, N_ITEMS, N_USERS), (at * 3 + 1) % N_ITEMS)
    return found


def log_of(given: list[tuple[str, str, int]]) -> InteractionLog:
    users, items, times = zip(*given, strict=True)
    return InteractionLog.of(users, items, times)


@pytest.fixture(scope="session")
def poor_entry(tmp_path_factory):
    """Popularity that nobody counted, which has seen nothing of this."""
    folder = tmp_path_factory.mktemp("poor") / "entry"
    items = [f"item-{number}" for number in range(N_ITEMS)]
    return entries.make_entry(folder, items=items, data={"last": BEGAN - 1})


@pytest.fixture
def registry(tmp_path, poor_entry):
    found = Registry(tmp_path / "registry")
    found.add(poor_entry.path)
    found.promote(poor_entry.model, by="me", why="first")
    return found
