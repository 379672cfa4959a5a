"""The model that is tried out beside the champion: loaded as the champion is, and never in its way."""

from __future__ import annotations

import asyncio
from typing import Any

from export.registry import Challenger as Named
from export.registry import ModelRegistry
from monitoring.experiments.assignment import Split
from monitoring.experiments.teams import CHALLENGER, CHAMPION
from pandian.errors import PandianError
from pandian.events import Trial
from streams.recommend.champion import Champion
from streams.recommend.loading import Loader
from streams.recommend.model import ModelRanker
from streams.worklog import logger

log = logger("challenger")


class Challenger:
    """Follows the registry's challenger.

    Args:
        registry: names it.
        loader: loads it.
        champion: what it is compared with.
        interleaving: whether its users get pages made of both models' items, rather than its own.
    """

    def __init__(
        self,
        registry: ModelRegistry,
        loader: Loader,
        champion: Champion,
        *,
        interleaving: bool = False,
    ) -> None:
        self._registry = registry
        self._loader = loader
        self._champion = champion
        self._interleaving = interleaving
        self.named: Named | None = None
        """What the registry said last."""
        self.ranker: ModelRanker | None = None
        """None while there is none, or none that can be trusted."""
        self._split: Split | None = None

    async def look(self) -> None:
        """Take the challenger that the registry names now; let go the one that it does not name any more."""
        try:
            self.named = named = await asyncio.to_thread(self._registry.challenger)
        except PandianError as error:
            self._loader.refuse(None, error, "what was known")
            return
        reference = named.reference if named else None
        self._loader.forget_others((reference,))
        champion = self._champion.pointer
        if named is None or reference is None or (champion and champion.reference == reference):
            self._let_go()
            return
        if self.ranker is None or self.ranker.runtime.entry.reference != reference:
            self._let_go()
            ranker = await self._loader.load(reference, "the champion")
            if ranker is None:
                return
            log.info(
                "%s is tried out: %.4g of users get it, and it scores what others get", reference, named.share
            )
            self.ranker = ranker
        self._split = Split(str(reference), named.share)

    def _let_go(self) -> None:
        if self.ranker is not None:
            log.info("%s is no challenger any more", self.ranker.runtime.entry.reference)
        self.ranker = self._split = None

    def trial(self, user_id: str) -> Trial | None:
        """Return the experiment that a user is part of; ``arm`` says whose they are. None: nobody gets to see it."""
        champion, challenger, split = self._champion.ranker, self.ranker, self._split
        if champion is None or challenger is None or split is None or split.share <= 0:
            return None
        has = split.has(user_id)
        if self._interleaving and not has:
            return None
        return Trial(
            str(champion.runtime.entry.reference),
            str(challenger.runtime.entry.reference),
            CHALLENGER if has else CHAMPION,
            self._interleaving,
        )

    def describe(self) -> dict[str, Any] | None:
        """Return what ``/v1/models`` says of it; None: the registry names none."""
        named = self.named
        if named is None:
            return None
        return {
            "model": named.model,
            "version": named.version,
            "share": named.share,
            "interleaved": self._interleaving,
            "time": named.time,
            "by": named.by,
            "why": named.why,
            "loaded": self.ranker is not None,
            "refused": [one.document() for one in self._loader.refusals.values()],
        }
