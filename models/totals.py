"""What a training took in, for the last line of a command: so that a person sees whether it was all there is."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from models.data.log import InteractionLog


@dataclass(frozen=True)
class Totals:
    """What was read, and what was learned from."""

    records_read: int
    """Records of the source, those that were left out included."""
    interactions: int
    """Interactions that were kept: each user, item and time once."""
    users: int
    """Users that have one."""
    items: int
    """Items that have one."""

    @classmethod
    def of(cls, log: InteractionLog) -> Totals:
        """Return those of a log whose interactions are distinct."""
        return cls(log.read, len(log), log.n_users, log.n_items)

    def document(self, seconds: float) -> dict[str, Any]:
        """Return them as JSON, with how long it all took."""
        return {**asdict(self), "seconds": round(seconds, 3)}

    def line(self, seconds: float) -> str:
        """Return them in a line."""
        return (
            f"In all: {self.records_read:,} records read, {self.interactions:,} interactions kept"
            f" of {self.users:,} users and {self.items:,} items, {seconds:,.1f} s"
        )
