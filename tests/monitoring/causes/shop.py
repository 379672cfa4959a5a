"""A small shop whose records go through the real inventory: its documents, and what was kept of earlier ones."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from benchmarks.causes_replay import Document, Replay
from monitoring.causes import Alarm, Explanation, Features, Lineage, Mapped, Memory, explain, lineage_of
from streams.interactions.base import FieldMapping
from streams.interactions.mapping import mapping_of

Record = dict[str, Any]
#: Returns what is sent in place of a record of a topic.
Change = Callable[[str, Record], list[Record]]
ORDERS, ITEMS = "shop.orders", "shop.items"
SUBJECT = "sasrec@20260101-000000-abcdef"
START_MS, STEP_MS, LOOK = 1_767_600_000_000, 600, 300
CATEGORIES = ("garden", "kitchen", "lighting", "toys")


def as_is(_topic: str, record: Record) -> list[Record]:
    """Change nothing."""
    return [record]


class SmallShop:
    """Orders of some hundred customers for 300 items, one of two with the item's row of the catalogue.

    Args:
        replay: the real inventory.
    """

    def __init__(self, replay: Replay) -> None:
        self.replay = replay
        self.memory = Memory()
        self.documents: list[Document] = []
        self._chance = random.Random(5)
        self._place = 0

    @property
    def now(self) -> int:
        """The time now, epoch milliseconds."""
        return START_MS + self._place * STEP_MS

    def fork(self) -> SmallShop:
        """Return another one that goes on from here."""
        other = SmallShop(self.replay.fork())
        other.memory, other.documents, other._place = self.memory.copy(), self.documents, self._place
        other._chance.setstate(self._chance.getstate())
        return other

    def sell(self, orders: int, change: Change = as_is) -> SmallShop:
        """Send so many orders, and look at the documents now and then."""
        for _ in range(orders // LOOK):
            events = [
                (time, topic, one)
                for time, topic, record in self._events(LOOK)
                for one in change(topic, record)
            ]
            self.replay.send(events)
            self.documents = self.replay.documents(self.now)
            self.memory.add(self.documents, self.now)
        return self

    def _events(self, orders: int) -> Iterator[tuple[int, str, Record]]:
        for _ in range(orders):
            self._place += 1
            time = datetime.fromtimestamp(self.now / 1000 - self._chance.random(), UTC).isoformat()
            number = min(round(self._chance.expovariate(1 / 60)), 299)
            order = {
                "order_id": f"O-{self._place}",
                "user_id": f"u{self._chance.randrange(250):04x}",
                "item_id": f"SKU{number:04d}X",
                "quantity": self._chance.choice((1, 1, 1, 2, 3)),
                "ordered_at": time,
                "note": self._chance.choice(("gift", "none", "fragile")),
            }
            yield self.now, ORDERS, order
            if self._place % 2 == 0:
                yield (
                    self.now,
                    ITEMS,
                    {
                        "item_id": f"SKU{number:04d}X",
                        "title": f"Thing of many uses number {number}",
                        "category": CATEGORIES[number % 4],
                        "price": 1 + number % 17,
                        "currency": "GBP",
                        "updated_at": time,
                    },
                )

    def lineage(self, since: int | None = None) -> Lineage:
        """Return what a model takes from the fields, by the real mapping."""
        mapped = {
            one["asset"]: Mapped(found.target, {role: part.field for role, part in found.parts.items()})
            for one in self.documents
            if isinstance(found := mapping_of(one), FieldMapping)
        }
        return lineage_of(mapped, Features(SUBJECT, since), {one["asset"]: one for one in self.documents})

    def asked(self, since: int, version: int | None = None, **more: Any) -> Explanation:
        """Return the causes of an alarm now."""
        alarm = Alarm(SUBJECT, since, self.now, 0.05, **more)
        return explain(alarm, self.documents, self.lineage(version), self.memory.observations())
