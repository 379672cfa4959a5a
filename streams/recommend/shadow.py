"""The other model's scores of what was shown: after the answer is given, for as long as there is time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import NamedTuple

from monitoring.serving import SHADOW_OUTCOMES
from pandian.events import Recommendation, ShadowScore
from streams.recommend.base import RankingError
from streams.recommend.challenger import Challenger
from streams.recommend.champion import Champion
from streams.recommend.model import ModelRanker

#: Answers that are scored at once, and the time that there is for all of them: what is beyond is dropped.
_MOST = 256
_SECONDS = 0.25
SCORED, DROPPED, FAILED, UNKNOWN = SHADOW_OUTCOMES

Shadows = Sequence[ShadowScore | None]


class Given(NamedTuple):
    """An answer, and the history that it was made from: nothing that came later may be known to whoever scores it."""

    answer: Recommendation
    history: Sequence[str]


class Shadow:
    """Scores answers by the model that did not give them.

    Args:
        champion: one model.
        challenger: the other.
        counted: is told what became of how many answers.
    """

    def __init__(
        self, champion: Champion, challenger: Challenger, counted: Callable[[str, int], None]
    ) -> None:
        self._champion = champion
        self._challenger = challenger
        self._counted = counted

    @property
    def active(self) -> bool:
        """Whether there are two models."""
        return self._challenger.ranker is not None and self._champion.ranker is not None

    async def scores(self, given: Sequence[Given]) -> list[Shadows]:
        """Return for each answer what the other model says of its items; nothing for those that there is no time for.

        Takes at most a quarter of a second. Never raises.
        """
        found: list[Shadows] = [()] * len(given)
        if not self.active or not given:
            return found
        tasks = [asyncio.ensure_future(self._scored(one)) for one in given[:_MOST]]
        done, late = await asyncio.wait(tasks, timeout=_SECONDS)
        for task in late:
            task.cancel()
        for number, task in enumerate(tasks):
            outcome, found[number] = _outcome(task) if task in done else (DROPPED, ())
            self._counted(outcome, 1)
        if len(given) > _MOST:
            self._counted(DROPPED, len(given) - _MOST)
        return found

    async def _scored(self, given: Given) -> tuple[str, Shadows]:
        answer = given.answer
        others = [self._other(answer, place) for place in range(len(answer.items))]
        if not any(others):
            return UNKNOWN, ()
        found: list[ShadowScore | None] = [None] * len(others)
        for other in dict.fromkeys(filter(None, others)):
            places = [place for place, one in enumerate(others) if one is other]
            try:
                if not other.known(given.history):
                    return UNKNOWN, ()
                scored = await other.score(given.history, [answer.items[place].item_id for place in places])
            except RankingError:
                return FAILED, ()
            by_item = {one.item_id: one.score for one in scored}
            for place in places:
                score = by_item[answer.items[place].item_id]
                found[place] = ShadowScore(other.model, other.version, score)
        return SCORED, found

    def _other(self, answer: Recommendation, place: int) -> ModelRanker | None:
        """Return the model that did not choose an item; None when neither did."""
        name = chosen_by(answer, place)
        champion, challenger = self._champion.ranker, self._challenger.ranker
        if champion is None or challenger is None:
            return None
        if name == (champion.model, champion.version):
            return challenger
        return champion if name == (challenger.model, challenger.version) else None


def _outcome(task: asyncio.Task[tuple[str, Shadows]]) -> tuple[str, Shadows]:
    # Whatever a model does that was swapped meanwhile: what was shown is written all the same.
    return (FAILED, ()) if task.exception() else task.result()


def chosen_by(answer: Recommendation, place: int) -> tuple[str, str]:
    """Return model and version that an item of an answer is of."""
    team = answer.items[place].team
    if answer.trial is None or team is None:
        return answer.model, answer.version
    name: str = getattr(answer.trial, team)
    model, _, version = name.partition("@")
    return model, version
