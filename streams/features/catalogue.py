"""What is known of items, fed from ``pandian.items``: their names for people, and whether they can be had."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any
from weakref import WeakKeyDictionary

import orjson

from streams.features.incoming import is_id
from streams.features.known import NOTHING, Known
from streams.features.table import Numbered, Table
from streams.features.vocabulary import MAX_ITEMS

__all__ = ["Catalogue", "Known"]

_LONGEST = 200


class Catalogue:
    """The newest by ``time`` of what was said of each item.

    Args:
        most: items kept; of others nothing is known.
    """

    def __init__(self, most: int = MAX_ITEMS) -> None:
        self._most = most
        self._items: dict[str, Known] = {}
        self._changed: dict[str, Known] = {}
        self._tables: WeakKeyDictionary[Numbered, Table] = WeakKeyDictionary()
        self._watch: Callable[[str], object] | None = None
        self.outcomes: Counter[str] = Counter()
        """What became of the records: ``taken``, ``older``, ``no-room`` or ``invalid``."""

    def __len__(self) -> int:
        return len(self._items)

    def __contains__(self, item_id: str) -> bool:
        return item_id in self._items

    def __iter__(self) -> Iterator[str]:
        return iter(self._items)

    def watch(self, told: Callable[[str], object] | None) -> None:
        """Tell somebody from now on of each item of which other things are known; None: nobody."""
        self._watch = told

    def get(self, item_id: str) -> Known:
        """Return what is known of an item."""
        return self._items.get(item_id, NOTHING)

    def name(self, item_id: str) -> str:
        """Return what people call it: its name, or else its id."""
        return self.get(item_id).name or item_id

    async def table(self, rows: Numbered) -> Table:
        """Return what is known of some items as columns; it lives as long as ``rows``, and has every later change.

        Between the answer and whatever is waited for next, each of the items has a row.
        """
        table = self._tables.get(rows)
        if table is None:
            table = self._tables[rows] = Table(self.get, rows)
        await table.ready(rows)
        return table

    def take(self, _partition: int, records: Sequence[Any]) -> None:
        """Take what came from the topic, in offset order."""
        for record in records:
            self.outcomes[self._take(record.key, record.value)] += 1
        for rows, table in self._tables.items():
            table.put(self._changed, rows)
        self._tell(self._changed)
        self._changed.clear()

    def clear(self) -> None:
        """Forget all items."""
        known = list(self._items)
        self._items.clear()
        self._tables.clear()
        self._tell(known)

    def _tell(self, item_ids: Iterable[str]) -> None:
        if self._watch is not None:
            for item_id in item_ids:
                self._watch(item_id)

    def _take(self, key: bytes | None, value: bytes | None) -> str:
        try:
            if value is None:
                gone = (key or b"").decode()
                self._items.pop(gone, None)
                self._changed[gone] = NOTHING
                return "taken"
            item_id, known = _read(orjson.loads(value))
        except (ValueError, LookupError, TypeError):
            return "invalid"
        before = self._items.get(item_id)
        if before is None and len(self._items) >= self._most:
            return "no-room"
        if before is not None and before.time > known.time:
            return "older"
        self._items[item_id] = self._changed[item_id] = known
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
