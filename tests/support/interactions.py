"""Made-up interactions with something in them to learn."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from models.data.log import InteractionLog

START = 1_700_000_000_000
HOUR = 3_600_000

Rows = Sequence[tuple[str, str, int]]


def log_of(rows: Rows) -> InteractionLog:
    """Return (user, item, epoch milliseconds) as a log."""
    users, items, times = zip(*rows, strict=True) if rows else ((), (), ())
    return InteractionLog.of(users, items, times)


def chains(users: int = 120, steps: int = 12, n_items: int = 30, noise: float = 0.2, seed: int = 0) -> Rows:
    """Return rows of users who go from each item to the next one of a circle, but for some noise.

    Popular items are drawn more often, so that popularity is no bad guess either.
    """
    random = np.random.default_rng(seed)
    popular = 1 / (1 + np.arange(n_items))
    popular /= popular.sum()
    at = random.choice(n_items, users, p=popular)
    rows = []
    for step in range(steps):
        rows += [(f"u{user}", f"i{at[user]}", START + step * HOUR + user) for user in range(users)]
        away = random.random(users) < noise
        at = np.where(away, random.choice(n_items, users, p=popular), (at + 1) % n_items)
    return rows


def baskets(users: int = 60, visits: int = 6, size: int = 4, n_items: int = 40, seed: int = 0) -> Rows:
    """Return rows of users who buy several things at one time, mostly their own favourites, again and again."""
    random = np.random.default_rng(seed)
    favourites = random.integers(0, n_items, (users, 6))
    rows = []
    for visit in range(visits):
        for user in range(users):
            time = START + visit * 24 * HOUR + user * 1000
            bought = np.unique(np.append(random.choice(favourites[user], size - 1), random.integers(n_items)))
            rows += [(f"u{user}", f"i{item}", time) for item in bought]
    return rows


def write_csv(
    path: Path, rows: Iterable[tuple[object, ...]], header: str = "user_id,item_id,timestamp"
) -> Path:
    """Write rows as csv."""
    lines = [header, *(",".join(map(str, row)) for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path
