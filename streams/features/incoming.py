"""Records of ``pandian.interactions`` become rows, or a reason why not. Anybody may write to that topic."""

from __future__ import annotations

from typing import Any

import orjson

from pandian.actions import ACTIONS
from pandian.events import MAX_ID_BYTES
from streams.features.base import ACTION_BITS, CODES, LATEST
from streams.features.places import Places

#: A user, an item and the key of an event; or why there is none.
Row = tuple[str, str, int]

#: Why a record makes no sequence longer.
REPEAT, PASSED, INVALID = "repeat", "passed", "invalid"
_NO_INTEREST = frozenset(ACTIONS) - CODES.keys()
#: Characters that cannot take more bytes than an id may have.
_SURELY_SHORT = MAX_ID_BYTES // 4


def read(value: bytes | None, places: Places) -> Row | str:
    """Return a record's row, or why it has none.

    ``repeat``: it was there before. ``passed``: an action that says nothing of interest in the item, such as a refund:
    it is no event of the sequence, and takes none out of it. ``invalid``: it is no interaction.
    """
    try:
        found = orjson.loads(value)  # type: ignore[arg-type]  # of None too it says that it is no JSON
        user, item, action, time = found["user_id"], found["item_id"], found["action"], found["time"]
        if not (type(time) is int and 0 <= time < LATEST and is_id(user) and is_id(item)):
            return INVALID
        code = CODES.get(action)
        if code is None and action not in _NO_INTEREST:
            return INVALID
        source = found.get("source")
        if source is not None and not places.is_new(source):
            return REPEAT
    except (ValueError, LookupError, TypeError, AttributeError):
        return INVALID
    return PASSED if code is None else (user, item, time << ACTION_BITS | code)


def is_id(value: Any) -> bool:
    """Tell whether a value may be the id of a user or an item."""
    if type(value) is not str or not value:
        return False
    return len(value) <= _SURELY_SHORT or len(value.encode()) <= MAX_ID_BYTES
