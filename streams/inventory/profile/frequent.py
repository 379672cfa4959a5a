"""Counts of distinct values in bounded memory: exact while they fit, then the frequent ones with bounds.

This is the Misra-Gries summary in the form of Lossy Counting (Agarwal et al., "Mergeable Summaries", 2012; Manku and
Motwani, 2002): a kept value's count is exact since it was admitted, and what it may have had before is bounded.
Counting is one pass of ``Counter``'s C loop; all other work is per new value or per eviction.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import compress, islice
from typing import Any, Generic, TypeVar

import numpy as np
import numpy.typing as npt

#: While this many distinct values suffice, every figure of a field is exact.
MAX_VALUES = 2_048
#: The same for the characters of all distinct texts together.
MAX_CHARACTERS = 65_536

Key = TypeVar("Key", str, int | float)


class FrequentItems(Generic[Key]):
    """Distinct values with their counts.

    The true count of a kept value lies between ``counts[value]`` and that plus ``slack_of(value)``; the true
    count of any other value is at most ``offset``. The offset is at most (all counts) / (values kept after an
    eviction: 1,024, fewer when they are long). Nothing was ever evicted while the offset is 0: then the counts
    are all there is, and exact. Whether that is so depends only on the set of values, not on their order.
    """

    __slots__ = ("characters", "counts", "offset", "slack")

    def __init__(self) -> None:
        self.counts: Counter[Key] = Counter()
        self.slack: dict[Key, int] = {}
        self.offset = 0
        self.characters = 0

    @property
    def exact(self) -> bool:
        """Whether no value was ever evicted."""
        return not self.offset

    @property
    def full(self) -> bool:
        """Whether :meth:`evict` has to be called."""
        return len(self.counts) > MAX_VALUES or self.characters > MAX_CHARACTERS

    def count(self, values: Iterable[Key] | Mapping[Key, int]) -> list[Key]:
        """Count values, or add counts of values; return those that were not there before, newest first.

        Follow with :meth:`admit`.
        """
        counts = self.counts
        before = len(counts)
        counts.update(values)
        grown = len(counts) - before
        return list(islice(reversed(counts), grown)) if grown else []

    def admit(self, new: list[Key], renamed: Mapping[Key, Key]) -> None:
        """Finish what :meth:`count` began: put the new values under other names where ``renamed`` says so."""
        counts = self.counts
        if renamed:
            before = len(counts) - len(new)
            # All are taken out first: the name of one may be what another was.
            moved = [(name, counts.pop(value)) for value, name in renamed.items()]
            for name, count in moved:
                counts[name] += count
            new = list(islice(reversed(counts), len(counts) - before))
        self._account(new)

    def discard(self, values: Iterable[Key]) -> list[int]:
        """Take out values that were just counted and not yet admitted; return their counts."""
        return [self.counts.pop(value) for value in values]

    def _account(self, new: list[Key]) -> None:
        if self.offset:
            self.slack.update(dict.fromkeys(new, self.offset))
        self.characters += _characters(new)

    def evict(self) -> tuple[list[Key], npt.NDArray[np.int64]]:
        """Make room: take out the rarest values, at least half, and return them with their counts."""
        keys = list(self.counts)
        counts = count_array(self.counts)
        upper = counts
        if self.slack:
            slack = self.slack
            upper = counts + np.array([slack.get(key, 0) for key in keys], dtype=np.int64)
        order = np.argsort(-upper, kind="stable")
        self.offset = int(upper[order[self._room(keys, order)]])
        stays = upper > self.offset
        gone = list(compress(keys, (~stays).tolist()))
        kept = list(compress(keys, stays.tolist()))
        # Rebuilding is faster than thousands of deletions, and gives the memory back.
        self.counts = Counter(dict(zip(kept, counts[stays].tolist(), strict=True)))
        self.slack = {key: self.slack[key] for key in kept if key in self.slack}
        self.characters -= _characters(gone)
        return gone, counts[~stays]

    def _room(self, keys: list[Key], order: npt.NDArray[np.intp]) -> int:
        """Return how many of the values, taken in this order, fit into half of the room."""
        kept = min(MAX_VALUES // 2, len(keys) - 1)
        if self.characters > MAX_CHARACTERS // 2:
            sizes = [len(str(keys[place])) for place in order[:kept].tolist()]
            kept = int(np.searchsorted(np.cumsum(sizes), MAX_CHARACTERS // 2, side="right"))
        return kept

    def merge(self, other: FrequentItems[Key]) -> None:
        """Add what another one counted. Follow with :meth:`evict` when :attr:`full`."""
        if self.offset or other.offset or other.slack:
            both = self.counts.keys() | other.counts.keys()
            slack = {key: self.slack_of(key) + other.slack_of(key) for key in both}
            self.slack = {key: size for key, size in slack.items() if size}
        before = len(self.counts)
        self.counts.update(other.counts)
        self.characters += _characters(list(islice(reversed(self.counts), len(self.counts) - before)))
        self.offset += other.offset

    def slack_of(self, key: Key) -> int:
        """Return by how much the count of any value, kept or not, may be too low."""
        return self.slack.get(key, 0) if key in self.counts else self.offset

    def state(self) -> dict[str, Any]:
        """Return the state as JSON values."""
        keys = list(self.counts)
        return {
            "keys": [_to_json(key) for key in keys] if _has_big(keys) else keys,
            "counts": list(self.counts.values()),
            "slack": [self.slack.get(key, 0) for key in keys] if self.slack else [],
            "offset": self.offset,
        }

    def restore(self, state: Mapping[str, Any], *, numbers: bool = False) -> None:
        """Take over what :meth:`state` gave; ``numbers`` tells that the values are numbers, not texts."""
        keys = state["keys"]
        if numbers:
            keys = [int(key) if isinstance(key, str) else key for key in keys]
        self.counts = Counter(dict(zip(keys, state["counts"], strict=True)))
        self.slack = {key: size for key, size in zip(keys, state["slack"], strict=False) if size}
        self.offset = state["offset"]
        self.characters = _characters(keys)


def count_array(counts: Mapping[Any, int]) -> npt.NDArray[np.int64]:
    """Return the counts as an array, in the order of the keys."""
    return np.fromiter(counts.values(), dtype=np.int64, count=len(counts))


def _characters(keys: list[Any]) -> int:
    """Return the characters of texts; numbers take none."""
    return sum(map(len, keys)) if keys and isinstance(keys[0], str) else 0


def _has_big(keys: list[Any]) -> bool:
    """Tell whether there are integers that JSON readers cannot take."""
    return bool(keys) and not isinstance(keys[0], str) and max(map(abs, keys)) >= 2**63


def _to_json(key: Any) -> Any:
    return str(key) if isinstance(key, int) and abs(key) >= 2**63 else key
