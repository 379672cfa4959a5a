"""What was done lately: for impressions that come after the actions that count for them."""

from __future__ import annotations

from collections import Counter, deque

from streams.feedback.base import NEVER, Acted, Deed, JoinPolicy

#: Interactions that are forgotten together.
_BLOCK = 512
#: By broker time an action is remembered at least so long: event time may leap.
_REMEMBER_MS = 60_000


class _Block:
    """Interactions in a row."""

    __slots__ = ("after", "arrived", "before", "keys", "latest", "records", "start")

    def __init__(self, start: int, before: int) -> None:
        self.start = start
        self.before = self.after = before
        """Watermark before the first and after the last of them."""
        self.latest = NEVER
        """Time of the latest action that may label something."""
        self.arrived = NEVER
        self.records = 0
        self.keys: list[int] = []


class ActionMemory:
    """Remembers the actions that may still count for an impression which has not come yet.

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
        # Time, watermark before it, and action, in turn, in the order in which they came.
        self._deeds: dict[int, list[int]] = {}
        self._blocks: deque[_Block] = deque()
        self._remembered: deque[_Block] = deque()
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, offset: int, arrived: int, acted: Acted) -> None:
        """Take an interaction: its time moves the watermark, and it is remembered if it may label something.

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
        self._trim()

    def low(self) -> tuple[int, int] | None:
        """Return the offset to read from to know all this again, and the watermark before it; None: from the end."""
        return (self._blocks[0].start, self._blocks[0].before) if self._blocks else None

    def first(self, key: int, since: int, until: int, due: int) -> Deed | None:
        """Return the earliest action of a pair from ``since`` to ``until`` that came before the watermark was at
        ``due``."""
        deeds = self._deeds.get(key)
        if deeds is None:
            return None
        found = [
            (deeds[at], deeds[at + 2])
            for at in range(0, len(deeds), 3)
            if since <= deeds[at] <= until and deeds[at + 1] < due
        ]
        return min(found, default=None)

    def _remember(self, block: _Block, key: int, acted: Acted) -> None:
        self._deeds.setdefault(key, []).extend((acted.time, self.watermark, acted.action))
        self._count += 1
        block.keys.append(key)
        block.latest = max(block.latest, acted.time)

    def _trim(self) -> None:
        while len(self._remembered) > 1 and self._count > self._policy.most:
            block = self._remembered.popleft()
            self._forget(block, min(block.latest + 1, block.after))
        old, early = self.watermark - self._policy.keep_ms, self._arrived - _REMEMBER_MS
        while len(self._blocks) > 1 and self._blocks[0].latest < old and self._blocks[0].arrived < early:
            block = self._blocks.popleft()
            if self._remembered[0] is block:
                self._remembered.popleft()
                self._forget(block, block.latest + 1)

    def _forget(self, block: _Block, until: int) -> None:
        if not block.keys:
            return
        for key, times in Counter(block.keys).items():
            deeds = self._deeds[key]
            del deeds[: 3 * times]
            if not deeds:
                del self._deeds[key]
        self._count -= len(block.keys)
        block.keys = []
        self.forgotten = max(self.forgotten, until)
