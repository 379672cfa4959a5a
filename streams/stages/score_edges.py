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


class ScoreEdges:
    """Edges from the model's own card; for a version that the registry does not have, the default ones.

    What was found once holds for this process: all its partitions count a version alike.

    Args:
        registry: where the cards are.
    """

    def __init__(self, registry: ModelRegistry) -> None:
        self._registry = registry
        self.of = lru_cache(_KNOWN)(self._find)
        """Returns the edges of a version."""

    def _find(self, name: Name) -> Edges:
        if name[0] == MODEL:
            return default_edges()
        try:
            return Edges(self._registry.glance(*name).card["score_edges"])
        except (UnknownModelError, EntryError, RegistryError) as error:
            log.info("scores of %s@%s are counted by default edges: %s", *name, error)
            return default_edges()
