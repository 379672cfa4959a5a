"""Where an asset's records come from, by what their envelopes say: operations, sources, producers, and times."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from streams.decode.base import RowGroup

#: Different values kept of a fact; the rest is counted together.
MOST_VALUES = 100
#: Names of facts kept.
_MOST_FACTS = 16
#: Stands for all values beyond.
OTHERS = "(others)"


class Lineage:
    """Counts the facts of the envelopes that were taken off."""

    __slots__ = ("envelopes", "facts", "first_ms", "last_ms")

    def __init__(self) -> None:
        self.envelopes: Counter[str] = Counter()
        """Rows by envelope."""
        self.facts: dict[str, Counter[str]] = {}
        """How often each value was said, by fact."""
        self.first_ms: int | None = None
        """When the first record happened by its envelope, epoch milliseconds."""
        self.last_ms: int | None = None

    def add(self, group: RowGroup) -> None:
        """Count the rows of one batch."""
        if not group.envelope:
            return
        self.envelopes[group.envelope] += group.records
        for name, said in group.facts.items():
            self._count(name, Counter(value for value in said if value is not None))
        times = [time for time in group.times or () if time is not None]
        if times:
            self._extend(min(times), max(times))

    def _count(self, name: str, counts: Mapping[str, int]) -> None:
        kept = self.facts.get(name)
        if kept is None:
            if len(self.facts) >= _MOST_FACTS:
                return
            kept = self.facts[name] = Counter()
        for value, count in counts.items():
            known = value in kept or len(kept) < MOST_VALUES
            kept[value if known else OTHERS] += count

    def _extend(self, first: int, last: int) -> None:
        self.first_ms = first if self.first_ms is None else min(self.first_ms, first)
        self.last_ms = last if self.last_ms is None else max(self.last_ms, last)

    def merge(self, other: Lineage) -> None:
        """Add what another one counted; it is left as it was."""
        self.envelopes.update(other.envelopes)
        for name, counts in other.facts.items():
            self._count(name, counts)
        if other.first_ms is not None and other.last_ms is not None:
            self._extend(other.first_ms, other.last_ms)

    def document(self) -> dict[str, Any] | None:
        """Return the facts as the inventory shows them; None where there was no envelope."""
        if not self.envelopes:
            return None
        return {
            "envelopes": dict(self.envelopes.most_common()),
            "facts": {name: dict(counts.most_common(20)) for name, counts in sorted(self.facts.items())},
            "first_ms": self.first_ms,
            "last_ms": self.last_ms,
        }

    def state(self) -> dict[str, Any]:
        """Return the state as JSON values."""
        if not self.envelopes:
            return {}
        return {
            "envelopes": dict(self.envelopes),
            "facts": {name: dict(counts) for name, counts in self.facts.items()},
            "times": [self.first_ms, self.last_ms],
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take over what :meth:`state` gave."""
        if state:
            self.envelopes = Counter(state["envelopes"])
            self.facts = {name: Counter(counts) for name, counts in state["facts"].items()}
            self.first_ms, self.last_ms = state["times"]
