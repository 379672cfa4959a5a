"""Exported entries of a few items, and all that answers, without a broker."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from export.registry import Entry, Registry
from export.runtime import OnnxModel
from pandian.events import Item, Recommendation, Request, encode
from streams.features.catalogue import Catalogue
from streams.features.live import LiveState
from streams.recommend.answers import Answers
from streams.recommend.champion import Champion
from streams.recommend.service import RecommendService
from tests.support import entries
from tests.support.clock import FakeClock
from tests.support.live import START, Row, interaction, log

N_ITEMS = 200


@pytest.fixture(scope="session")
def popular_entry(tmp_path_factory) -> Entry:
    """Popularity of 20 items; the newest of the history are dropped."""
    return entries.make_entry(tmp_path_factory.mktemp("popular") / "entry", created="2026-01-01T00:00:00Z")


@pytest.fixture(scope="session")
def next_entry(tmp_path_factory) -> Entry:
    """Item-to-item of 200 items, which keeps what was seen."""
    return entries.make_entry(
        tmp_path_factory.mktemp("next") / "entry",
        entries.ItemToItem(N_ITEMS),
        entries.catalogue(N_ITEMS),
        model="item-to-item",
        seen="keep",
        created="2026-01-02T00:00:00Z",
    )


@pytest.fixture(scope="session")
def sequential_entry(tmp_path_factory) -> Entry:
    """A self-attentive model of 200 items."""
    return entries.make_entry(
        tmp_path_factory.mktemp("sequential") / "entry",
        entries.Sequential(N_ITEMS),
        entries.catalogue(N_ITEMS),
        model="sasrec",
        created="2026-01-03T00:00:00Z",
    )


@pytest.fixture(scope="session")
def sequential(sequential_entry) -> OnnxModel:
    return OnnxModel(sequential_entry)


@pytest.fixture
def thread() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as pool:
        yield pool


@dataclass
class Counted:
    """Keeps what a worker would export as metrics."""

    answers: list[tuple[str, str, str]] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)

    def answered(self, model: str, version: str, fallback: str, seconds: float) -> None:
        assert 0 <= seconds < 60
        self.answers.append((model, version, fallback))


class Served:
    """What one serving worker knows and answers, its clock turned by the test."""

    def __init__(self, root: Path, thread: ThreadPoolExecutor) -> None:
        self.live = LiveState(50, 1000)
        self.catalogue = Catalogue()
        self.registry = Registry(root)
        self.counted = Counted()
        self.clock = FakeClock()
        self.champion = Champion(self.registry, thread, self.counted.refusals.append, self.clock)
        self.answers = Answers(self.live, self.catalogue, self.champion)
        self.service = RecommendService(
            self.live, self.answers, self.champion, self.counted, clock=lambda: START + 7
        )
        self._offset = 0

    def know(self, *rows: tuple[Any, ...]) -> None:
        """Take (user, item[, action]) in order, a second apart."""
        values = [
            interaction(row[0], row[1], START + 1000 * (self._offset + number), *row[2:])
            for number, row in enumerate(rows)
        ]
        self.live.take(0, log(values, self._offset))
        self.live.learn()
        self._offset += len(rows)

    def sell(self, *items: Item) -> None:
        self.catalogue.take(0, [Row(0, encode(item)) for item in items])

    async def promote(self, entry: Entry) -> None:
        self.registry.add(entry.path)
        self.registry.promote(entry.model, entry.version, by="test", why="test")
        await self.champion.look()

    async def ask(self, user: str, k: int = 10, **more: Any) -> Recommendation:
        return await self.service.answer(Request("r1", user, k, **more))


@pytest.fixture
def served(tmp_path, thread) -> Served:
    return Served(tmp_path / "models", thread)
