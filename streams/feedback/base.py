"""What a join is told, and what it keeps of an impression."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from pandian.events import ShadowScore, Trial

#: Before all times.
NEVER = -(1 << 62)
#: An event's time may be so far beyond the broker's; then it is from the future, and no time at all.
FUTURE_MS = 86_400_000

#: Time and number (in :data:`pandian.actions.ACTIONS`) of what was done.
Deed = tuple[int, int]


@dataclass(frozen=True, slots=True)
class JoinPolicy:
    """How actions are attributed to impressions. Times in milliseconds."""

    attribution_ms: int
    """So long after an impression an action on its item counts for it."""
    lateness_ms: int
    """So much later than others an event may come."""
    most: int
    """Impressions of a partition that may wait for their label, and actions that are remembered."""

    @property
    def window_ms(self) -> int:
        """So long after an impression its label is known."""
        return self.attribution_ms + self.lateness_ms

    @property
    def keep_ms(self) -> int:
        """So old an action may be that an impression which comes late still finds it."""
        return self.window_ms + max(self.lateness_ms, 60_000)


class Shown(NamedTuple):
    """An impression as it was read."""

    impression_id: str
    user_id: str
    item_id: str
    score: float
    model: str
    version: str
    time: int
    shadow: ShadowScore | None = None
    trial: Trial | None = None
    request_id: str | None = None
    position: int | None = None
    propensity: float | None = None
    segments: Mapping[str, str] | None = None


class Acted(NamedTuple):
    """An interaction as it was read."""

    key: int | None
    """Of the user and the item; None for an action that labels nothing."""
    time: int
    action: int


class Open:
    """An impression that waits for its label, or that is still remembered to know its repeats."""

    __slots__ = ("arrived", "best", "due", "id", "key", "offset", "shown", "time")

    def __init__(self, offset: int, arrived: int, shown: Shown, due: int) -> None:
        self.offset = offset
        self.arrived = arrived
        """Broker time, epoch milliseconds."""
        self.shown: Shown | None = shown
        """None once it has its label."""
        self.id = hash(shown.impression_id)
        self.key = pair_key(shown.user_id, shown.item_id)
        self.time = shown.time
        self.due = due
        """Its label is known when the watermark is here."""
        self.best: Deed | None = None
        """The earliest action that counts for it."""

    def acted(self, deed: Deed | None) -> None:
        """Take note of an action that counts for it."""
        if deed is not None and (self.best is None or deed < self.best):
            self.best = deed


def pair_key(user_id: str, item_id: str) -> int:
    """Return 64 bits that stand for a user and an item, within this process only.

    Two pairs in a million share theirs with a chance of one in tens of millions.
    """
    return hash((user_id, item_id))
