"""The part of a log in which everybody has done something, and everything has been done, often enough."""

from __future__ import annotations

import numpy as np

from models.data.log import InteractionLog


def k_core(log: InteractionLog, users: int = 5, items: int = 5) -> InteractionLog:
    """Return the largest part in which each user has ``users`` rows or more, and each item ``items`` or more.

    Taking rare items away leaves users with fewer rows, and the other way round, so it is done until nothing changes:
    what is left does not depend on which goes first. It may be empty. Codes stay what they are.

    Raises:
        ValueError: when a number is below 0.
    """
    if users < 0 or items < 0:
        raise ValueError(f"users {users}, items {items}: must be 0 or more")
    while True:
        of_users = np.bincount(log.users, minlength=len(log.user_ids))[log.users]
        of_items = np.bincount(log.items, minlength=log.n_items)[log.items]
        kept = (of_users >= users) & (of_items >= items)
        if kept.all():
            return log
        log = log.where(kept)
