"""What ranks: a history in, scored items out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from pandian.events import Contribution, Request
from streams.features.table import Numbered


class Allowed(Protocol):
    """Which items may be recommended: those that can be had, and pass the filters of the request."""

    def __call__(self, item_id: str, /) -> bool:
        """Tell whether one may."""
        ...

    async def mask(self, items: Numbered, /) -> npt.NDArray[np.bool_]:
        """Return for each number whether its item may; an array of the caller's own [items].

        It is never False where the item may. Where it is True the item nearly always may: ask about the few that are
        shown.
        """
        ...


class Scored(NamedTuple):
    """An item and the estimated probability that the user acts on it when it is shown."""

    item_id: str
    score: float
    """Between 0 and 1."""


class Ranker(Protocol):
    """Scores items after a history. Equal input gives equal output, ties in one order."""

    model: str
    version: str
    source: str
    """What it says has proposed its items."""

    def known(self, history: Sequence[str]) -> int:
        """Return how many items of a history it can make use of."""
        ...

    async def best(self, history: Sequence[str], k: int, allowed: Allowed) -> list[Scored]:
        """Return at most ``k`` items of those it knows, the best first.

        Args:
            history: items, oldest first.
            k: at most so many.
            allowed: which items may be among them.

        Raises:
            RankingError: when it cannot answer.
        """
        ...

    async def score(self, history: Sequence[str], items: Sequence[str]) -> list[Scored]:
        """Return exactly these items, the best first; those that it does not know come last.

        Raises:
            RankingError: when it cannot answer.
        """
        ...

    def vectors(self, items: Sequence[str], /) -> npt.NDArray[np.float32] | None:
        """Return vectors of items, of length 1, zeros where it has none [items, dimensions]; None: it has none."""
        ...

    async def explain(
        self, history: Sequence[str], items: Sequence[str]
    ) -> Sequence[list[Contribution] | None]:
        """Return what moved the logit of each item, the largest first; None where it has no features of it."""
        ...


class RankingError(Exception):
    """A model gave no usable answer; it says why in words without any value."""


async def rank(ranker: Ranker, request: Request, history: Sequence[str], allowed: Allowed) -> list[Scored]:
    """Return what a ranker says to a request: its best, or the items that were asked about in its order.

    Raises:
        RankingError: when it cannot answer.
    """
    if request.items:
        return await ranker.score(history, request.items)
    return await ranker.best(history, request.k, allowed)
