"""The live baselines as a ranker: always there, with or without a model."""

from __future__ import annotations

from collections.abc import Sequence, Set

import numpy as np
import numpy.typing as npt

from streams.features.base import Ints
from streams.features.baseline import Baseline
from streams.features.vocabulary import Vocabulary
from streams.recommend.base import Allowed, Scored

MODEL, VERSION = "live", "1"
#: Popular items looked at beyond those asked for.
_SPARE = 200


class LiveRanker:
    """Ranks by what goes together with a history and what is popular; without a history by what is popular.

    Items of the history are not proposed again.
    """

    model, version, source = MODEL, VERSION, MODEL

    def __init__(self, baseline: Baseline, vocabulary: Vocabulary) -> None:
        self._baseline = baseline
        self._vocabulary = vocabulary

    def known(self, history: Sequence[str]) -> int:
        """Return how many items of a history the stream has shown."""
        numbers = self._vocabulary.numbers
        return sum(item in numbers for item in history)

    async def best(self, history: Sequence[str], k: int, allowed: Allowed) -> list[Scored]:
        """Return at most ``k`` items, the best first."""
        seen, numbers = set(history), self._numbers(history)
        width = k + len(seen) + _SPARE
        candidates = self._baseline.candidates(numbers, width)
        passing = self._passing(candidates, seen, allowed)
        # Fewer than were asked for: there are no more, or those that were looked at are not allowed.
        while len(passing) < k and len(candidates) >= width:
            width *= 4
            mask = await allowed.mask(self._vocabulary)
            numbers = self._numbers(history)
            mask[numbers] = False
            candidates = self._baseline.candidates_among(numbers, width, mask)
            passing = self._passing(candidates, seen, allowed)
        return self._scored(numbers, passing)[:k]

    def _passing(self, candidates: Ints, seen: Set[str], allowed: Allowed) -> list[int]:
        items = self._vocabulary.items
        return [
            number for number in candidates.tolist() if items[number] not in seen and allowed(items[number])
        ]

    async def score(self, history: Sequence[str], items: Sequence[str]) -> list[Scored]:
        """Return exactly these items, the best first; one that nobody touched has nearly no score."""
        numbers = self._vocabulary.numbers
        found = np.array([numbers.get(item, -1) for item in items], np.int64)
        scores = self._baseline.scores(self._numbers(history), found).tolist()
        return sorted(map(Scored, items, scores), key=_rank)

    def vectors(self, _items: Sequence[str]) -> npt.NDArray[np.float32] | None:
        """Return None: there are no vectors of items."""
        return None

    async def explain(self, _history: Sequence[str], items: Sequence[str]) -> list[None]:
        """Return None of each: there are no logits."""
        return [None] * len(items)

    def _numbers(self, history: Sequence[str]) -> list[int]:
        numbers = self._vocabulary.numbers
        return [numbers[item] for item in history if item in numbers]

    def _scored(self, history: Sequence[int], numbers: Sequence[int]) -> list[Scored]:
        items = self._vocabulary.items
        scores = self._baseline.scores(history, np.array(numbers, np.int64)).tolist() if numbers else []
        return sorted(
            (Scored(items[number], score) for number, score in zip(numbers, scores, strict=True)), key=_rank
        )


def _rank(one: Scored) -> tuple[float, str]:
    # Numbers of items depend on which partition was read first; their ids do not.
    return -one.score, one.item_id
