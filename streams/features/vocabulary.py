"""Items as small numbers: every id is kept once, and sequences hold its number."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

#: Different items kept at once. An item takes some 400 bytes, its neighbours included.
MAX_ITEMS = 1_000_000


class Vocabulary:
    """Numbers items from 0 on, at most ``most`` of them."""

    def __init__(self, most: int = MAX_ITEMS) -> None:
        self._most = most
        self.clear()

    def clear(self) -> None:
        """Forget all items."""
        self.numbers: dict[str, int] = {}
        """The number of each item."""
        self.items: list[str] = []
        """The item of each number; empty where a number is free."""
        self.reused: list[int] = []
        """Numbers that were free and have an item again."""
        self._free: list[int] = []
        self._changed: set[int] = set()

    def __len__(self) -> int:
        return len(self.items)

    def number(self, item_id: str) -> int | None:
        """Return the number of an item, a new one if need be; None when there is no room for another item."""
        found = self.numbers.get(item_id)
        if found is not None:
            return found
        if self._free:
            number = self._free.pop()
            self.items[number] = item_id
            self.reused.append(number)
        elif len(self.items) < self._most:
            number = len(self.items)
            self.items.append(item_id)
        else:
            return None
        self.numbers[item_id] = number
        self._changed.add(number)
        return number

    def restore(self, stored: Iterable[tuple[int, str]], used: Sequence[bool]) -> None:
        """Take what was stored; numbers that nothing uses any more become free.

        Args:
            stored: numbers and their items.
            used: for each number whether a sequence holds it.
        """
        self.items = [""] * len(used)
        for number, item_id in stored:
            if number < len(used) and used[number]:
                self.items[number] = item_id
                self.numbers[item_id] = number
        self._free = [number for number, item_id in enumerate(self.items) if not item_id]

    def all(self) -> list[tuple[int, str]]:
        """Return all items with their numbers."""
        return [(number, item_id) for number, item_id in enumerate(self.items) if item_id]

    def changed(self) -> list[tuple[int, str]]:
        """Return what was numbered since the last call."""
        found = [(number, self.items[number]) for number in sorted(self._changed)]
        self._changed.clear()
        return found
