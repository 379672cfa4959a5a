"""New items on a page: those whose names place them near the history, a few of them, and not at the top.

Nobody has acted on them, so no model can say how likely anybody will. Each bears the score of the item that it comes
after: shown there, it is taken to be worth as much, and not more.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np

from export.text import LONGEST, summed
from pandian.events import Recommended, Request
from streams.features.catalogue import Catalogue
from streams.recommend.base import Allowed, Ranker
from streams.recommend.model import ModelRanker
from streams.recommend.new_items import NewItems, Placed
from streams.recommend.ranking import best_columns

SOURCE: Final = "text"
#: So that three tenths of ten are three, whatever the rounding.
_ROUNDING: Final = 1e-9
#: Cosines, of names that are nearly the same, are told apart to so many digits.
_DIGITS = 4
#: Items ordered at first: most of the nearest may be shown.
_SPARE: Final = 32


class _Near(NamedTuple):
    item_id: str
    like: str
    """The item of the history that it is nearest to."""


class Introducing:
    """Puts new items on pages of models.

    Args:
        new: which there are.
        catalogue: names.
        share: of a page, from 0 to a half, at most.
    """

    def __init__(self, new: NewItems, catalogue: Catalogue, share: float) -> None:
        self._new = new
        self._catalogue = catalogue
        self._share = share

    def into(
        self,
        page: tuple[Recommended, ...],
        ranker: Ranker,
        request: Request,
        history: Sequence[str],
        allowed: Allowed,
    ) -> tuple[Recommended, ...]:
        """Return a page of as many items, some of them new, after its better half.

        It stays as it is where no new item is near enough, where the request names its items, where no model has made
        it, and where it is interleaved: its clicks are to tell which model ranks better.

        Args:
            page: what is to be answered.
            ranker: who has made it. Items of its catalogue are not new.
            request: what is asked.
            history: items, oldest first.
            allowed: which items may be on it.
        """
        placed = self._new.placed
        count = int(self._share * len(page) + _ROUNDING)
        if placed is None or not count or request.items or not isinstance(ranker, ModelRanker):
            return page
        if page[0].team is not None:
            return page
        taken = {*history, *(one.item_id for one in page)}
        index = ranker.runtime.index
        found: list[_Near] = []
        for one in _nearest(placed, history):
            if one.item_id not in taken and one.item_id not in index and allowed(one.item_id):
                found.append(one)
                if len(found) == count:
                    break
        return self._placed(page, found)

    def _placed(self, page: tuple[Recommended, ...], new: Sequence[_Near]) -> tuple[Recommended, ...]:
        if not new:
            return page
        better = (len(page) + 1) // 2
        step = (len(page) - better) // len(new)
        mixed = list(page[: len(page) - len(new)])
        for number, one in enumerate(new):
            place = better + number * step
            reason = f"new, and like {self._catalogue.name(one.like)}"
            mixed.insert(place, Recommended(one.item_id, mixed[place - 1].score, (SOURCE,), reason, None))
        return tuple(mixed)


def _nearest(placed: Placed, history: Sequence[str]) -> Iterator[_Near]:
    """Yield the new items that are near enough to a history, the nearest first, equal ones by their id."""
    index = placed.ranker.runtime.index
    known = [item for item in history if item in index or item in placed.places][-LONGEST:]
    vectors = placed.ranker.vectors(known) if known else None
    if vectors is None:
        return
    for row, item in enumerate(known):
        if item in placed.places:
            vectors[row] = placed.columns[:, placed.places[item]]
    # A row an item of the history, so that whole rows are compared at once.
    cosines = vectors @ placed.columns
    near = np.flatnonzero(cosines.max(axis=0) >= placed.least)
    cosines = cosines[:, near]
    # The last digits of a product depend on where a column stands, and on the processor: equal ones must be equal.
    scores = np.round(summed(cosines), _DIGITS)
    width, seen = _SPARE, 0
    while seen < len(near):
        best = best_columns(scores, width)
        for column in best[seen:].tolist():
            yield _Near(placed.item_ids[near[column]], known[int(np.argmax(cosines[:, column]))])
        width, seen = 4 * len(best), len(best)
