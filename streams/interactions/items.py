"""Rows of a catalogue become items, ready to send, when they say something new."""

from __future__ import annotations

import math
from collections import Counter, OrderedDict
from collections.abc import Iterator, Sequence
from hashlib import blake2b
from typing import Any

import orjson

from streams.decode.base import RowGroup
from streams.interactions.base import ITEM_ROLES, FieldMapping
from streams.interactions.cells import Cells, cells_of
from streams.interactions.identities import PERSONAL, WITHOUT_KEY, Identities
from streams.interactions.ids import NoIdError, identifier
from streams.interactions.interactions import Places, Told
from streams.interactions.times import epoch_ms, event_time
from streams.inventory.base import Masker

#: What is said of items and not yet acknowledged: a digest by item.
News = dict[str, bytes]
#: Rows that become items without a pause: some ten milliseconds.
AT_ONCE = 500
#: Items of which it is remembered what was said last: some 200 bytes each.
_REMEMBERED = 500_000
_LONGEST = 500
_YES = frozenset(
    (
        "true",
        "1",
        "yes",
        "y",
        "instock",
        "in_stock",
        "available",
        "active",
        "on",
        "有货",
        "在售",
        "上架",
        "是",
    )
)
# fmt: off
_NO = frozenset((
    "false", "0", "no", "n", "outofstock", "out_of_stock", "unavailable", "inactive", "soldout", "sold_out",
    "discontinued", "off", "无货", "缺货", "下架", "售罄", "否",
))
# fmt: on


class ItemsReader:
    """Turns rows into items; remembers what was said, so that repeats are not sent.

    What it remembers is memory only: after a restart an item is said once more, which changes nothing for readers.

    Args:
        masker: takes out of titles what is certainly personal.
        identities: says what may be passed on of identifiers.
    """

    def __init__(self, masker: Masker, identities: Identities = WITHOUT_KEY) -> None:
        self._masker = masker
        self.identities = identities
        self._said: OrderedDict[str, bytes] = OrderedDict()

    def remember(self, news: News) -> None:
        """Take note of news that the broker has acknowledged: only then it was said."""
        for item, digest in news.items():
            self._said[item] = digest
            self._said.move_to_end(item)
        while len(self._said) > _REMEMBERED:
            self._said.popitem(last=False)

    def items_of(
        self, group: RowGroup, mapping: FieldMapping, places: Places, outcomes: Counter[str], news: News
    ) -> Iterator[list[Told]]:
        """Yield the items of a group of rows that say something new, list by list; count what became of all.

        Args:
            group: the rows.
            mapping: how they are read.
            places: where they come from.
            outcomes: what became of them is added.
            news: what is said before these rows and not yet acknowledged; what these say is added.
        """
        cells = cells_of(group, mapping, outcomes)
        for start in range(0, len(cells.records), AT_ONCE):
            some = Cells(
                cells.records[start : start + AT_ONCE],
                cells.indexes[start : start + AT_ONCE],
                {role: column[start : start + AT_ONCE] for role, column in cells.values.items()},
            )
            yield list(self._items(some, mapping, places, outcomes, news))
        outcomes["no-item"] -= cells.headers

    def _items(
        self, cells: Cells, mapping: FieldMapping, places: Places, outcomes: Counter[str], news: News
    ) -> Iterator[Told]:
        described = zip(
            *(self._texts(cells.column(role)) for role in ("name", "category", "brand")),
            map(_price, cells.column("price")),
            map(_available, cells.column("available")),
            strict=True,
        )
        ids = self.identities.fit(cells.column("item"), mapping.parts.get("item"))
        rows = zip(cells.records, cells.indexes, ids, cells.column("time"), described, strict=True)
        for record, index, value, when, told in rows:
            item, outcome = _identifier(value)
            if item is not None:
                digest = blake2b(orjson.dumps(told), digest_size=8).digest()
                if (news.get(item) or self._said.get(item)) == digest:
                    outcome = "same-item"
            outcomes[outcome] += 1
            if item is None or outcome == "same-item":
                continue
            news[item] = digest
            own = None if when is None else epoch_ms(when, mapping.reader)
            time = event_time(own, places.times[record], places.behind)
            document = {"item_id": item, **dict(zip(ITEM_ROLES, told, strict=True)), "time": time or 0}
            yield Told(places.offsets[record], index, item.encode(), orjson.dumps(document))

    def _texts(self, values: Sequence[Any]) -> list[str | None]:
        """Return values as titles, without what is certainly personal in them."""
        texts = list(map(_tidy, values))
        hiding = self._hiding(list(filter(None, set(texts))))
        masked: dict[str | None, str] = {text: self._masker.text(text) for text in hiding}
        return [masked.get(text, text) for text in texts]

    def _hiding(self, texts: Sequence[str]) -> list[str]:
        """Return those texts that may hold something personal, asking for as many at once as hold nothing."""
        if not texts or not self._masker.suspicious(texts):
            return []
        if len(texts) == 1:
            return list(texts)
        middle = len(texts) // 2
        return self._hiding(texts[:middle]) + self._hiding(texts[middle:])


def _identifier(value: Any) -> tuple[str | None, str]:
    """Return an item's identifier, if it has one, and the outcome."""
    if value is PERSONAL:
        return None, "personal"
    try:
        found = identifier(value)
    except NoIdError:
        return None, "bad-item"
    return found, "no-item" if found is None else "item"


def _tidy(value: Any) -> str | None:
    if value is None or isinstance(value, bool):
        return None
    return " ".join(str(value).split())[:_LONGEST].encode("utf-8", "replace").decode() or None


def _price(value: Any) -> float | None:
    if value is None or isinstance(value, bool):
        return None
    try:
        price = float(value)
    except (ValueError, OverflowError):
        return None
    return price if math.isfinite(price) and price >= 0 else None


def _available(value: Any) -> bool | None:
    if value is None or isinstance(value, bool):
        return value
    text = str(value).strip().lower().rpartition("/")[2].replace(" ", "_")
    if text in _YES:
        return True
    if text in _NO:
        return False
    return _price(value) != 0 if _price(value) is not None else None
