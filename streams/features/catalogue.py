"""What is known of items, fed from ``pandian.items``: their names for people, and whether they can be had."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

import orjson

from streams.features.incoming import is_id
from streams.features.vocabulary import MAX_ITEMS

_LONGEST = 200


class Known(NamedTuple):
    """One item."""

    name: str | None
    category: str | None
    price: float | None
    available: bool | None
    time: int


_NOTHING = Known(None, None, None, None, 0)


class Catalogue:
    """The newest by ``time`` of what was said of each item.

    Args:
        most: items kept; of others nothing is known.
    """

    def __init__(self, most: int = MAX_ITEMS) -> None:
        self._most = most
        self._items: dict[str, Known] = {}
        self.outcomes: Counter[str] = Counter()
        """What became of the records: ``taken``, ``older``, ``no-room`` or ``invalid``."""

    def __len__(self) -> int:
        return len(self._items)

    def __contains__(self, item_id: str) -> bool:
        return item_id in self._items

    def get(self, item_id: str) -> Known:
        """Return what is known of an item."""
        return self._items.get(item_id, _NOTHING)

    def name(self, item_id: str) -> str:
        """Return what people call it: its name, or else its id."""
        return self.get(item_id).name or item_id

    def take(self, _partition: int, records: Sequence[Any]) -> None:
        """Take what came from the topic, in offset order."""
        for record in records:
            self.outcomes[self._take(record.key, record.value)] += 1

    def clear(self) -> None:
        """Forget all items."""
        self._items.clear()

    def _take(self, key: bytes | None, value: bytes | None) -> str:
        try:
            if value is None:
                self._items.pop((key or b"").decode(), None)
                return "taken"
            item_id, known = _read(orjson.loads(value))
        except (ValueError, LookupError, TypeError):
            return "invalid"
        before = self._items.get(item_id)
        if before is None and len(self._items) >= self._most:
            return "no-room"
        if before is not None and before.time > known.time:
            return "older"
        self._items[item_id] = known
        return "taken"


def _read(found: Any) -> tuple[str, Known]:
    item_id, time = found["item_id"], found.get("time") or 0
    available, price = found.get("available"), found.get("price")
    if not is_id(item_id) or type(time) is not int or not (available is None or type(available) is bool):
        raise ValueError("no item")
    if price is not None and type(price) not in (int, float):
        raise ValueError("no price")
    return item_id, Known(_text(found.get("name")), _text(found.get("category")), price, available, time)


def _text(value: Any) -> str | None:
    if value is not None and type(value) is not str:
        raise ValueError("no text")
    return value[:_LONGEST] if value else None
