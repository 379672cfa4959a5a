"""All that answers in a serving worker, without a broker: the test turns its clock and says what it knows."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from export.registry import Entry, Registry
from pandian.events import Item, Recommendation, Request, encode
from streams.features.catalogue import Catalogue
from streams.features.live import LiveState
from streams.recommend.answers import Answers
from streams.recommend.challenger import Challenger
from streams.recommend.champion import Champion
from streams.recommend.introducing import Introducing
from streams.recommend.loading import Loader
from streams.recommend.new_items import NewItems
from streams.recommend.service import RecommendService
from streams.recommend.similar import Similar, SimilarItems
from tests.support import names
from tests.support.clock import FakeClock
from tests.support.live import START, Row, interaction, log


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

    def __init__(self, root: Path, thread: Executor) -> None:
        self.live = LiveState(50, 1000)
        self.catalogue = Catalogue()
        self.registry = Registry(root)
        self.counted = Counted()
        self.clock = FakeClock()
        self.champion = Champion(self.registry, thread, self.counted.refusals.append, self.clock)
        self.challenger = Challenger(
            self.registry,
            Loader(self.registry, thread, self.counted.refusals.append, self.clock, on_loop=False),
            self.champion,
        )
        self.new = NewItems(self.catalogue, self.champion, 1000, names.encoder)
        introducing = Introducing(self.new, self.catalogue, 0.1)
        self.answers = Answers(self.live, self.catalogue, self.champion, self.challenger, new=introducing)
        self.service = RecommendService(
            self.live,
            self.answers,
            self.champion,
            self.counted,
            clock=lambda: START + 7,
            challenger=self.challenger,
        )
        self.similar = SimilarItems(self.live, self.catalogue, self.champion, thread, clock=lambda: START + 7)
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

    async def challenge(self, entry: Entry | None, share: float = 0.0) -> None:
        """Let an entry be tried out, or nothing any more."""
        if entry is None:
            self.registry.end_shadow(by="test", why="test")
        else:
            self.registry.add(entry.path)
            self.registry.shadow(entry.model, entry.version, share=share, by="test", why="test")
        await self.challenger.look()

    async def ask(self, user: str, k: int = 10, **more: Any) -> Recommendation:
        return await self.service.answer(Request("r1", user, k, **more))


class Recommending:
    """What a serving worker mounts on its web server; keeps what it was asked."""

    def __init__(self, served: Served) -> None:
        self.served = served
        self.asked: list[tuple[Request, bool]] = []

    async def answer(self, request: Request, *, shown: bool) -> Recommendation:
        self.asked.append((request, shown))
        return await self.served.service.answer(request)

    async def similar(self, item_id: str, k: int, filters: Mapping[str, Any]) -> Similar:
        return await self.served.similar.of(item_id, k, filters)

    def user(self, user_id: str) -> list[dict[str, Any]]:
        return self.served.service.user(user_id)

    def models(self) -> dict[str, Any]:
        return self.served.service.models()
