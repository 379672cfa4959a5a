"""Requests in, answers out, measured."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any, Protocol

from pandian.events import Impression, Recommendation, Request
from streams.features.live import LiveState
from streams.recommend.answers import Answers
from streams.recommend.champion import Champion


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
    """

    def __init__(
        self,
        live: LiveState,
        answers: Answers,
        champion: Champion,
        measured: Measured,
        clock: Callable[[], int] = _now,
    ) -> None:
        self._live = live
        self._answers = answers
        self._champion = champion
        self._measured = measured
        self._clock = clock

    async def answer(self, request: Request) -> Recommendation:
        """Return the answer to a request; it bears the request's time, or else the time now."""
        began = time.perf_counter()
        now = request.time or self._clock()
        ranker, items, fallback = await self._answers.answer(request, now)
        seconds = time.perf_counter() - began
        self._measured.answered(ranker.model, ranker.version, fallback.kind if fallback else "none", seconds)
        return Recommendation(
            request_id=request.request_id,
            user_id=request.user_id,
            model=ranker.model,
            version=ranker.version,
            time=now,
            items=items,
            fallback=fallback.text if fallback else None,
            knows_until=self._live.knows_until,
            latency_ms=round(seconds * 1000, 3),
        )

    def user(self, user_id: str) -> list[dict[str, Any]]:
        """Return the interactions that this worker keeps of a user, oldest first; empty for one who is not known."""
        return [event._asdict() for event in self._live.history(user_id)]

    def models(self) -> dict[str, Any]:
        """Return which model is the champion, which one answers here, and what was refused."""
        return self._champion.describe()


def impressions(answer: Recommendation) -> Iterator[Impression]:
    """Return what was shown with an answer. Answered again, a request gives impressions of the same ids."""
    for position, item in enumerate(answer.items):
        yield Impression(
            impression_id=f"{answer.request_id}:{position}",
            request_id=answer.request_id,
            user_id=answer.user_id,
            item_id=item.item_id,
            position=position,
            score=item.score,
            model=answer.model,
            version=answer.version,
            time=answer.time,
        )
