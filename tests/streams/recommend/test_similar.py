"""Items like another one: by what people take together, by the model, and both joined in one order."""

from __future__ import annotations

import time

import numpy as np
import pytest

from pandian.events import Item
from streams.recommend.similar import UnknownItemError
from tests.support import entries

ROWS = [(f"u{number}", item) for number in range(6) for item in ("hat", "scarf")]
#: On a circle: neighbours by number are near.
ANGLES = np.arange(20) * (np.pi / 40)


@pytest.fixture(scope="module")
def circle(tmp_path_factory):
    vectors = np.stack([np.cos(ANGLES), np.sin(ANGLES)], 1).astype(np.float32)
    return entries.make_entry(tmp_path_factory.mktemp("circle") / "entry", vectors=vectors)


def names(answer) -> list[str]:
    return [item.item_id for item in answer.items]


async def test_what_people_take_together(served) -> None:
    served.know(*ROWS, ("v", "hat"), ("v", "mug"))
    answer = await served.similar.of("hat", 10, {})
    assert names(answer) == ["scarf", "mug"]
    assert (answer.item_id, answer.model, answer.version) == ("hat", "live", "1")
    assert answer.fallback == "no model was trained yet: what people take together"
    assert answer.items[0].sources == ("live",)
    assert answer.items[0].reason == "people take it together with hat"
    assert 1 > answer.items[0].score > answer.items[1].score > 0
    assert answer.knows_until is not None
    assert names(await served.similar.of("hat", 1, {})) == ["scarf"]


async def test_what_the_model_finds_near(served, circle) -> None:
    await served.promote(circle)
    answer = await served.similar.of("item-0", 3, {})
    assert names(answer) == ["item-1", "item-2", "item-3"]
    assert (answer.model, answer.fallback) == ("popularity", None)
    assert answer.items[0].sources == ("popularity",)
    assert answer.items[0].reason == "it is like item-0"


async def test_both_are_joined_and_what_both_know_comes_first(served, circle) -> None:
    await served.promote(circle)
    served.know(*[(f"u{number}", item) for number in range(6) for item in ("item-0", "item-9")])
    served.know(("v", "item-0"), ("v", "item-2"))
    answer = await served.similar.of("item-0", 4, {})
    # Second of both orders; then the first of each, by id; then the model's third.
    assert names(answer) == ["item-2", "item-1", "item-9", "item-3"]
    assert answer.items[0].sources == ("live", "popularity")
    assert answer.items[0].score <= 1


async def test_filters_hold_and_are_filled_up_from_behind(served, circle) -> None:
    await served.promote(circle)
    served.sell(*[Item(f"item-{number}", category="far", price=number) for number in range(15, 20)])
    served.sell(Item("item-16", available=False, time=1))
    answer = await served.similar.of("item-0", 3, {"category": "far"})
    assert names(answer) == ["item-15", "item-17", "item-18"]
    assert names(await served.similar.of("item-0", 3, {"price_from": 18})) == ["item-18", "item-19"]


async def test_an_item_without_neighbours_gets_popular_ones_of_its_category(served) -> None:
    served.know(("u", "hat"), ("v", "hat"), ("w", "mug"))
    served.sell(
        *[Item(name, name=name.title(), category="hats") for name in ("new", "hat")],
        Item("mug", category="cups"),
    )
    answer = await served.similar.of("new", 10, {})
    assert names(answer) == ["hat"]
    assert answer.items[0].sources == ("category",)
    assert answer.items[0].reason == "popular in hats, as New is"


async def test_an_item_that_nobody_knows(served, circle) -> None:
    await served.promote(circle)
    with pytest.raises(UnknownItemError):
        await served.similar.of("nothing", 10, {})


@pytest.mark.parametrize(
    ("entry", "item", "why"), [("next_entry", "item-1", "vectors"), ("circle", "hat", "know")]
)
async def test_why_the_model_had_no_say(served, request, entry, item, why) -> None:
    await served.promote(request.getfixturevalue(entry))
    served.know(*ROWS, ("v", "item-1"))
    answer = await served.similar.of(item, 10, {})
    assert answer.model == "live"
    assert why in answer.fallback


async def test_a_model_that_takes_too_long_is_not_waited_for(served, circle, monkeypatch) -> None:
    await served.promote(circle)
    served.know(*ROWS, ("w", "item-0"), ("w", "hat"))
    monkeypatch.setattr(served.similar, "_deadline", 0.05)
    index = served.champion.ranker.neighbours
    slow = lambda *asked: time.sleep(0.3) or index.__class__.neighbours(index, *asked)  # noqa: E731
    monkeypatch.setattr(
        served.champion.ranker, "neighbours", type("Slow", (), {"neighbours": staticmethod(slow)})()
    )
    answer = await served.similar.of("item-0", 10, {})
    assert names(answer) == ["hat"]
    assert "in time" in answer.fallback
