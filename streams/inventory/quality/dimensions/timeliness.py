"""Of the records checked, those that the broker had soon enough after their event.

What is soon enough only the owner knows: the dimension counts for the score where a threshold says so, and is shown
for a day elsewhere. An event of the future (five minutes and more) is not timely.
"""

from __future__ import annotations

from streams.inventory.intervals import wilson
from streams.inventory.quality.base import Dimension, percent
from streams.inventory.quality.delays import Delays

#: What is shown where nothing was asked for, seconds.
USUAL = 86_400


def measure(delays: Delays, late_after: int | None) -> Dimension | None:
    """Return the dimension; None where no record says when its event was.

    Args:
        delays: of the records checked.
        late_after: seconds, one of the steps of :mod:`streams.inventory.quality.delays`; None: nothing was asked for.
    """
    seconds = USUAL if late_after is None else late_after
    timely, checked, late = delays.within(seconds)
    if not checked:
        return None
    share = wilson(timely, checked)
    rule = f"{percent(share.score)} of {checked:,} records checked arrived within {_spoken(seconds)} of their event"
    return Dimension(share, checked - timely, checked, rule, late, graded=late_after is not None)


def _spoken(seconds: int) -> str:
    for unit, name in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds % unit == 0:
            number = seconds // unit
            return f"{number:,} {name}{'s' if number > 1 else ''}"
    return f"{seconds} second{'s' if seconds > 1 else ''}"
