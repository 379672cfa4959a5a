"""The best that can be said of a user now: what the model says, or a fallback that says what it is."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import NamedTuple

from pandian.events import Recommended, Request, Trial
from streams.features.base import Event
from streams.features.catalogue import Catalogue
from streams.features.live import LiveState
from streams.recommend.base import Ranker, RankingError, Scored
from streams.recommend.baseline import LiveRanker
from streams.recommend.challenger import Challenger
from streams.recommend.champion import Champion
from streams.recommend.diversity import diverse
from streams.recommend.filters import allowed_by
from streams.recommend.history import with_session
from streams.recommend.introducing import Introducing
from streams.recommend.reasons import Reasons
from streams.recommend.trials import Trials
from streams.worklog import logger

log = logger("recommend")


class Fallback(NamedTuple):
    """Why it is not what the model would say of this user."""

    kind: str
    """One of a few words, for metrics."""
    text: str


UNKNOWN_USER = Fallback("unknown-user", "nothing is known of this user: what is popular now")
UNKNOWN_ITEMS = Fallback(
    "unknown-items", "the model knows no item of this user's history: what is popular and goes with it"
)
NO_MODEL = Fallback(
    "no-model", "no model was trained yet: what goes with this user's history, and what is popular"
)
FAILED = Fallback(
    "model-failed", "the model gave no answer: what goes with this user's history, and what is popular"
)
LATE = Fallback(
    "deadline", "the model gave no answer in time: what goes with this user's history, and what is popular"
)
NOTHING = Fallback("nothing-known", "no interaction is known yet: there is nothing to recommend")


class Answer(NamedTuple):
    """Ranked items, who ranked them, and the fallback if it is one."""

    ranker: Ranker
    items: tuple[Recommended, ...]
    fallback: Fallback | None
    history: Sequence[str]
    """What it was made from: items, oldest first."""
    trial: Trial | None
    """The experiment that the user is part of."""


class Answers:
    """Answers from what one worker knows.

    Args:
        live: sequences and baselines.
        catalogue: names and availability.
        champion: the model, if there is one.
        challenger: the model that is tried out, if there is one.
        deadline: how long the model may take, seconds; None: as long as it does.
        new: puts new items on pages; None: nothing does.
    """

    def __init__(
        self,
        live: LiveState,
        catalogue: Catalogue,
        champion: Champion,
        challenger: Challenger | None = None,
        deadline: float | None = None,
        new: Introducing | None = None,
    ) -> None:
        self._live = live
        self._catalogue = catalogue
        self._champion = champion
        self._trials = Trials(champion, challenger, catalogue) if challenger else None
        self._baseline = LiveRanker(live.baseline, live.vocabulary)
        self._reasons = Reasons(live, catalogue)
        self._deadline = deadline
        self._new = new
        self._said = ""

    async def answer(self, request: Request, now: int) -> Answer:
        """Return what a request gets. Never raises for want of data or of a model."""
        history = with_session(self._live.history(request.user_id), request.session, now)
        items = [event.item_id for event in history]
        allowed = allowed_by(request.filters, self._catalogue, history)
        trial = self._trials.of(request) if self._trials else None
        if trial is not None and self._trials is not None:
            tried, trial = await self._trials.page(trial, request, items, allowed)
            if tried is not None:
                told = self._told(tried.scored, history, tried.sources, tried.teams)
                told = self._new.into(told, tried.ranker, request, items, allowed) if self._new else told
                return Answer(tried.ranker, told, None, items, trial)
        ranker, fallback = self._choose(items)
        try:
            async with asyncio.timeout(self._deadline):
                scored = await diverse(ranker, request, items, allowed, self._catalogue)
        except (RankingError, TimeoutError) as error:
            if isinstance(error, RankingError):
                self._say(str(error))
            ranker, fallback = self._baseline, FAILED if isinstance(error, RankingError) else LATE
            scored = await diverse(ranker, request, items, allowed, self._catalogue)
        if not scored and fallback is not None and not self._live.vocabulary.numbers:
            fallback = NOTHING
        source = "popular" if fallback is UNKNOWN_USER else ranker.source
        told = self._told(scored, history, [source] * len(scored), [None] * len(scored))
        told = self._new.into(told, ranker, request, items, allowed) if self._new else told
        return Answer(ranker, told, fallback, items, trial)

    def _say(self, trouble: str) -> None:
        """Say what is wrong with a model once, not at every request."""
        if trouble != self._said:
            self._said = trouble
            log.error("%s: the live baselines answer", trouble)

    def _choose(self, history: Sequence[str]) -> tuple[Ranker, Fallback | None]:
        model = self._champion.ranker
        if not history:
            return self._baseline, UNKNOWN_USER
        if model is None:
            return self._baseline, NO_MODEL
        if not model.known(history):
            return self._baseline, UNKNOWN_ITEMS
        return model, None

    def _told(
        self,
        scored: Sequence[Scored],
        history: Sequence[Event],
        sources: Sequence[str],
        teams: Sequence[str | None],
    ) -> tuple[Recommended, ...]:
        reasons = self._reasons.of([one.item_id for one in scored], history)
        return tuple(
            Recommended(one.item_id, one.score, (source,), reason, team)
            for one, reason, source, team in zip(scored, reasons, sources, teams, strict=True)
        )
