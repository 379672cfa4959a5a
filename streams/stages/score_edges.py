"""Between which edges the scores of a model version are counted."""

from __future__ import annotations

from functools import lru_cache

from export.registry import EntryError, ModelRegistry, RegistryError, UnknownModelError
from monitoring.edges import Edges, default_edges
from monitoring.measures import Name
from streams.recommend.baseline import MODEL
from streams.worklog import logger

log = logger("feedback")

_KNOWN = 256
#: Versions that are told one by one: a page may write another version with every impression.
_TOLD = 20


class ScoreEdges:
    """Edges from the model's own card; for a version that the registry does not have, the default ones.

    What was found once holds for this process: all its partitions count a version alike.

    Args:
        registry: where the cards are.
    """

    def __init__(self, registry: ModelRegistry) -> None:
        self._registry = registry
        self._told = 0
        self.of = lru_cache(_KNOWN)(self._find)
        """Returns the edges of a version."""

    def _find(self, name: Name) -> Edges:
        if name[0] == MODEL:
            return default_edges()
        try:
            return Edges(self._registry.glance(*name).card["score_edges"])
        except (UnknownModelError, EntryError, RegistryError) as error:
            self._tell(name, error)
            return default_edges()

    def _tell(self, name: Name, error: Exception) -> None:
        self._told += 1
        if self._told <= _TOLD:
            log.info("scores of %s@%s are counted by default edges: %s", *name, error)
        elif self._told == _TOLD + 1:
            log.warning(
                "scores of more than %d versions are counted by default edges, further ones are not told one by one:"
                " does `version` of your impressions change with each build or request?",
                _TOLD,
            )
