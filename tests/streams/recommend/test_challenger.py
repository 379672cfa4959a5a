"""A challenger is tried out beside the champion, and whatever it does, everybody gets an answer."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections import Counter

import pytest

from monitoring.experiments.assignment import Split
from pandian.events import Recommendation, Request
from streams.recommend import shadow as shadowing
from streams.recommend import trials
from streams.recommend.base import RankingError
from streams.recommend.service import impressions
from streams.recommend.shadow import Given, Shadow
from tests.support.served import Served

USERS = [f"u{number}" for number in range(60)]


async def experiment(
    served: Served, champion, challenger, share: float, *, interleaved: bool = False
) -> dict[bool, list[str]]:
    """Begin one; return the users by whether they are the challenger's."""
    served.know(*[(user, f"item-{number % 15}") for number, user in enumerate(USERS)])
    served.challenger._interleaving = interleaved
    await served.promote(champion)
    await served.challenge(challenger, share)
    split = Split(f"{challenger.model}@{challenger.version}", share)
    return {has: [user for user in USERS if split.has(user) is has] for has in (True, False)}


def of(answer: Recommendation) -> tuple[str, str | None, str | None]:
    return answer.model, answer.fallback, answer.trial and answer.trial.arm


async def test_a_registry_that_vanishes_is_said_and_both_go_on_until_it_is_back(
    served, popular_entry, next_entry, caplog
) -> None:
    await served.promote(popular_entry)
    await served.challenge(next_entry, 0.5)
    away = served.registry.root.rename(served.registry.root.with_name("away"))
    for _ in range(2):
        await served.champion.look()
        await served.challenger.look()
    assert served.champion.ranker.version == popular_entry.version
    assert served.challenger.ranker.version == next_entry.version
    described = served.champion.describe()
    assert described["champion"]["version"] == popular_entry.version
    (refused,) = described["refused"]
    assert (refused["reason"], "is not mounted" in refused["text"]) == ("registry", True)
    assert caplog.text.count("had a champion and has none any more") == 2  # once of each
    away.rename(served.registry.root)
    served.registry.promote(next_entry.model, next_entry.version, by="me", why="")
    await served.champion.look()
    await served.challenger.look()
    assert served.champion.ranker.version == next_entry.version
    assert served.champion.describe()["refused"] == []
    assert served.challenger.ranker is None


async def test_in_shadow_nobody_gets_it(served, popular_entry, next_entry) -> None:
    await experiment(served, popular_entry, next_entry, 0.0)
    for user in USERS[:10]:
        answer = await served.ask(user)
        assert of(answer) == ("popularity", None, None)
        assert {item.team for item in answer.items} == {None}
    assert served.challenger.describe() | {"time": 0} == {
        "model": "item-to-item",
        "version": next_entry.version,
        "share": 0.0,
        "interleaved": False,
        "time": 0,
        "by": "test",
        "why": "test",
        "loaded": True,
        "refused": [],
    }


async def test_its_share_of_users_gets_its_answers(served, popular_entry, next_entry) -> None:
    users = await experiment(served, popular_entry, next_entry, 0.4)
    assert min(map(len, users.values())) > 10
    for user in users[True]:
        answer = await served.ask(user)
        assert of(answer) == ("item-to-item", None, "challenger")
        assert {item.sources for item in answer.items} == {("item-to-item",)}
    for user in users[False]:
        assert of(await served.ask(user)) == ("popularity", None, "champion")
    shown = list(impressions(await served.ask(users[True][0], 3)))
    assert {(one.model, one.trial and one.trial.arm) for one in shown} == {("item-to-item", "challenger")}
    # Whoever is not known counts for the arm that they are in, too.
    stranger = next(f"s{n}" for n in range(99) if Split(str(shown[0].trial.challenger), 0.4).has(f"s{n}"))
    assert of(await served.ask(stranger)) == ("live", trials_fallback(), "challenger")


def trials_fallback() -> str:
    from streams.recommend.answers import UNKNOWN_USER

    return UNKNOWN_USER.text


@pytest.mark.parametrize("trouble", ["fails", "waits"])
async def test_when_it_gives_no_answer_the_champion_does(
    served, popular_entry, next_entry, monkeypatch, trouble
) -> None:
    monkeypatch.setattr(trials, "_PATIENCE_SECONDS", 0.02)
    users = await experiment(served, popular_entry, next_entry, 0.5)

    async def best(*_: object) -> None:
        if trouble == "waits":
            await asyncio.sleep(30)
        raise RankingError("it failed")

    monkeypatch.setattr(served.challenger.ranker, "best", best)
    began = time.monotonic()
    answer = await served.ask(users[True][0])
    assert time.monotonic() - began < 5
    # It still counts as the challenger's user.
    assert of(answer) == ("popularity", None, "challenger")
    served.challenger._interleaving = True
    assert of(await served.ask(users[True][0])) == ("popularity", None, None)


async def test_interleaved_pages_are_of_both(served, popular_entry, next_entry) -> None:
    users = await experiment(served, popular_entry, next_entry, 0.5, interleaved=True)
    seen: Counter[str | None] = Counter()
    for user in users[True]:
        answer = await served.service.answer(Request(f"r-{user}", user, 6))
        assert (answer.model, answer.fallback, answer.trial.interleaved) == ("popularity", None, True)
        assert len({item.item_id for item in answer.items}) == 6
        seen.update(item.team for item in answer.items)
        shown = list(impressions(answer))
        for item, impression in zip(answer.items, shown, strict=True):
            model = {"champion": "popularity", "challenger": "item-to-item"}[item.team]
            assert item.sources == (model,)
            assert (impression.model, impression.trial.arm) == (model, item.team)
            assert 0 < impression.score < 1
        again = await served.service.answer(Request(f"r-{user}", user, 6))
        assert again.items == answer.items
    assert seen["champion"] == seen["challenger"]
    for user in users[False]:
        assert of(await served.ask(user)) == ("popularity", None, None)
    # Items that the request names are ordered by the champion.
    answer = await served.ask(users[True][0], items=("item-3", "item-4"))
    assert of(answer) == ("popularity", None, None)


async def test_it_is_followed(served, popular_entry, next_entry, sequential_entry) -> None:
    await experiment(served, popular_entry, next_entry, 0.5)
    first = served.challenger.ranker
    await served.challenge(next_entry, 1.0)
    assert served.challenger.ranker is first
    assert of(await served.ask("u1"))[0] == "item-to-item"
    await served.challenge(sequential_entry, 1.0)
    assert of(await served.ask("u1"))[0] == "sasrec"
    # Promoted, it is no challenger any more; and the registry may name none.
    await served.promote(sequential_entry)
    await served.challenger.look()
    assert served.challenger.ranker is None
    assert of(await served.ask("u1")) == ("sasrec", None, None)
    assert served.challenger.describe() is None
    await served.challenge(popular_entry)
    await served.challenge(None)
    assert (served.challenger.describe(), served.challenger.ranker) == (None, None)


async def test_one_that_cannot_be_trusted_is_refused(served, popular_entry, next_entry) -> None:
    await served.promote(popular_entry)
    served.registry.add(next_entry.path)
    served.registry.shadow(next_entry.model, next_entry.version, share=1.0, by="test", why="test")
    folder = served.registry.root / "entries" / next_entry.model / next_entry.version
    folder.chmod(0o755)
    shutil.move(folder, folder.with_name("elsewhere"))
    await served.challenger.look()
    assert served.challenger.ranker is None
    assert served.counted.refusals == ["missing"]
    assert served.challenger.describe()["loaded"] is False
    assert [one["reason"] for one in served.challenger.describe()["refused"]] == ["missing"]
    served.know(("u", "item-1"))
    assert of(await served.ask("u")) == ("popularity", None, None)
    shutil.move(folder.with_name("elsewhere"), folder)
    await served.challenger.look()
    assert served.challenger.ranker is None  # it is asked again later, not at once
    served.clock.advance(31)
    await served.challenger.look()
    assert served.challenger.ranker is not None
    assert served.challenger.describe()["refused"] == []


async def test_a_registry_that_cannot_be_read_changes_nothing(served, popular_entry, next_entry) -> None:
    await experiment(served, popular_entry, next_entry, 1.0)
    (served.registry.root / "challenger.json").write_bytes(b"{")
    await served.challenger.look()
    assert served.counted.refusals == ["registry"]
    assert of(await served.ask("u1"))[0] == "item-to-item"


class Shadowed:
    """The shadow of a served worker, and what it counted."""

    def __init__(self, served: Served) -> None:
        self.counts: Counter[str] = Counter()
        self._served = served
        self._shadow = Shadow(served.champion, served.challenger, self.count)

    def count(self, outcome: str, answers: int) -> None:
        self.counts[outcome] += answers

    async def scores(self, *users: str, k: int = 5):
        given = [await self._served.service.given(Request(f"r-{user}", user, k)) for user in users]
        return given, await self._shadow.scores(given)

    async def of(self, given: list[Given]):
        return await self._shadow.scores(given)


async def test_the_other_model_scores_what_was_shown(served, popular_entry, next_entry) -> None:
    users = await experiment(served, popular_entry, next_entry, 0.5)
    shadowed = Shadowed(served)
    for has, other in ((True, served.champion), (False, served.challenger)):
        (given,), (said,) = await shadowed.scores(users[has][0])
        items = [item.item_id for item in given.answer.items]
        scored = {one.item_id: one.score for one in await other.ranker.score(given.history, items)}
        assert [(one.model, one.version, one.score) for one in said] == [
            (other.ranker.model, other.ranker.version, scored[item]) for item in items
        ]
        shown = list(impressions(given.answer, said))
        assert [one.shadow for one in shown] == list(said)
        assert {one.model for one in shown} == {given.answer.model}
    assert shadowed.counts == {"scored": 2}


async def test_the_history_is_that_of_the_answer(served, popular_entry, next_entry) -> None:
    """Else a click on what was shown would be known to whoever scores it."""
    await experiment(served, popular_entry, next_entry, 0.0)
    shadowed = Shadowed(served)
    (given,), (before,) = await shadowed.scores("u1")
    served.know(("u1", given.answer.items[0].item_id), ("u1", "item-199"))
    assert await shadowed.of([given]) == [before]
    (later,), _ = await shadowed.scores("u1")
    assert len(later.history) == len(given.history) + 2


async def test_interleaved_items_are_scored_by_the_team_that_did_not_draft_them(
    served, popular_entry, next_entry
) -> None:
    users = await experiment(served, popular_entry, next_entry, 0.5, interleaved=True)
    (given,), (said,) = await Shadowed(served).scores(users[True][0], k=6)
    for item, shadow in zip(given.answer.items, said, strict=True):
        assert shadow.model == {"champion": "item-to-item", "challenger": "popularity"}[item.team]


async def test_there_is_a_limit_to_how_many_and_how_long(
    served, popular_entry, next_entry, monkeypatch
) -> None:
    await experiment(served, popular_entry, next_entry, 0.0)
    shadowed = Shadowed(served)
    monkeypatch.setattr(shadowing, "_MOST", 3)
    _, said = await shadowed.scores(*USERS[:5])
    assert [len(one) for one in said] == [5, 5, 5, 0, 0]
    assert shadowed.counts == {"scored": 3, "dropped": 2}
    monkeypatch.setattr(shadowing, "_SECONDS", 0.02)

    async def score(*_: object) -> None:
        await asyncio.sleep(30)

    monkeypatch.setattr(served.challenger.ranker, "score", score)
    began = time.monotonic()
    _, said = await shadowed.scores(*USERS[:2])
    assert time.monotonic() - began < 5
    assert said == [(), ()]
    assert shadowed.counts == {"scored": 3, "dropped": 4}


@pytest.mark.parametrize("error", [RankingError("it failed"), KeyError("of Pandian itself")])
async def test_trouble_costs_the_score_and_nothing_else(
    served, popular_entry, next_entry, monkeypatch, error
) -> None:
    await experiment(served, popular_entry, next_entry, 0.0)
    shadowed = Shadowed(served)

    async def score(*_: object) -> None:
        raise error

    monkeypatch.setattr(served.challenger.ranker, "score", score)
    (given,), (said,) = await shadowed.scores("u1")
    assert {one.shadow for one in impressions(given.answer, said)} == {None}
    (_,), (said,) = await shadowed.scores("stranger")
    assert said == ()
    assert shadowed.counts == {"failed": 1, "unknown": 1}
    await served.challenge(None)
    assert (await shadowed.scores("u1"))[1] == [()]
    assert shadowed.counts == {"failed": 1, "unknown": 1}
