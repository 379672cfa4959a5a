"""Answers of a challenger, for the users that are its: its own page, or one made of both models' items."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import NamedTuple

from monitoring.experiments.teams import CHALLENGER, draft
from pandian.events import Request, Trial
from streams.features.catalogue import Catalogue
from streams.recommend.base import Allowed, Ranker, RankingError, Scored, rank
from streams.recommend.challenger import Challenger
from streams.recommend.champion import Champion
from streams.recommend.diversity import diverse
from streams.worklog import logger

log = logger("challenger")

#: A challenger that has not answered after this time is not waited for: the champion answers.
_PATIENCE_SECONDS = 0.05


class Page(NamedTuple):
    """What a user of the challenger gets."""

    ranker: Ranker
    """Who answers; of an interleaved page the champion."""
    scored: Sequence[Scored]
    sources: Sequence[str]
    """What proposed each item."""
    teams: Sequence[str | None]
    """Who drafted each item; None for each where the page is not interleaved."""


class Trials:
    """Asks the challenger. Whatever it does, there is an answer: the champion's.

    Args:
        champion: answers when it cannot.
        challenger: is tried out.
        catalogue: what is known of items.
    """

    def __init__(self, champion: Champion, challenger: Challenger, catalogue: Catalogue) -> None:
        self._champion = champion
        self._challenger = challenger
        self._catalogue = catalogue
        self._said = ""

    def of(self, request: Request) -> Trial | None:
        """Return the experiment that a request is part of; None is quick where there is no challenger."""
        if self._challenger.ranker is None:
            return None
        trial = self._challenger.trial(request.user_id)
        # Items that the request names are all shown: there is nothing to draft.
        return None if trial and trial.interleaved and request.items else trial

    async def page(
        self, trial: Trial, request: Request, history: Sequence[str], allowed: Allowed
    ) -> tuple[Page | None, Trial | None]:
        """Return what the user gets of the challenger, None where the champion is to answer; and the experiment.

        A user of the challenger counts as its user also when the champion had to answer: else its failures would make
        it look better. A page that could not be interleaved says nothing, and is of no experiment. Diversity reorders
        the challenger's own page, and no interleaved one: clicks on that say who ranks better, not who is reordered.
        """
        challenger, champion = self._challenger.ranker, self._champion.ranker
        without = None if trial.interleaved else trial
        if trial.arm != CHALLENGER or challenger is None or champion is None:
            return None, without
        if not challenger.known(history) or (trial.interleaved and not champion.known(history)):
            return None, without
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                if trial.interleaved:
                    theirs = await rank(challenger, request, history, allowed)
                else:
                    theirs = await diverse(challenger, request, history, allowed, self._catalogue)
        except (RankingError, TimeoutError) as error:
            self._say(str(error) or f"no answer within {_PATIENCE_SECONDS * 1000:g} ms")
            return None, without
        if not trial.interleaved:
            return Page(challenger, theirs, [challenger.source] * len(theirs), [None] * len(theirs)), trial
        try:
            ours = await rank(champion, request, history, allowed)
        except RankingError:
            return None, None
        drafted = draft(ours, theirs, request.k, request.request_id, name=lambda one: one.item_id)
        sources = [(challenger if team == CHALLENGER else champion).source for _, team in drafted]
        return Page(champion, [one for one, _ in drafted], sources, [team for _, team in drafted]), trial

    def _say(self, trouble: str) -> None:
        """Say what is wrong with it once, not at every request."""
        if trouble != self._said:
            self._said = trouble
            log.error("the challenger gives no answer (%s): the champion does", trouble)
