"""The live baselines as a ranker: what they know, in one order."""

from __future__ import annotations

import pytest

from streams.features.live import LiveState
from streams.recommend.baseline import LiveRanker
from tests.support.allowed import Where, everything
from tests.support.live import START, interaction, log


def known(*rows: tuple[str, str], users: int = 1000) -> LiveRanker:
    live = LiveState(50, users)
    if rows:
        live.take(0, log(interaction(user, item, START) for user, item in rows))
        live.learn()
    return LiveRanker(live.baseline, live.vocabulary)


def names(scored) -> list[str]:
    return [one.item_id for one in scored]


PAIRS = [row for number in range(6) for row in ((f"u{number}", "hat"), (f"u{number}", "scarf"))]
POPULAR = [(f"p{number}", "mug") for number in range(30)]


async def test_without_a_history_the_popular_ones_with_one_what_goes_with_it() -> None:
    ranker = known(*POPULAR, *PAIRS, ("v", "rare"))
    assert names(await ranker.best([], 3, everything)) == ["mug", "hat", "scarf"]
    assert names(await ranker.best(["hat"], 9, everything)) == ["scarf", "mug", "rare"]
    assert names(await ranker.best(["hat"], 9, Where(lambda item: item != "scarf"))) == ["mug", "rare"]


async def test_nothing_is_known() -> None:
    ranker = known()
    assert await ranker.best([], 5, everything) == []
    assert await ranker.best(["stranger"], 5, everything) == []
    assert names(await ranker.score(["stranger"], ["b", "a"])) == ["a", "b"]


async def test_exactly_the_items_that_were_asked_for() -> None:
    ranker = known(*POPULAR, *PAIRS)
    scored = await ranker.score(["hat"], ["never", "hat", "mug", "scarf", "also never"])
    assert names(scored)[0] == "scarf"
    assert names(scored)[-2:] == ["also never", "never"]
    assert all(0 < one.score < 1 for one in scored)


async def test_items_that_score_the_same_have_one_order_whatever_came_first() -> None:
    there, back = known(("a", "x"), ("b", "y")), known(("b", "y"), ("a", "x"))
    assert names(await there.best([], 2, everything)) == names(await back.best([], 2, everything))


@pytest.mark.parametrize("k", [1, 10, 1000])
async def test_what_is_allowed_is_found_however_unpopular_it_is(k) -> None:
    rows = [
        (f"u{number}-{turn}", f"i{number:04}")
        for number in range(3000)
        for turn in range(1 + (number < 2900))
    ]
    ranker = known(*rows, users=100_000)
    rare = {f"i{number:04}" for number in range(2950, 3000)}
    found = names(await ranker.best([], k, Where(rare.__contains__)))
    assert found == sorted(rare)[: min(k, 50)]
    assert len(await ranker.best(["i0001"], 1000, everything)) == 1000
    assert ranker.known(["i0001", "stranger"]) == 1
