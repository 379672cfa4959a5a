"""What a join is told, and what it keeps of an impression."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, Self

import numpy as np
import numpy.typing as npt

from pandian.actions import STRONGEST, Action
from pandian.events import ShadowScore, Trial
from pandian.settings import Settings

#: Before all times.
NEVER = -(1 << 62)
#: An event's time may be so far beyond the broker's; then it is from the future, and no time at all.
FUTURE_MS = 86_400_000

#: Of what was done, ``strength << TIME_BITS | time``, where the strength is the place in
#: :data:`pandian.actions.STRONGEST`: the least is what says most, and of two such the first.
Deed = int
TIME_BITS = 58
TIME_MASK = (1 << TIME_BITS) - 1
#: Greater than all deeds: none.
NO_DEED = 1 << 62
#: No time from an impression to an action is so short.
_NO_SPAN = -1


@dataclass(frozen=True, slots=True)
class JoinPolicy:
    """How actions are attributed to impressions. Times in milliseconds."""

    attribution_ms: int
    """So long after an impression an action on its item counts for it, unless its kind has its own."""
    lateness_ms: int
    """So much later than others an event may come."""
    most: int
    """Impressions of a partition that may wait for their label, and actions that are remembered."""
    own_ms: Mapping[Action, int] = field(default_factory=dict)
    """Attribution of the actions that have their own; 0: such an action counts for no impression."""
    spans_ms: tuple[int, ...] = field(init=False)
    """Attribution by strength of the action; below 0: none."""
    window_ms: int = field(init=False)
    """So long after an impression its label is known."""

    def __post_init__(self) -> None:
        spans = tuple(self.own_ms.get(action, self.attribution_ms) or _NO_SPAN for action in STRONGEST)
        object.__setattr__(self, "spans_ms", spans)
        object.__setattr__(self, "window_ms", max(spans) + self.lateness_ms)

    @classmethod
    def of(cls, settings: Settings, most: int) -> Self:
        """Return the policy that settings ask for."""
        own = {action: round(1000 * seconds) for action, seconds in settings.attribution_windows.items()}
        return cls(
            round(1000 * settings.attribution_seconds), round(1000 * settings.lateness_seconds), most, own
        )

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
    """0: what it said is none."""
    segments: Mapping[str, str] | None = None


class Came(NamedTuple):
    """Where and when records of a partition came, each (n,)."""

    offsets: npt.NDArray[np.int64]
    """In the partition; ascending."""
    arrived: npt.NDArray[np.int64]
    """Broker times, epoch milliseconds."""


class Acted(NamedTuple):
    """An interaction as it was read."""

    key: int | None
    """Of the user and the item; None for an action that labels nothing."""
    time: int
    strength: int
    """Place in :data:`pandian.actions.STRONGEST`; of one that labels nothing, behind all of them."""

    @property
    def deed(self) -> Deed:
        """Return what was done when."""
        return self.strength << TIME_BITS | self.time


def pair_key(user_id: str, item_id: str) -> int:
    """Return 64 bits that stand for a user and an item, within this process only.

    Two pairs in a million share theirs with a chance of one in tens of millions.
    """
    return hash((user_id, item_id))
