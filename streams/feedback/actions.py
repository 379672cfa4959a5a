"""What was done lately: for impressions that come after the actions that count for them."""

from __future__ import annotations

from collections import deque

import numpy as np

from streams.feedback.base import NEVER, NO_DEED, TIME_BITS, TIME_MASK, Acted, Deed, JoinPolicy
from streams.feedback.chains import Chains
from streams.feedback.ring import Ring, Rows

#: Interactions that are forgotten together.
_BLOCK = 512
#: By broker time an action is remembered at least so long: event time may leap.
_REMEMBER_MS = 60_000


class _Block:
    """Interactions in a row."""

    __slots__ = ("after", "arrived", "before", "latest", "records", "remembered", "start")

    def __init__(self, start: int, before: int) -> None:
        self.start = start
        self.before = self.after = before
        """Watermark before the first and after the last of them."""
        self.latest = NEVER
        """Time of the latest action that may label something."""
        self.arrived = NEVER
        self.records = self.remembered = 0
        """How many there are, and how many of them may label something."""


class ActionMemory:
    """Remembers the actions that may still count for an impression which has not come yet, in 36 bytes each.

    Args:
        policy: how long, and how many.
        watermark: before the first interaction that will be added.
        forgotten: see :attr:`forgotten`.
    """

    def __init__(self, policy: JoinPolicy, watermark: int = NEVER, forgotten: int = NEVER) -> None:
        self._policy = policy
        self.watermark = watermark
        """Latest event time of any interaction, but never later than the broker had it."""
        self.forgotten = forgotten
        """All actions from this time on are remembered."""
        self._arrived = NEVER
        self._ring = Ring(3)
        # What was done, the watermark before it, and by whom to what.
        self._deed, self._before, self._key = self._ring.columns
        self._by_pair = Chains(self._key, self._ring.size)
        self._blocks: deque[_Block] = deque()
        self._remembered: deque[_Block] = deque()

    def __len__(self) -> int:
        return len(self._ring)

    def add(self, offset: int, arrived: int, acted: Acted) -> None:
        """Take an interaction: its time moves the watermark, and it is remembered if it may label something.

        What is too old then stays until :meth:`trim`.

        Args:
            offset: in the partition; ascending.
            arrived: broker time, epoch milliseconds. A time beyond it moves the watermark to it and no further, so
                that a clock that is ahead does not make everything else late.
            acted: the interaction.
        """
        block = self._blocks[-1] if self._blocks else None
        if block is None or block.records >= _BLOCK:
            block = _Block(offset, self.watermark)
            self._blocks.append(block)
            self._remembered.append(block)
        block.records += 1
        if acted.key is not None:
            self._remember(block, acted.key, acted)
        self.watermark = block.after = max(self.watermark, min(acted.time, arrived))
        self._arrived = max(self._arrived, arrived)
        block.arrived = max(block.arrived, arrived)

    def trim(self) -> None:
        """Forget what cannot count any more, and the oldest where there are too many."""
        while len(self._remembered) > 1 and len(self._ring) > self._policy.most:
            block = self._remembered.popleft()
            self._forget(block, min(block.latest + 1, block.after))
        old, early = self.watermark - self._policy.keep_ms, self._arrived - _REMEMBER_MS
        while len(self._blocks) > 1 and self._blocks[0].latest < old and self._blocks[0].arrived < early:
            block = self._blocks.popleft()
            if self._remembered[0] is block:
                self._remembered.popleft()
                self._forget(block, block.latest + 1)

    def low(self) -> tuple[int, int] | None:
        """Return the offset to read from to know all this again, and the watermark before it; None: from the end."""
        return (self._blocks[0].start, self._blocks[0].before) if self._blocks else None

    def best(self, key: int, since: int) -> Deed:
        """Return the strongest action that counts for an impression.

        Args:
            key: of its user and item.
            since: when it was shown.

        Returns:
            :data:`streams.feedback.base.NO_DEED` where there is none.
        """
        found, due, spans = NO_DEED, since + self._policy.window_ms, self._policy.spans_ms
        for place in self._by_pair.places(key):
            deed = self._deed[place]
            if deed >= found or self._before[place] >= due:
                continue
            if 0 <= (deed & TIME_MASK) - since <= spans[deed >> TIME_BITS]:
                found = deed
        return found

    def best_of_all(self, keys: Rows, times: Rows) -> Rows:
        """Return for each of many impressions what :meth:`best` does.

        Args:
            keys: pairs, (n,).
            times: when they were shown, (n,).
        """
        found = np.full(len(keys), NO_DEED)
        for at in dict.fromkeys(self._by_pair.matches(keys)[0].tolist()):
            found[at] = self.best(int(keys[at]), int(times[at]))
        return found

    def _remember(self, block: _Block, key: int, acted: Acted) -> None:
        ring = self._ring
        if len(ring) == ring.size:
            self._fit()
        place = ring.end % ring.size
        self._deed[place] = acted.deed
        self._before[place], self._key[place] = self.watermark, key
        self._by_pair.add(place)
        ring.end += 1
        block.remembered += 1
        block.latest = max(block.latest, acted.time)

    def _fit(self) -> None:
        """Make room for one action more, or give back what a burst has taken."""
        ring = self._ring
        size = ring.fitting()
        if size != ring.size:
            ring.resize(size)
            self._by_pair.rebuild(size, ring.rows % size)

    def _forget(self, block: _Block, until: int) -> None:
        if not block.remembered:
            return
        ring = self._ring
        for row in range(ring.low, ring.low + block.remembered):
            self._by_pair.remove(row % ring.size)
        ring.low += block.remembered
        block.remembered = 0
        self._fit()
        self.forgotten = max(self.forgotten, until)
