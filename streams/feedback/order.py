"""From which of the two topics to read next.

Labels do not depend on it, memory does: an impression must be read before its actions are forgotten. So the two are
read like two sorted lists that are merged, by event time, impressions first. Where one has nothing to offer, the other
is read on only when it is known that there is nothing: what stands in the topic but has not arrived yet is waited for.
"""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple


class Turn(Enum):
    """What to read next."""

    IMPRESSION = "impression"
    INTERACTION = "interaction"
    WAIT = "wait"
    """For what the broker still has to hand out."""


class Side(NamedTuple):
    """One of the two topics."""

    has: bool
    """Whether a record is here to be taken."""
    ended: bool
    """Whether it is known that nothing stands behind what was taken. Of impressions: since the interaction that is to
    be taken next was fetched."""


def turn(shown: Side, acted: Side, *, shown_until: int, watermark: int, rewinding: bool, full: bool) -> Turn:
    """Return what to read next.

    Args:
        shown: impressions.
        acted: interactions.
        shown_until: event time up to which impressions were taken.
        watermark: event time up to which interactions were taken.
        rewinding: whether impressions are read that were taken before; they come first.
        full: whether another impression pushes out one that waits for its label.
    """
    if rewinding:
        return Turn.IMPRESSION if shown.has else Turn.WAIT
    nothing_else = acted.ended and not acted.has
    if shown.has and (nothing_else or (shown_until <= watermark and not full)):
        return Turn.IMPRESSION
    if acted.has and (shown.has or shown.ended):
        return Turn.INTERACTION
    return Turn.WAIT
