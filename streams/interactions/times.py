"""Values become epoch milliseconds, in the way that was found for their field."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from pandian.times import EPOCH, READERS

_DAY_MS = 86_400_000
#: 1990, in epoch milliseconds: nobody has events from before it.
_EARLIEST = 631_152_000_000
#: Readers that see one thing only in a value, so that they may stand in for another.
_PLAIN = ("iso", EPOCH)


@lru_cache(maxsize=1 << 16, typed=True)
def epoch_ms(value: Any, reader: str | None) -> int | None:
    """Return a value as epoch milliseconds; None when it is no time.

    Args:
        value: a scalar.
        reader: the name of the field's reader, tried first; None: every one is tried, in their order.
    """
    names = READERS if reader is None else dict.fromkeys((reader, *_PLAIN))
    for name in names:
        seconds = READERS[name](value)
        if seconds is not None:
            return round(seconds * 1000)
    return None


def is_plausible(time: int, broker: int) -> bool:
    """Tell whether an event can have happened then: not before 1990, nor more than a day after its record was written.

    Args:
        time: of the event, epoch milliseconds.
        broker: of the record, epoch milliseconds.
    """
    return _EARLIEST <= time <= broker + _DAY_MS
