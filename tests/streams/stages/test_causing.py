"""Which assets an alarm is explained by, and that nothing is remembered where nothing may have to be explained."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from monitoring.edges import default_edges
from monitoring.watching import ModelWatch
from pandian.settings import Settings
from streams.stages import causing, watching
from streams.stages.causing import Causes
from streams.stages.watching import WatchingPart
from tests.monitoring.causes.observations import document


class Inventory:
    caught_up = True

    def __init__(self, *names: str) -> None:
        self._assets = [document(name) for name in names]
        self.number = 1

    def document(self) -> dict[str, Any]:
        return {"assets": self._assets}

    def version_of(self, _name: str) -> int:
        return self.number


ORDERS = {"topics": [{"topic": "orders", "target": "items", "mapping": {"item": {"field": "code"}}}]}


async def test_before_there_is_a_label_only_what_models_are_made_of_is_remembered() -> None:
    causes = Causes(Inventory("orders", "else"), lambda: ORDERS)  # type: ignore[arg-type]
    await causes.look(early=True)
    assert {one.asset for one in causes._remembered.memory.observations()} == {"orders"}
    await causes.look(early=False)
    assert {one.asset for one in causes._remembered.memory.observations()} == {"orders", "else"}
    crowd = Inventory(*(f"a{number}" for number in range(1_000)))
    many = {"topics": [{**ORDERS["topics"][0], "topic": f"a{number}"} for number in range(1_000)]}
    causes = Causes(crowd, lambda: many)  # type: ignore[arg-type]
    await causes.look(early=True)
    assert len(causes._remembered.memory.observations()) == causing._EARLY_FIELDS


async def test_an_asset_is_looked_at_when_there_is_something_new(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(causing, "_LOOK_SECONDS", 0.001)
    inventory, labels = Inventory("orders", "items"), SimpleNamespace(there=False)
    causes = Causes(inventory, lambda: {"topics": []})  # type: ignore[arg-type]
    running = asyncio.ensure_future(causes.run(lambda: labels.there))
    await asyncio.sleep(0.02)
    assert not causes._remembered.memory.observations()
    labels.there = True
    for known in (2, 4):
        for _ in range(500):
            await asyncio.sleep(0.01)
            if len(causes._remembered.memory.observations()) >= known:
                break
        await asyncio.sleep(0.02)
        assert len(causes._remembered.memory.observations()) == known
        inventory.number += 1
    running.cancel()


async def test_whoever_watches_the_models_looks_at_the_data(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(causing, "_LOOK_SECONDS", 0.001)
    monkeypatch.setattr(watching, "_LOOK_SECONDS", 0.05)
    monkeypatch.setattr(watching, "Following", Quiet)
    causes = Causes(Inventory("orders"), lambda: {"topics": []})  # type: ignore[arg-type]
    context: Any = SimpleNamespace(settings=Settings(), app=None, admin=None)
    turns = iter([True] * 4)
    alerting: Any = None
    part = WatchingPart(context, lambda: next(turns, False), alerting, causes)
    watch, info = ModelWatch(lambda _: default_edges()), SimpleNamespace()
    watch.take(0, [b"no label"], 1, 1)
    await part._until_others_turn(watch, info)  # type: ignore[arg-type]
    assert {one.asset for one in causes._remembered.memory.observations()} == {"orders"}


class Quiet:
    """Follows a topic to which nothing comes."""

    caught_up = False

    def __init__(self, *_: object) -> None:
        pass

    async def run(self) -> None:
        await asyncio.Event().wait()


def test_assets_that_become_something_are_always_looked_at_and_others_while_there_is_room() -> None:
    def named(count: int) -> list[dict[str, Any]]:
        return [{"asset": f"a{number}", "fields": [{}] * 400} for number in range(count)]

    found = causing._weightiest(named(9), {"a7", "a8"})
    assert [one["asset"] for one in found] == ["a7", "a8", "a0"]
    many = causing._weightiest(named(9), {f"a{number}" for number in range(9)})
    assert len(many) == 9
