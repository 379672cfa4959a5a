"""What an alarm of the second act names, as a worker finds it that has seen the data for half a minute."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

import orjson
import pytest

from benchmarks.causes_replay import Document, Replay, policy
from monitoring.detection.base import Alarm
from monitoring.edges import default_edges
from monitoring.watching import WatchSettings
from monitoring.watching.version import Standing, VersionWatch
from pandian.events import AUC_DROP
from streams.demo.dataset import order_lines
from streams.demo.shop import CUSTOMERS, Shop
from streams.demo.wrong_import import wrong
from streams.interactions.base import FieldMapping
from streams.interactions.mapping import mapping_of
from streams.stages import causing
from streams.stages.causing import Causes

SUBJECT = "repeats@20261127-115523-884be8"
#: The inventory of a worker that has much to do is a new one about as often.
EVERY_MS = 2_000
LINES = 2_500


class Inventory:
    """The shop's inventory at work, the newest one, with a version for each."""

    caught_up = True

    def __init__(self) -> None:
        self.assets: list[Document] = []
        self.number = 0

    def document(self) -> dict[str, Any]:
        return {"assets": self.assets}

    def version_of(self, _name: str) -> int:
        return self.number

    def mapped(self) -> dict[str, Any]:
        """Say which field plays which role, as ``GET /v1/interactions`` does."""
        found = [(one["asset"], mapping_of(one)) for one in self.assets]
        return {
            "topics": [
                {
                    "topic": name,
                    "target": one.target,
                    "mapping": {role: {"field": part.field} for role, part in one.parts.items()},
                }
                for name, one in found
                if isinstance(one, FieldMapping)
            ]
        }


class Demo:
    """Sends the demo's order lines to the real inventory, and lets the causes look at it, on a clock of its own."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1_767_600_000_000
        self._shop, self._lines = Shop(), order_lines()
        self._replay, self._inventory = Replay(policy()), Inventory()
        self.causes = Causes(self._inventory, self._inventory.mapped)  # type: ignore[arg-type]
        monkeypatch.setattr(causing, "_now", lambda: self.now)

    async def open(self, looks: int, *, labels: bool, gone_wrong: bool = False) -> None:
        for _ in range(looks):
            self.now += EVERY_MS
            self._replay.send(self._events(gone_wrong))
            self._inventory.assets = self._replay.documents(self.now)
            self._inventory.number += 1
            await self.causes.look(early=not labels)

    def _events(self, gone_wrong: bool) -> Iterator[tuple[int, str, Any]]:
        for line in islice(self._lines, LINES):
            for event in self._shop.events(wrong(line) if gone_wrong else line):
                if event.topic is not CUSTOMERS:
                    yield self.now, event.topic.name, orjson.loads(event.value)


async def test_the_first_cause_is_the_code_that_the_import_spells_otherwise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    demo = Demo(monkeypatch)
    await demo.open(6, labels=False)
    demo.now += 30_000  # a model is trained
    await demo.open(4, labels=True)
    began = demo.now
    await demo.open(3, labels=True, gone_wrong=True)
    alarm = Alarm(
        detector="auc", evidence=3e5, threshold=2e5, run_length=2e5, unit="positive labels", at=9_000, since=8_800,
        since_time=began + 1_000, reference=0.65, value=0.5, low=0.4, high=0.6, fall=0.15,
    )  # fmt: skip
    watched = VersionWatch(SUBJECT, default_edges(), WatchSettings())
    found = await demo.causes.explain(Standing(AUC_DROP, SUBJECT, alarm, SUBJECT), watched)
    assert found.verdict == "data"
    first = found.causes[0]
    assert (first.asset, first.field) in {("shop.orders", "StockCode"), ("shop.items", "sku")}
    # The supplier's prefix makes them longer.
    assert first.before.endswith("characters on average")
    assert float(first.after) > float(first.before.split()[0]) + 2.5
    assert f"{first.asset}.{first.field}" in found.text.partition("Less likely")[0]
    places = {(one.asset, one.field) for one in found.causes}
    assert {("shop.orders", "UnitPrice"), ("shop.orders", "Description")} <= places
