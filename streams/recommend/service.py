"""Requests in, answers out, measured."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any, Protocol

from pandian.events import Impression, Recommendation, Request, Trial
from pandian.segments import GROUP, KNOWN, KNOWN_FROM, LONGEST, NEW, SOURCE, USER
from streams.features.live import LiveState
from streams.recommend.answers import Answers
from streams.recommend.challenger import Challenger
from streams.recommend.champion import Champion
from streams.recommend.explaining import explained
from streams.recommend.shadow import Given, Shadows, chosen_by


class Measured(Protocol):
    """Counts answers: see :class:`monitoring.serving.ServingMetrics`."""

    def answered(self, model: str, version: str, fallback: str, seconds: float) -> None:
        """Count one answer, the time it took, and what kind of fallback it was (``none``: none)."""
        ...


def _now() -> int:
    return time.time_ns() // 1_000_000


class RecommendService:
    """Answers requests from what this worker knows.

    Args:
        live: sequences and baselines.
        answers: ranks.
        champion: the model.
        measured: counts.
        clock: epoch milliseconds.
        challenger: the model that is tried out.
    """

    def __init__(
        self,
        live: LiveState,
        answers: Answers,
        champion: Champion,
        measured: Measured,
        clock: Callable[[], int] = _now,
        challenger: Challenger | None = None,
    ) -> None:
        self._live = live
        self._answers = answers
        self._champion = champion
        self._measured = measured
        self._clock = clock
        self._challenger = challenger

    async def answer(self, request: Request) -> Recommendation:
        """Return the answer to a request; it bears the request's time, or else the time now."""
        return (await self.given(request)).answer

    async def given(self, request: Request) -> Given:
        """Return the same, with the history that it was made from."""
        began = time.perf_counter()
        now = request.time or self._clock()
        ranker, items, fallback, history, trial = await self._answers.answer(request, now)
        if request.explain:
            items = await explained(ranker, history, items)
        seconds = time.perf_counter() - began
        self._measured.answered(ranker.model, ranker.version, fallback.kind if fallback else "none", seconds)
        answer = Recommendation(
            request_id=request.request_id,
            user_id=request.user_id,
            model=ranker.model,
            version=ranker.version,
            time=now,
            items=items,
            fallback=fallback.text if fallback else None,
            knows_until=self._live.knows_until,
            latency_ms=round(seconds * 1000, 3),
            trial=trial,
        )
        return Given(answer, history)

    def user(self, user_id: str) -> list[dict[str, Any]]:
        """Return the interactions that this worker keeps of a user, oldest first; empty for one who is not known."""
        return [event._asdict() for event in self._live.history(user_id)]

    def models(self) -> dict[str, Any]:
        """Return which model is the champion, which one answers here, what was refused, and what is tried out."""
        challenger = self._challenger.describe() if self._challenger else None
        return {**self._champion.describe(), "challenger": challenger}


#: Names the category of an item; None where it is not known.
Grouped = Callable[[str], str | None]


def impressions(
    answer: Recommendation,
    shadows: Shadows = (),
    history: Sequence[str] | None = None,
    grouped: Grouped | None = None,
) -> Iterator[Impression]:
    """Return what was shown with an answer. Answered again, a request gives impressions of the same ids.

    Args:
        answer: was given.
        shadows: what the other model of an experiment says of each item; empty: nothing.
        history: that it was made from, by which the user is new or known; None: not said.
        grouped: tells the category of an item; None: not said.
    """
    user = None if history is None else NEW if len(history) < KNOWN_FROM else KNOWN
    for position, item in enumerate(answer.items):
        model, version = chosen_by(answer, position)
        yield Impression(
            impression_id=f"{answer.request_id}:{position}",
            request_id=answer.request_id,
            user_id=answer.user_id,
            item_id=item.item_id,
            position=position,
            score=item.score,
            model=model,
            version=version,
            time=answer.time,
            shadow=shadows[position] if shadows else None,
            trial=_trial(answer.trial, item.team),
            segments=_segments(user, grouped and grouped(item.item_id), item.sources),
        )


def _segments(user: str | None, group: str | None, sources: Sequence[str]) -> dict[str, str] | None:
    said = ((USER, user), (GROUP, group), (SOURCE, sources[0] if sources else None))
    return {name: value[:LONGEST] for name, value in said if value} or None


def _trial(trial: Trial | None, team: str | None) -> Trial | None:
    if trial is None or not trial.interleaved:
        return trial
    return replace(trial, arm=team) if team else None
