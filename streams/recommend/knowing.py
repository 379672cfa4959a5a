"""Says once of each model that answers here when it knows little of what is popular now.

A model of another shop, or of before all ids changed, passes every check of its files, and answers nobody: the live
baselines do, and nothing else would say so.
"""

from __future__ import annotations

from export.known import Known
from streams.features.live import LiveState
from streams.recommend.champion import Champion
from streams.recommend.model import ModelRanker
from streams.worklog import logger

log = logger("champion")

#: Popular items that are looked at, and how few of them say nothing.
_POPULAR, _FEWEST = 1_000, 10


class Knowing:
    """Compares the champion's catalogue with what is popular.

    Args:
        live: what is popular here.
        champion: which model answers.
    """

    def __init__(self, live: LiveState, champion: Champion) -> None:
        self._live = live
        self._champion = champion
        self._looked_at: ModelRanker | None = None

    def look(self) -> None:
        """Look at a model that is new here; cheap for one that was looked at."""
        ranker = self._champion.ranker
        if ranker is None or ranker is self._looked_at:
            return
        popular = self._live.baseline.popular(_POPULAR)
        if len(popular) < _FEWEST:
            return  # looked at again when more is known
        self._looked_at = ranker
        names, index = self._live.vocabulary.items, ranker.runtime.index
        weights = self._live.baseline.popularity.shares(popular)
        known = sum(
            weight
            for number, weight in zip(popular.tolist(), weights.tolist(), strict=True)
            if names[number] in index
        )
        share = known / float(weights.sum())
        if Known(share, len(popular)).few:
            log.warning(
                "%s knows the items of %.1f %% of what is popular now, of the rest the live baselines answer; "
                "train it on this stream, or `pandian models rollback`",
                ranker.runtime.entry.reference,
                100 * share,
            )
