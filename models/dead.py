"""Items that a model need not know any more."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np

from export.shrink.entry import Living
from models.data.log import InteractionLog
from models.exceptions import DataError

_DAY_MS = 86_400_000


def living(
    catalogue: Sequence[str],
    log: InteractionLog,
    untouched_days: float | None = None,
    gone: Collection[str] = (),
) -> Living | None:
    """Return the items that a model keeps; None when that is all of them.

    An item is dead when nobody has done anything with it in the last ``untouched_days`` before the newest interaction,
    or when it is gone. Where the log begins later than that, nothing is untouched for so long.

    Args:
        catalogue: items of the model.
        log: interactions, old and new.
        untouched_days: how long; None: however long.
        gone: items that cannot be had any more.

    Raises:
        DataError: when all items would go.
    """
    newest = int(log.times[-1])
    touched = np.ones(len(catalogue), bool)
    if untouched_days is not None and int(log.times[0]) < newest - untouched_days * _DAY_MS:
        lately = log.where(log.times >= newest - untouched_days * _DAY_MS)
        known = {log.item_ids[item] for item in np.unique(lately.items)}
        touched = np.array([item in known for item in catalogue])
    there = np.array([item not in gone for item in catalogue])
    kept = np.flatnonzero(touched & there)
    if not len(kept):
        raise DataError(
            f"{len(catalogue):,} items of the model: none was touched lately and can be had",
            "one must stay at least",
            "give more days, or the right items",
        )
    if len(kept) == len(catalogue):
        return None
    rule = {
        "untouched_days": untouched_days,
        "newest": newest,
        "untouched": int((~touched).sum()),
        "gone": int((~there).sum()),
    }
    return Living(kept, rule)
