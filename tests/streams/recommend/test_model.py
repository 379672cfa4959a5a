"""A model as a ranker: exactly what its logits say."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest

from export.head import open_head
from export.runtime import OnnxModel
from streams.recommend import model as module
from streams.recommend.base import RankingError
from streams.recommend.model import ModelRanker
from tests.streams.recommend.conftest import N_ITEMS
from tests.support.allowed import Where, everything

HISTORY = ["item-3", "item-150", "nobody's", "item-7"]


def expected(runtime: OnnxModel, history, allowed=everything) -> list[tuple[str, float]]:
    """Return all items as a full sort of the logits gives them."""
    logits = runtime.logits(runtime.encode([history]))[0]
    order = np.lexsort((np.arange(len(logits)), -logits))
    seen = set() if runtime.keeps_seen else set(history)
    names = [(runtime.catalogue[column], float(runtime.scores(logits[column]))) for column in order]
    return [(name, score) for name, score in names if name not in seen and allowed(name)]


def agree(found, wanted) -> None:
    """Check that items are the same, in the same order, and their scores but for the order of sums."""
    assert [one[0] for one in found] == [one[0] for one in wanted]
    assert [one[1] for one in found] == pytest.approx([one[1] for one in wanted])


@pytest.fixture(params=["loop", "thread", "head"])
def ranker(request, sequential, thread, monkeypatch) -> ModelRanker:
    """The same model, run where a quick one and where a slow one runs, and as one of a large catalogue is."""
    monkeypatch.setattr(module, "_QUICK_SECONDS", 0.0 if request.param == "thread" else 60.0)
    if request.param == "head":
        monkeypatch.setattr(module, "open_head", lambda model: open_head(model, least=1))
    made = ModelRanker(sequential, thread)
    assert made.has_head == (request.param == "head")
    return made


async def test_the_best_are_those_of_a_full_sort(ranker, sequential) -> None:
    for k in (1, 10, 150, 1000):
        best = await ranker.best(HISTORY, k, everything)
        agree(best, expected(sequential, HISTORY)[:k])
    assert len(best) == N_ITEMS - 3
    assert all(0 < one.score < 1 for one in best)


async def test_what_is_not_allowed_is_looked_past_however_much_it_is(ranker, sequential) -> None:
    rare = {f"item-{number}" for number in range(0, N_ITEMS, 50)}
    best = await ranker.best(HISTORY, 10, Where(rare.__contains__))
    assert [one.item_id for one in best] == [
        name for name, _ in expected(sequential, HISTORY, rare.__contains__)
    ]
    assert await ranker.best(HISTORY, 10, Where(lambda _: False)) == []


async def test_many_at_once_get_what_each_gets_alone(ranker) -> None:
    histories = [
        [f"item-{(7 * number + step) % N_ITEMS}" for step in range(number % 5 + 1)] for number in range(30)
    ]
    alone = [await ranker.best(history, 5, everything) for history in histories]
    together = await asyncio.gather(*(ranker.best(history, 5, everything) for history in histories))
    for one, other in zip(alone, together, strict=True):
        assert [scored.item_id for scored in one] == [scored.item_id for scored in other]
        assert [scored.score for scored in one] == pytest.approx([scored.score for scored in other], abs=1e-5)


async def test_exactly_the_items_that_were_asked_for(ranker, sequential) -> None:
    items = ["item-9", "zzz", "item-3", "item-120", "aaa"]
    scored = await ranker.score(HISTORY, items)
    logits = sequential.logits(sequential.encode([HISTORY]))[0]
    known = sorted(("item-9", "item-3", "item-120"), key=lambda item: -logits[sequential.index[item]])
    # Items of the history too; those that the model does not know come last, and score as its last.
    assert [one.item_id for one in scored] == [*known, "aaa", "zzz"]
    assert [one.score for one in scored[3:]] == pytest.approx([float(sequential.scores(logits.min()))] * 2)
    assert [one.item_id for one in await ranker.score(HISTORY, ["only", "strangers"])] == [
        "only",
        "strangers",
    ]


async def test_one_item_and_more_items_than_it_looks_at(ranker, sequential) -> None:
    for history in (["item-3"], [f"item-{number}" for number in range(90)]):
        best = await ranker.best(history, 3, everything)
        agree(best, expected(sequential, history)[:3])


async def test_a_model_that_keeps_what_was_seen(next_entry, thread) -> None:
    runtime = OnnxModel(next_entry)
    ranker = ModelRanker(runtime, thread)
    for _ in range(2):  # dropping what was seen must not reach into a later answer
        best = await ranker.best(HISTORY, N_ITEMS, everything)
        assert len(best) == N_ITEMS
    assert (ranker.model, ranker.source, ranker.version) == (
        "item-to-item",
        "item-to-item",
        next_entry.version,
    )
    assert ranker.known(HISTORY) == 3


@pytest.mark.parametrize("bad", [np.nan, np.inf])
async def test_logits_that_are_no_numbers_are_no_answer(sequential, thread, monkeypatch, bad) -> None:
    ranker = ModelRanker(sequential, thread)
    monkeypatch.setattr(sequential, "logits", lambda items: np.full((len(items), N_ITEMS), bad, np.float32))
    with pytest.raises(RankingError, match="no numbers"):
        await ranker.best(HISTORY, 3, everything)
    with pytest.raises(RankingError):
        await ranker.score(HISTORY, ["item-1"])


async def test_a_model_that_fails_says_so_without_values(sequential, thread, monkeypatch) -> None:
    ranker = ModelRanker(sequential, thread)

    def fails(_):
        raise RuntimeError("item-3 is secret")

    monkeypatch.setattr(sequential, "logits", fails)
    with pytest.raises(RankingError, match=r"sasrec \S+ failed: RuntimeError$"):
        await ranker.best(HISTORY, 3, everything)
    monkeypatch.undo()
    assert len(await ranker.best(HISTORY, 3, everything)) == 3


@pytest.mark.parametrize(("seconds", "most"), [(0.0, 4), (60.0, 32)])
def test_so_many_are_run_at_once_as_are_done_in_time(sequential, thread, monkeypatch, seconds, most) -> None:
    """What a model takes is measured; one that is slow even so is given a few, as one by one would take longer."""
    monkeypatch.setattr(module, "_BATCH_SECONDS_ON_LOOP", seconds)
    monkeypatch.setattr(module, "_QUICK_SECONDS", 60.0)
    seen: list[int] = []
    ranker = ModelRanker(sequential, thread)
    logits = sequential.logits
    monkeypatch.setattr(sequential, "logits", lambda items: seen.append(len(items)) or logits(items))

    async def ask() -> None:
        await asyncio.gather(*(ranker.best(HISTORY, 5, everything) for _ in range(40)))

    asyncio.run(ask())
    assert max(seen) == most
    assert sum(seen) == 40
