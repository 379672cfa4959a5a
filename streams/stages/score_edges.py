"""Between which edges the scores of a model version are counted."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import NoReturn

from export.registry import EntryError, ModelRegistry, RegistryError, UnknownModelError
from monitoring.edges import Edges, default_edges
from monitoring.measures import Name
from streams.recommend.baseline import MODEL
from streams.worklog import logger

log = logger("feedback")

_KNOWN = 256
#: Versions that are told one by one: a page may write another version with every impression.
_TOLD = 20
#: The registry may be elsewhere, and a question of it holds up everybody who is answered: so many may be in vain at
#: once, and one more each so many seconds.
_IN_VAIN, _ONE_MORE_SECONDS = 8, 5.0
_LIST_SECONDS = 5.0


class ScoreEdges:
    """Edges from the model's own card; for a version that the registry does not have, the default ones.

    What was found once holds for this process: all its partitions count a version alike. However many versions are
    made up, the registry is asked for what its list names, and seldom for anything else.

    Args:
        registry: where the cards are.
        clock: tells the seconds since some time.
    """

    def __init__(self, registry: ModelRegistry, clock: Callable[[], float] = time.monotonic) -> None:
        self._registry = registry
        self._clock = clock
        self._told = 0
        self._known: dict[Name, Edges] = {}
        """Those used last at the end."""
        self._listed: frozenset[str] = frozenset()
        self._left, self._at = float(_IN_VAIN), clock()
        self._unasked = 0

    @property
    def unasked(self) -> int:
        """How often the registry was not asked for a version, as too many were asked for in vain."""
        return self._unasked

    def of(self, name: Name) -> Edges:
        """Return the edges of a version."""
        if name[0] == MODEL:
            return default_edges()
        found = self._known.pop(name, None) or self._find(name)
        if found is None:
            # Not kept: what is real must not be pushed out by what is made up, and is in the next list.
            self._unasked += 1
            self._tell(name, "too many versions are not in the registry to ask for each")
            return default_edges()
        self._known[name] = found
        if len(self._known) > _KNOWN:
            del self._known[next(iter(self._known))]
        return found

    async def follow(self) -> NoReturn:
        """Know what the registry has, off the event loop: at first, and whenever it was not asked since."""
        unasked = -1
        while True:
            if unasked != self._unasked:
                unasked = self._unasked
                await asyncio.to_thread(self.learn)
            await asyncio.sleep(_LIST_SECONDS)

    def learn(self) -> None:
        """List what the registry has."""
        try:
            self._listed = frozenset(map(str, self._registry.references()))
        except RegistryError as error:
            log.info("which models there are cannot be read: %s", error)

    def _find(self, name: Name) -> Edges | None:
        """Return the edges of the card, or the default ones; None when the registry should not be asked."""
        now = self._clock()
        self._left = min(float(_IN_VAIN), self._left + (now - self._at) / _ONE_MORE_SECONDS)
        self._at = now
        if self._left < 1 and "@".join(name) not in self._listed:
            return None
        try:
            return Edges(self._registry.glance(*name).card["score_edges"])
        except UnknownModelError as error:
            self._left -= 1
            self._tell(name, error)
        except EntryError as error:
            self._tell(name, error)
        except RegistryError as error:
            self._left = 0.0  # it is away: whoever asks waits for it
            self._tell(name, error)
        return default_edges()

    def _tell(self, name: Name, why: Exception | str) -> None:
        self._told += 1
        if self._told <= _TOLD:
            log.info("scores of %s@%s are counted by default edges: %s", *name, why)
        elif self._told == _TOLD + 1:
            log.warning(
                "scores of more than %d versions are counted by default edges, further ones are not told one by one:"
                " does `version` of your impressions change with each build or request?",
                _TOLD,
            )
