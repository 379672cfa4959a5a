"""Rows of a catalogue become items, ready to send, when they say something new."""

from __future__ import annotations

import math
from collections import Counter, OrderedDict
from collections.abc import Iterator, Mapping
from hashlib import blake2b
from typing import Any

import orjson

from streams.decode.base import RowGroup
from streams.interactions.base import ITEM_ROLES, FieldMapping, Role
from streams.interactions.cells import cells_of
from streams.interactions.ids import NoIdError, identifier
from streams.interactions.interactions import Places, Told
from streams.interactions.times import epoch_ms, is_plausible
from streams.inventory.base import Masker

#: Items of which it is remembered what was said last.
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
    """Turns rows into items of one source partition; remembers what was said, so that repeats are not sent.

    What it remembers is memory only: after a restart an item is said once more, which changes nothing for readers.

    Args:
        masker: takes out of titles what is certainly personal.
    """

    def __init__(self, masker: Masker) -> None:
        self._masker = masker
        self._said: OrderedDict[str, bytes] = OrderedDict()

    def items_of(
        self, group: RowGroup, mapping: FieldMapping, places: Places, outcomes: Counter[str]
    ) -> Iterator[Told]:
        """Yield the items of a group of rows that say something new; count what became of all."""
        cells = cells_of(group, mapping)
        outcomes["header-line"] += group.header_records
        outcomes["empty-array"] += cells.empty
        outcomes["too-many-elements"] += cells.beyond
        skipped = group.header_records
        for at, (record, index) in enumerate(zip(cells.records, cells.indexes, strict=True)):
            row = {role: column[at] for role, column in cells.values.items()}
            try:
                item = identifier(row.get("item"))
            except NoIdError:
                outcomes["bad-item"] += 1
                continue
            if item is None:
                if skipped and not any(value is not None for value in row.values()):
                    skipped -= 1
                else:
                    outcomes["no-item"] += 1
                continue
            told = self._told(row)
            if not self._is_news(item, told):
                outcomes["same-item"] += 1
                continue
            outcomes["item"] += 1
            time = _time(row.get("time"), mapping, places.times[record])
            value = orjson.dumps({"item_id": item, **told, "time": time})
            yield Told(places.offsets[record], index, item.encode(), value)

    def _told(self, row: Mapping[Role, Any]) -> dict[str, Any]:
        told: dict[str, Any] = dict.fromkeys(ITEM_ROLES)
        for role in ("name", "category", "brand"):
            told[role] = self._text(row.get(role))
        told["price"] = _price(row.get("price"))
        told["available"] = _available(row.get("available"))
        return told

    def _text(self, value: Any) -> str | None:
        if value is None or isinstance(value, bool):
            return None
        text = " ".join(str(value).split())[:_LONGEST].encode("utf-8", "replace").decode()
        if text and self._masker.suspicious([text]):
            text = self._masker.text(text)
        return text or None

    def _is_news(self, item: str, told: Mapping[str, Any]) -> bool:
        digest = blake2b(orjson.dumps(told), digest_size=8).digest()
        if self._said.get(item) == digest:
            self._said.move_to_end(item)
            return False
        self._said[item] = digest
        if len(self._said) > _REMEMBERED:
            self._said.popitem(last=False)
        return True


def _time(value: Any, mapping: FieldMapping, broker: int) -> int:
    time = None if value is None else epoch_ms(value, mapping.reader)
    return broker if time is None or not is_plausible(time, broker) else time


def _price(value: Any) -> float | None:
    if value is None or isinstance(value, bool):
        return None
    try:
        price = float(value)
    except ValueError:
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
