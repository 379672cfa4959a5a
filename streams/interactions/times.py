"""Values become epoch milliseconds, in the way that was found for their field."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from pandian.times import EPOCH, READERS

_DAY_MS = 86_400_000
#: 1990, in epoch milliseconds: nobody has events from before it.
_EARLIEST = 631_152_000_000
#: Readers that see one thing only in a value, so that they may stand in for another.
_PLAIN = ("iso", EPOCH)
#: Longer texts are no times: no notation needs as much.
_LONGEST = 64


def epoch_ms(value: Any, reader: str | None) -> int | None:
    """Return a value as epoch milliseconds; None when it is no time.

    Args:
        value: a scalar.
        reader: the name of the field's reader, tried first; None: every one is tried, in their order.
    """
    if type(value) is str and len(value) > _LONGEST:
        return None
    return _epoch_ms(value, reader)


@lru_cache(maxsize=1 << 16, typed=True)
def _epoch_ms(value: Any, reader: str | None) -> int | None:
    names = READERS if reader is None else dict.fromkeys((reader, *_PLAIN))
    for name in names:
        seconds = READERS[name](value)
        if seconds is not None:
            return round(seconds * 1000)
    return None


def event_time(own: int | None, broker: int | None, behind: int = 0) -> int | None:
    """Return when an event happened: its own time, else one made of its record's; None when neither can be.

    An event cannot have happened before 1990, nor more than a day after its record was written.

    Args:
        own: time that the event bears, epoch milliseconds.
        broker: time of the record, epoch milliseconds; producers may leave it out, which reads as None or -1.
        behind: how much earlier than its record an event usually happened here, milliseconds, see :func:`behind_of`.
    """
    written = broker if broker is not None and broker >= _EARLIEST else None
    if own is not None and own >= _EARLIEST and (written is None or own <= written + _DAY_MS):
        return own
    return None if written is None else max(written - behind, _EARLIEST)


def behind_of(own: Iterable[int | None], broker: Iterable[int | None]) -> int | None:
    """Return how much earlier than their records events happened: the median, milliseconds; None where none can tell.

    Next to nothing where events are told as they happen, years where history is told again: there the time of a record
    says nothing of when its event happened, and would make it the newest of all.

    Args:
        own: time that each event bears, epoch milliseconds; None: none that can be read.
        broker: time of its record.
    """
    found = sorted(
        written - happened
        for happened, written in zip(own, broker, strict=True)
        if happened is not None
        and written is not None
        and written >= _EARLIEST
        and event_time(happened, written) == happened
    )
    return found[len(found) // 2] if found else None
