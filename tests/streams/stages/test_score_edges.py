"""Edges of versions that the registry does not have: said, but not for ever, and seldom asked for."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from export.registry import Entry, Registry, RegistryError
from monitoring.edges import Edges, default_edges
from streams.stages.score_edges import ScoreEdges
from tests.support.entries import make_entry


class Asked(Registry):
    """Counts how often a card is read, as each time may be a request to another machine."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.asked = 0
        self.away = False

    def glance(self, model: str, version: str) -> Entry:
        self.asked += 1
        if self.away:
            raise RegistryError(self.address, "must answer", "look for it")
        return super().glance(model, version)


@pytest.fixture
def registry(tmp_path: Path) -> Asked:
    return Asked(tmp_path / "registry")


@pytest.fixture(scope="module")
def entry(tmp_path_factory: pytest.TempPathFactory) -> Entry:
    return make_entry(tmp_path_factory.mktemp("made") / "entry")


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def flood(edges: ScoreEdges, count: int = 10_000) -> None:
    for number in range(count):
        assert edges.of(("shop", f"build-{number}")) == default_edges()


def test_a_version_with_every_impression_writes_no_line_with_every_impression(
    registry: Asked, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    flood(ScoreEdges(registry), 300)
    assert len(caplog.messages) == 21
    assert "shop@build-0" in caplog.messages[0]
    assert "more than 20 versions" in caplog.messages[-1]


def test_ten_thousand_versions_that_are_made_up_are_not_asked_for_one_by_one(
    registry: Asked, clock: Clock
) -> None:
    edges = ScoreEdges(registry, clock)
    flood(edges)
    assert (registry.asked, edges.unasked) == (8, 9_992)
    clock.now += 60
    flood(edges)
    assert registry.asked == 16
    assert len(edges._known) <= 256


def test_a_version_of_the_registry_has_its_own_edges_whatever_is_made_up(
    registry: Asked, clock: Clock, entry: Entry
) -> None:
    registry.add(entry.path)
    edges = ScoreEdges(registry, clock)
    name, own = (entry.model, entry.version), Edges(entry.card["score_edges"]).id
    assert own != default_edges().id
    flood(edges)
    # Of what could not be asked for nothing is kept: it is found in the next list.
    assert edges.of(name).id == default_edges().id
    edges.learn()
    assert edges.of(name).id == own
    assert registry.asked == 9
    flood(edges)
    assert edges.of(name).id == own
    assert registry.asked == 9


def test_a_registry_that_is_away_is_not_waited_for_again_at_once(registry: Asked, clock: Clock) -> None:
    registry.away = True
    edges = ScoreEdges(registry, clock)
    flood(edges, 100)
    assert registry.asked == 1
    clock.now += 6
    flood(edges, 100)
    assert registry.asked == 2


async def test_it_lists_again_where_it_was_not_asked(
    registry: Asked, clock: Clock, entry: Entry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("streams.stages.score_edges._LIST_SECONDS", 0.01)
    edges = ScoreEdges(registry, clock)
    following = asyncio.ensure_future(edges.follow())
    await asyncio.sleep(0.05)
    registry.add(entry.path)
    flood(edges, 100)
    for _ in range(500):
        await asyncio.sleep(0.01)
        if edges.of((entry.model, entry.version)) != default_edges():
            break
    else:
        pytest.fail("it was not found in a list")
    following.cancel()
