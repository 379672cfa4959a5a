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

    def document(self) -> dict[str, Any]:
        return {"assets": self._assets}


async def test_nothing_is_remembered_before_there_is_a_label(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(causing, "_LOOK_SECONDS", 0.001)
    causes = Causes(Inventory("orders", "items"), lambda: {"topics": []})  # type: ignore[arg-type]
    labels = SimpleNamespace(there=False)
    running = asyncio.ensure_future(causes.run(lambda: labels.there))
    await asyncio.sleep(0.02)
    assert not causes._memory.observations()
    labels.there = True
    for _ in range(500):
        await asyncio.sleep(0.01)
        if len(causes._memory.observations()) >= 4:
            break
    running.cancel()
    assert {one.asset for one in causes._memory.observations()} == {"orders", "items"}


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
    assert {one.asset for one in causes._memory.observations()} == {"orders"}


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
