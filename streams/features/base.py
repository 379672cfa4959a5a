"""An interaction as it is kept: its item, and its time and action in one number."""

from __future__ import annotations

from struct import Struct
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pandian.actions import ACTIONS, POSITIVE, WEIGHTS, Action

#: item int32, key int64; the key is ``time << 4 | action``, so that keys order by time.
EVENT = Struct("<iq")
SIZE = EVENT.size
ACTION_BITS = 4
ACTION_MASK = (1 << ACTION_BITS) - 1
#: The same for numpy.
EVENTS = np.dtype([("item", "<i4"), ("key", "<i8")])
#: Epoch milliseconds beyond this (the year 10000) are no times.
LATEST = 253_402_300_800_000

#: Number of each action that makes a sequence.
CODES: dict[str, int] = {action: code for code, action in enumerate(ACTIONS) if action in POSITIVE}
#: How much an action counts, by its number.
CODE_WEIGHTS: npt.NDArray[np.float64] = np.array([WEIGHTS[action] for action in ACTIONS])

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Events = npt.NDArray[Any]


class Event(NamedTuple):
    """One interaction of a user."""

    item_id: str
    action: Action
    time: int
    """Epoch milliseconds."""


class Rows(NamedTuple):
    """Interactions that were new to a user's sequence, as columns."""

    items: Ints
    times: Ints
    """Event time, but never later than the broker's: a clock that is ahead moves nothing else."""
    weights: Floats
    before: Events
    """The interactions that preceded each [rows, :data:`BEFORE`], oldest first; item -1 where there was none."""


#: How many preceding interactions come with each new one.
BEFORE = 3
#: So many events that are none: item and key are -1.
NOTHING = b"\xff" * (BEFORE * SIZE)
