"""Filters that few items pass: what is found by masks is what asking about every item finds, ties included."""

from __future__ import annotations

import numpy as np
import pytest

from export.head import open_head
from export.runtime import OnnxModel
from pandian.events import Item, encode
from streams.features.catalogue import Catalogue
from streams.features.live import LiveState
from streams.recommend import model as module
from streams.recommend.baseline import LiveRanker
from streams.recommend.filters import allowed_by
from streams.recommend.model import ModelRanker
from tests.streams.recommend.test_model import HISTORY, agree, expected
from tests.support import entries
from tests.support.live import START, Row, interaction, log

N_ITEMS = 200
CATALOGUE = entries.catalogue(N_ITEMS)


def sell(catalogue: Catalogue, *items: Item) -> None:
    catalogue.take(0, [Row(0, encode(item)) for item in items])


def drawn(random: np.random.Generator) -> Catalogue:
    """Return a catalogue of which much is unknown, sold out, in one category or at one price."""
    catalogue = Catalogue()
    for item_id in random.permutation([*CATALOGUE, "elsewhere"])[: random.integers(N_ITEMS)].tolist():
        category, price, available = (int(one) for one in random.integers(0, (5, 12, 4)))
        sell(
            catalogue,
            Item(
                item_id,
                category=f"c{category * category}" if category else None,
                price=float(price) if price else None,
                available=(False, None, True, True)[available],
            ),
        )
    return catalogue


def filters(random: np.random.Generator) -> dict[str, object]:
    low, high = sorted(int(one) for one in random.integers(1, 12, 2))
    found = {
        "category": f"c{random.integers(0, 5) ** 2}",
        "price_from": low,
        "price_to": high,
        "bought": False,
    }
    return {name: value for name, value in found.items() if random.random() < 0.5}


@pytest.fixture(params=["all ties", "all", "bounded"])
def ranker(request, sequential, next_entry, thread, monkeypatch) -> ModelRanker:
    """Models that say the same of most items or not, with all logits or those of a head."""
    if request.param == "bounded":
        monkeypatch.setattr(module, "open_head", lambda model: open_head(model, least=1))
    made = ModelRanker(OnnxModel(next_entry) if request.param == "all ties" else sequential, thread)
    assert made.has_head == (request.param == "bounded")
    return made


async def test_a_model_says_the_same(ranker, monkeypatch) -> None:
    monkeypatch.setattr(module, "_SPARE", 2)
    random = np.random.default_rng(5)
    some = 0
    for _ in range(60):
        allowed = allowed_by(filters(random), drawn(random))
        k = int(random.choice([1, 10, 60]))
        agree(
            await ranker.best(HISTORY, k, allowed), wanted := expected(ranker.runtime, HISTORY, allowed)[:k]
        )
        some += 0 < len(wanted) < k
    assert some > 5


async def test_what_was_sold_out_or_moved_between_two_requests_is_seen(ranker) -> None:
    catalogue = Catalogue()
    rare = [f"item-{number}" for number in range(20, N_ITEMS, 40)]
    sell(catalogue, *(Item(item, category="rare", price=3) for item in rare))
    wanted = {"category": "rare", "price_to": 5}

    async def found() -> set[str]:
        return {one.item_id for one in await ranker.best(HISTORY, 10, allowed_by(wanted, catalogue))}

    assert await found() == set(rare)
    sell(catalogue, Item(rare[0], category="rare", price=3, available=False))
    assert await found() == set(rare[1:])
    sell(catalogue, Item(rare[0], category="rare", price=3), Item(rare[1], category="rare", price=6))
    sell(catalogue, Item("item-199", category="rare", price=1), Item(rare[2], category="other", price=3))
    assert await found() == {rare[0], *rare[3:], "item-199"}


async def test_two_categories_of_one_hash_are_told_apart(ranker, monkeypatch) -> None:
    catalogue = Catalogue()
    sell(catalogue, *(Item(item, category="other") for item in CATALOGUE[:150]))
    sell(catalogue, *(Item(item, category="rare") for item in CATALOGUE[150:]))
    for name in ("streams.features.table", "streams.recommend.filters"):
        monkeypatch.setattr(f"{name}.hash", lambda _: 1, raising=False)
    allowed = allowed_by({"category": "rare"}, catalogue)
    assert (await allowed.mask(ranker.items)).all()
    agree(await ranker.best(HISTORY, 50, allowed), expected(ranker.runtime, HISTORY, allowed)[:50])


async def test_the_live_baselines_say_the_same(monkeypatch) -> None:
    monkeypatch.setattr("streams.recommend.baseline._SPARE", 2)
    live, random = LiveState(50, 1000), np.random.default_rng(6)
    # Some are touched as often and at the same time as others, some never.
    rows = [(f"u{number % 90}", f"item-{int(random.integers(14)) ** 2}") for number in range(400)]
    live.take(0, log(interaction(user, item, START) for user, item in rows))
    live.learn()
    ranker = LiveRanker(live.baseline, live.vocabulary)
    some = 0
    for turn in range(60):
        history = [*[one.item_id for one in live.history(f"u{turn}")][:3], "stranger"] if turn % 2 else []
        allowed = allowed_by(filters(random), drawn(random))
        k = int(random.choice([1, 5, 30]))
        there = [item for item in live.vocabulary.items if item not in history and allowed(item)]
        wanted = (await ranker.score(history, there))[:k]
        assert await ranker.best(history, k, allowed) == wanted
        some += 0 < len(wanted) < k
    assert some > 5


async def test_what_is_like_an_item_is_found_however_few_may_be(served, tmp_path) -> None:
    angles = np.arange(N_ITEMS) * (np.pi / 2.5 / N_ITEMS)
    vectors = np.stack([np.cos(angles), np.sin(angles)], 1).astype(np.float32)
    await served.promote(
        entries.make_entry(
            tmp_path / "circle", items=CATALOGUE, vectors=vectors, created="2026-01-01T00:00:00Z"
        )
    )
    served.sell(*(Item(item, category="rare") for item in CATALOGUE[150::20]))
    found = await served.similar.of("item-0", 2, {"category": "rare"})
    assert [one.item_id for one in found.items] == ["item-150", "item-170"]
    served.sell(Item("item-150", category="rare", available=False))
    found = await served.similar.of("item-0", 9, {"category": "rare"})
    assert [one.item_id for one in found.items] == ["item-170", "item-190"]
