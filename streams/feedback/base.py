"""What a join is told, and what it keeps of an impression."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from pandian.events import ShadowScore, Trial

#: Before all times.
NEVER = -(1 << 62)
#: An event's time may be so far beyond the broker's; then it is from the future, and no time at all.
FUTURE_MS = 86_400_000

#: Of what was done, ``time << DEED_BITS | number`` (in :data:`pandian.actions.ACTIONS`): the least is the first.
Deed = int
DEED_BITS = 4
DEED_MASK = (1 << DEED_BITS) - 1
#: Later than all deeds: none.
NO_DEED = 1 << 62


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
    action: int


def pair_key(user_id: str, item_id: str) -> int:
    """Return 64 bits that stand for a user and an item, within this process only.

    Two pairs in a million share theirs with a chance of one in tens of millions.
    """
    return hash((user_id, item_id))
