"""Answers carry what is needed to label them, and are measured."""

from __future__ import annotations

import asyncio

import orjson

from pandian.events import Item, encode
from streams.recommend.service import impressions
from tests.support.live import START

ROWS = [(f"u{number}", f"item-{number % 5}") for number in range(40)]


async def test_an_answer_says_when_and_how_much_it_knew(served, popular_entry) -> None:
    served.know(*ROWS)
    await served.promote(popular_entry)
    answer = await served.ask("u1", 3, time=START + 123)
    assert (answer.request_id, answer.user_id, answer.time) == ("r1", "u1", START + 123)
    assert (await served.ask("u1")).time == START + 7
    assert answer.knows_until == START + 39_000
    assert answer.latency_ms > 0
    assert served.counted.answers == [("popularity", popular_entry.version, "none")] * 2
    document = orjson.loads(encode(answer))
    assert document["items"][0].keys() == {
        "item_id",
        "score",
        "sources",
        "reason",
        "team",
        "contributions",
    }
    assert document["fallback"] is None


async def test_the_same_request_again_gives_impressions_of_the_same_ids(served, popular_entry) -> None:
    served.know(*ROWS)
    await served.promote(popular_entry)
    first = list(impressions(await served.ask("u1", 4, time=START)))
    again = list(impressions(await served.ask("u1", 4, time=START)))
    assert first == again
    assert [one.impression_id for one in first] == ["r1:0", "r1:1", "r1:2", "r1:3"]
    assert [one.position for one in first] == [0, 1, 2, 3]
    assert {(one.user_id, one.model, one.version, one.time) for one in first} == {
        ("u1", "popularity", popular_entry.version, START)
    }
    assert [one.score for one in first] == sorted((one.score for one in first), reverse=True)


async def test_equal_requests_get_equal_answers_however_many_ask_at_once(served, sequential_entry) -> None:
    served.know(*[(f"u{number % 7}", f"item-{number % 150}") for number in range(400)])
    await served.promote(sequential_entry)
    alone = {f"u{number}": await served.ask(f"u{number}") for number in range(7)}
    together = await asyncio.gather(*(served.ask(user) for _ in range(10) for user in alone))
    for answer in together:
        assert [item.item_id for item in answer.items] == [
            item.item_id for item in alone[answer.user_id].items
        ]


async def test_what_is_known_of_a_user(served) -> None:
    served.know(("u", "a"), ("v", "b"), ("u", "c", "purchase"))
    assert served.service.user("u") == [
        {"item_id": "a", "action": "view", "time": START},
        {"item_id": "c", "action": "purchase", "time": START + 2000},
    ]
    assert served.service.user("nobody") == []


async def test_impressions_say_what_kind_they_are(served, popular_entry) -> None:
    served.know(*ROWS, ("u1", "item-9"), *[("fan", f"item-{number}") for number in range(6)])
    served.sell(Item("item-0", category="mugs"), Item("item-1", category=None))
    await served.promote(popular_entry)
    kinds = {}
    for user, history in (("u1", ["item-1", "item-9"]), ("fan", [f"item-{number}" for number in range(6)])):
        answer = await served.ask(user, 20)
        for one in impressions(answer, (), history, lambda item: served.catalogue.get(item).category):
            kinds[user, one.item_id] = one.segments
    assert kinds["u1", "item-0"] == {"user": "new", "group": "mugs", "source": "popularity"}
    assert kinds["fan", "item-9"] == {"user": "known", "source": "popularity"}
    assert {one.segments["source"] for one in impressions(answer)} == {"popularity"}
