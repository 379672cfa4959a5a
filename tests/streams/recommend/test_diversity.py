"""Answers of items that differ: by vectors, by category, and exactly as the formula says."""

from __future__ import annotations

import dataclasses

import numpy as np
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitoring.experiments.assignment import Split
from pandian.events import Item
from streams.recommend import diversity as module
from streams.recommend.diversity import Likeness, choose
from tests.support import entries

N_ITEMS = 200


@pytest.fixture(scope="module")
def alike(tmp_path_factory):
    """Popularity of 200 items; ten after ten point in one of four directions."""
    vectors = np.zeros((N_ITEMS, 4), np.float32)
    for number in range(N_ITEMS):
        group = number // 10 % 4
        vectors[number, group] = 1 + number
    return entries.make_entry(
        tmp_path_factory.mktemp("alike") / "entry",
        entries.Popular(N_ITEMS),
        entries.catalogue(N_ITEMS),
        vectors=vectors,
    )


def names(answer) -> list[str]:
    return [item.item_id for item in answer.items]


def plain(scores, like, count, diversity) -> list[int]:
    """Return what the formula says, one pair at a time."""
    most, chosen = max(scores) or 1.0, []
    for _ in range(count):
        left = [place for place in range(len(scores)) if place not in chosen]
        chosen.append(
            max(
                left,
                key=lambda one: (
                    (1 - diversity) * scores[one] / most
                    - diversity * max([0.0, *(like[one][other] for other in chosen)]),
                    -one,
                ),
            )
        )
    return chosen


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    size=st.integers(1, 12),
    diversity=st.sampled_from([0.1, 0.5, 0.9, 1.0]),
    with_vectors=st.booleans(),
)
def test_it_is_the_formula(seed, size, diversity, with_vectors) -> None:
    random = np.random.default_rng(seed)
    scores = np.sort(random.random(size))[::-1].copy()
    categories = [random.choice(["a", "b", None]) for _ in range(size)]
    same = [[float(one is not None and one == other) for other in categories] for one in categories]
    vectors = None
    if with_vectors:
        vectors = random.normal(size=(size, 3)).astype(np.float32)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        vectors[random.random(size) < 0.3] = 0
        placed = vectors.any(1)
        for one in range(size):
            for other in range(size):
                if placed[one] and placed[other]:
                    same[one][other] = float(vectors[one] @ vectors[other])
    count = int(random.integers(0, size + 1))
    before = scores.copy()
    chosen = choose(scores, Likeness(categories, vectors), count, diversity)
    wanted = plain(list(scores), same, count, diversity)
    assert chosen == wanted
    np.testing.assert_array_equal(scores, before)


def test_equal_items_come_in_their_order_and_no_score_is_no_trouble() -> None:
    assert choose(np.zeros(4), Likeness([None] * 4, None), 4, 0.5) == [0, 1, 2, 3]
    assert choose(np.zeros(0), Likeness([], None), 0, 0.5) == []


async def test_without_diversity_nothing_is_done(served, alike, monkeypatch) -> None:
    await served.promote(alike)
    served.know(("u", "item-199"))
    before = await served.ask("u", 20)
    monkeypatch.setattr(module, "Likeness", None)
    after = await served.ask("u", 20, diversity=0.0)
    cut = [dataclasses.replace(one, latency_ms=0) for one in (before, after)]
    assert orjson.dumps(cut[0]) == orjson.dumps(cut[1])
    assert names(after) == [f"item-{number}" for number in range(20)]


async def test_by_the_vectors_of_the_model(served, alike) -> None:
    await served.promote(alike)
    served.know(("u", "item-199"))
    first = {item.item_id: item for item in (await served.ask("u", 50)).items}
    answer = await served.ask("u", 8, diversity=0.9)
    assert names(answer) == [
        "item-0",
        "item-10",
        "item-20",
        "item-30",
        "item-1",
        "item-2",
        "item-3",
        "item-4",
    ]
    # They are the same items, with the scores and the reasons that they had.
    assert [first[item.item_id] for item in answer.items] == list(answer.items)
    assert (answer.model, answer.fallback) == ("popularity", None)
    # Little of it changes little: what loses much is not put before what is better.
    assert names(await served.ask("u", 8, diversity=0.01)) == [f"item-{number}" for number in range(8)]


async def test_filters_hold_and_all_that_pass_are_answered(served, alike) -> None:
    await served.promote(alike)
    served.know(("u", "item-199"))
    served.sell(*[Item(f"item-{number}", category="c", price=1) for number in (3, 4, 5, 17, 150)])
    answer = await served.ask("u", 10, diversity=0.9, filters={"category": "c"})
    assert names(answer)[:2] == ["item-3", "item-17"]
    assert sorted(names(answer)) == ["item-150", "item-17", "item-3", "item-4", "item-5"]


@pytest.mark.parametrize("with_model", [True, False])
async def test_without_vectors_by_category(served, popular_entry, with_model) -> None:
    """By the baselines, and by a model without vectors."""
    if with_model:
        await served.promote(popular_entry)
    served.sell(*[Item(f"item-{number}", category="ab"[number >= 5]) for number in range(20)])
    served.know(*[(f"u{n}-{number}", f"item-{number}") for number in range(12) for n in range(30 - number)])
    user = {"session": ("item-11",)} if with_model else {}
    plainly = await served.ask("stranger", 4, **user)
    assert names(plainly) == [f"item-{number}" for number in range(4)]
    answer = await served.ask("stranger", 4, diversity=0.8, **user)
    assert names(answer) == ["item-0", "item-5", "item-1", "item-2"]
    assert (answer.model == "popularity") is with_model


async def test_named_items_are_all_answered_also_those_that_the_model_does_not_know(served, alike) -> None:
    await served.promote(alike)
    served.know(("u", "item-199"))
    served.sell(Item("new", category="c"), Item("newer", category="c"), Item("item-1", category="c"))
    asked = ("new", "newer", "item-1", "item-2", "item-15", "strange")
    answer = await served.ask("u", 1, items=asked, diversity=0.9)
    assert sorted(names(answer)) == sorted(asked)
    # One of c has a vector and one has none: by their category they are alike, and nothing is like what is strange.
    assert names(answer)[:3] == ["item-1", "item-15", "strange"]
    assert names(await served.ask("u", 1, items=("one",), diversity=1)) == ["one"]


async def test_many_items_are_chosen_beside_the_loop_and_are_the_same(served, alike, monkeypatch) -> None:
    await served.promote(alike)
    served.know(("u", "item-199"))
    on_loop = await served.ask("u", 40, diversity=0.5)
    monkeypatch.setattr(module, "_ON_LOOP", 10)
    assert names(await served.ask("u", 40, diversity=0.5)) == names(on_loop)
    everything = await served.ask("u", 1000, diversity=0.5)
    assert len(set(names(everything))) == len(everything.items) == N_ITEMS - 1


@pytest.mark.parametrize("interleaved", [False, True])
async def test_the_challengers_page_is_diverse_and_an_interleaved_one_stays(
    served, alike, next_entry, interleaved
) -> None:
    await served.promote(next_entry)
    served.challenger._interleaving = interleaved
    await served.challenge(alike, 0.5)
    split = Split(f"{alike.model}@{alike.version}", 0.5)
    user = next(f"u{number}" for number in range(99) if split.has(f"u{number}"))
    served.know((user, "item-199"))
    plainly, answer = [names(await served.ask(user, 6, diversity=wanted)) for wanted in (0.0, 0.9)]
    if interleaved:
        assert answer == plainly
    else:
        assert answer[:4] == ["item-0", "item-10", "item-20", "item-30"]
        assert plainly[:4] == ["item-0", "item-1", "item-2", "item-3"]
