"""Answers of items that differ: each is the best that is left, less what is like an item that is there already.

Maximal marginal relevance (Carbonell and Goldstein, SIGIR 1998): the next item has the highest
``(1 - diversity) * score / best score - diversity * likeness``, where its likeness is that to the item of the answer
which it is most like, 0 to 1. So an item is passed over only for one that loses little of what the best one promises.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from pandian.events import Request
from streams.features.catalogue import Catalogue
from streams.recommend.base import Allowed, Ranker, Scored, rank

#: Scored items that the answer is chosen from: so many for each that is asked for, and at least so many.
_EACH, _LEAST = 4, 50
#: Of more items than these it is chosen in a thread: of 400 it takes 0.7 ms of one processor, of 4,000 some 30.
_ON_LOOP = 400


class Likeness:
    """How like items are to each other: the cosine of their vectors; without one, whether they are of one category.

    Args:
        categories: of each item; None where it is not known, and such an item is like none.
        vectors: of length 1, zeros where an item has none [items, dimensions]; None: none has any.
    """

    def __init__(self, categories: Sequence[str | None], vectors: npt.NDArray[np.float32] | None) -> None:
        numbers: dict[str, int] = {}
        self._categories = np.array(
            [-1 if one is None else numbers.setdefault(one, len(numbers)) for one in categories], np.int64
        )
        self._vectors = vectors
        self._placed: npt.NDArray[np.bool_] = (
            np.zeros(len(categories), np.bool_) if vectors is None else (vectors != 0).any(1)
        )
        self._all_placed = bool(self._placed.all())

    def to(self, place: int) -> npt.NDArray[np.float32]:
        """Return how like each item is to one of them, at most 1; below 0 they are opposite [items]."""
        if self._vectors is None or not self._placed[place]:
            return self._of_category(place)
        cosines: npt.NDArray[np.float32] = self._vectors @ self._vectors[place]
        if self._all_placed:
            return cosines
        return np.where(self._placed, cosines, self._of_category(place))

    def _of_category(self, place: int) -> npt.NDArray[np.float32]:
        category = self._categories[place]
        same: npt.NDArray[np.bool_] = (self._categories == category) & (category >= 0)
        return same.astype(np.float32)


def choose(scores: npt.NDArray[np.float64], likeness: Likeness, count: int, diversity: float) -> list[int]:
    """Return the places of ``count`` items in the order in which they are chosen, equally good ones by place.

    Args:
        scores: of each item, 0 or more.
        likeness: of the same items.
        count: at most as many as there are.
        diversity: 0, the highest scores, to 1, only what is unlike the others.
    """
    most = float(scores.max(initial=0.0))
    worth = (1 - diversity) * scores / (most or 1.0)
    # What is opposite is no better than what is merely unlike: nothing is less like than 0.
    like = np.zeros(len(scores))
    chosen: list[int] = []
    for _ in range(count):
        place = int(np.argmax(worth - diversity * like))
        chosen.append(place)
        worth[place] = -np.inf
        np.maximum(like, likeness.to(place), out=like)
    return chosen


async def diverse(
    ranker: Ranker, request: Request, history: Sequence[str], allowed: Allowed, catalogue: Catalogue
) -> list[Scored]:
    """Return what a ranker says to a request, as diverse as the request wants it; scores stay what they are.

    Without diversity it is what :func:`streams.recommend.base.rank` gives, and nothing else is done.

    Raises:
        RankingError: when it cannot answer.
    """
    if not request.diversity:
        return await rank(ranker, request, history, allowed)
    found = await rank(ranker, replace(request, k=max(_LEAST, _EACH * request.k)), history, allowed)
    count = len(found) if request.items else min(request.k, len(found))
    names = [one.item_id for one in found]
    scores = np.array([one.score for one in found], np.float64)
    likeness = Likeness([catalogue.get(name).category for name in names], ranker.vectors(names))
    if len(found) <= _ON_LOOP:
        chosen = choose(scores, likeness, count, request.diversity)
    else:
        chosen = await asyncio.to_thread(choose, scores, likeness, count, request.diversity)
    return [found[place] for place in chosen]
