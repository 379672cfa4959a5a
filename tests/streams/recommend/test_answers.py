"""Everybody gets an answer: the model's, or a fallback that says what it is."""

from __future__ import annotations

from threading import Event

import numpy as np
import pytest

from pandian.events import Item
from streams.recommend.answers import FAILED, LATE, NO_MODEL, NOTHING, UNKNOWN_ITEMS, UNKNOWN_USER
from streams.recommend.batching import Batcher

ROWS = [(f"u{number}", f"item-{number % 5}") for number in range(40)]


def names(answer) -> list[str]:
    return [item.item_id for item in answer.items]


async def test_an_empty_stream(served) -> None:
    answer = await served.ask("anybody")
    assert (answer.items, answer.fallback) == ((), NOTHING.text)
    assert (answer.model, answer.version, answer.knows_until) == ("live", "1", None)
    assert served.counted.answers == [("live", "1", "nothing-known")]


async def test_an_empty_stream_with_a_model(served, popular_entry) -> None:
    await served.promote(popular_entry)
    assert (await served.ask("anybody")).fallback == NOTHING.text
    # A visit is a history: the model can answer.
    answer = await served.ask("anybody", 3, session=("item-0",))
    assert (answer.model, answer.fallback, names(answer)) == (
        "popularity",
        None,
        ["item-1", "item-2", "item-3"],
    )


async def test_without_a_model_the_baselines_answer(served) -> None:
    served.know(*ROWS, ("u1", "item-9"))
    answer = await served.ask("u1")
    assert (answer.model, answer.version, answer.fallback) == ("live", "1", NO_MODEL.text)
    assert {item.sources for item in answer.items} == {("live",)}
    assert not {"item-1", "item-9"} & set(names(answer))
    assert all(0 < item.score < 1 for item in answer.items)


@pytest.mark.parametrize("with_model", [True, False])
async def test_an_unknown_user_gets_what_is_popular_and_is_told_so(served, popular_entry, with_model) -> None:
    served.know(*ROWS, ("v", "item-7"), ("w", "item-7"), *[(f"x{number}", "item-7") for number in range(30)])
    if with_model:
        await served.promote(popular_entry)
    answer = await served.ask("stranger", 2)
    assert answer.fallback == UNKNOWN_USER.text
    assert (answer.model, names(answer)[0]) == ("live", "item-7")
    assert answer.items[0].sources == ("popular",)
    assert answer.items[0].reason == "popular now"


async def test_a_user_of_items_that_the_model_does_not_know(served, popular_entry) -> None:
    await served.promote(popular_entry)
    served.know(*[(f"u{number}", item) for number in range(9) for item in ("new hat", "new scarf")])
    served.know(("u", "new hat"))
    answer = await served.ask("u", 1)
    assert (answer.model, answer.fallback, names(answer)) == ("live", UNKNOWN_ITEMS.text, ["new scarf"])
    assert answer.items[0].reason == "because you looked at new hat"
    # One item that it knows is enough.
    served.know(("u", "item-3"))
    answer = await served.ask("u", 3)
    assert (answer.model, answer.fallback) == ("popularity", None)
    assert names(answer) == ["item-0", "item-1", "item-2"]


async def test_a_history_of_one_item(served, sequential_entry) -> None:
    served.know(("u", "item-3"))
    await served.promote(sequential_entry)
    answer = await served.ask("u", 10)
    assert (answer.model, answer.fallback, len(answer.items)) == ("sasrec", None, 10)
    assert "item-3" not in names(answer)
    assert {item.sources for item in answer.items} == {("sasrec",)}


async def test_a_model_that_fails_is_answered_for(served, popular_entry, monkeypatch, caplog) -> None:
    served.know(*ROWS)
    await served.promote(popular_entry)
    good = await served.ask("u1")
    runtime = served.champion.ranker.runtime
    monkeypatch.setattr(runtime, "logits", lambda items: np.full((len(items), 20), np.nan, np.float32))
    for _ in range(3):
        answer = await served.ask("u1", items=("item-2", "item-3"))
        assert (answer.model, answer.fallback, len(answer.items)) == ("live", FAILED.text, 2)
    assert served.counted.answers[-1] == ("live", "1", "model-failed")
    assert sum("no numbers" in record.message for record in caplog.records) == 1
    monkeypatch.undo()
    assert names(await served.ask("u1")) == names(good)


async def test_unknown_items_to_be_scored(served, popular_entry) -> None:
    served.know(*ROWS)
    await served.promote(popular_entry)
    for user in ("u1", "stranger"):
        answer = await served.ask(user, 1, items=("nobody's", "item-2", "item-1"))
        assert set(names(answer)) == {"nobody's", "item-2", "item-1"}  # k is of the whole catalogue
        assert names(answer)[-1] == "nobody's"
        assert all(0 < item.score < 1 for item in answer.items)


async def test_what_cannot_be_had_is_not_recommended_but_scored_when_asked(served, popular_entry) -> None:
    served.know(*ROWS)
    served.sell(Item("item-0", available=False), Item("item-2", available=True))
    await served.promote(popular_entry)
    assert names(await served.ask("u1", 3)) == ["item-2", "item-3", "item-4"]
    assert "item-0" not in names(await served.ask("stranger", 50))
    assert "item-0" in names(await served.ask("u1", items=("item-0", "item-2")))


@pytest.mark.parametrize("user", ["u1", "stranger"])
async def test_a_category(served, popular_entry, user) -> None:
    served.know(*ROWS)
    served.sell(Item("item-3", category="hats"), Item("item-4", category="hats"), Item("item-2"))
    await served.promote(popular_entry)
    assert set(names(await served.ask(user, filters={"category": "hats"}))) == {"item-3", "item-4"}
    empty = await served.ask(user, filters={"category": "boats"})
    # Nothing of that kind is not the same as nothing known at all.
    assert (empty.items, empty.fallback) == ((), UNKNOWN_USER.text if user == "stranger" else None)


async def test_a_visit_counts_and_what_is_known_of_it_counts_once(served, next_entry) -> None:
    await served.promote(next_entry)
    served.know(("a", "item-1"), ("a", "item-2"), ("b", "item-1"), ("b", "item-2"), ("b", "item-9"))
    assert names(await served.ask("a", session=("item-2", "item-9"))) == names(await served.ask("b"))
    assert names(await served.ask("a")) != names(await served.ask("b"))


async def test_reasons(served, popular_entry, next_entry) -> None:
    await served.promote(next_entry)
    pairs = [(f"u{number}", item) for number in range(9) for item in ("item-1", "item-2")]
    others = [(f"p{number}", f"item-{10 + number}") for number in range(150)]
    served.know(*others, *pairs, ("a", "item-1", "purchase"))
    served.sell(Item("item-1", "Red hat"))
    wanted = ("item-1", "item-2", "item-159", "item-10", "item-199")
    found = {item.item_id: item.reason for item in (await served.ask("a", items=wanted)).items}
    assert found == {
        "item-1": "you bought it before",
        "item-2": "because you bought Red hat",
        "item-159": "popular now",
        "item-10": "fits what you did last",
        "item-199": "fits what you did last",
    }


async def test_a_model_that_is_late_is_answered_for_by_what_is_known_live(
    served, popular_entry, thread
) -> None:
    served.know(*ROWS)
    await served.promote(popular_entry)
    served.answers._deadline = 0.02
    assert (await served.ask("u1")).model == "popularity"
    hangs = Event()
    run = served.champion.ranker._batcher._run

    def slow(jobs):
        hangs.wait(5)
        return run(jobs)

    served.champion.ranker._batcher = Batcher(slow, 8, thread)
    answer = await served.ask("u1")
    assert (answer.model, answer.fallback) == ("live", LATE.text)
    assert served.counted.answers[-1] == ("live", "1", "deadline")
    hangs.set()
