"""Precision, recall and NDCG of what was shown together: whether what was acted on stood on top."""

from __future__ import annotations

from collections.abc import Sequence
from operator import ne
from typing import Any, NamedTuple

import numpy as np

from monitoring.watching.base import Flags, Seen, Whole

#: Items on top that precision and recall look at.
TOP = 5


class Listed(NamedTuple):
    """Labels of whole pages, page by page, in the order in which they stood there. All columns have one length."""

    page: Whole
    """(n,), a number of the page, ascending."""
    positive: Flags
    """(n,), whether it was acted on."""

    place: Whole
    """(n,), where each stood among the labels that it is of."""

    @classmethod
    def of(cls, seen: Seen) -> Listed:
        """Return those of some labels that say their page.

        Args:
            seen: labels of whole pages, page by page.
        """
        said = [(place, *page) for place, page in enumerate(seen.pages) if page is not None]
        if not said:
            none = np.zeros(0, np.int64)
            return cls(none, none.astype(np.bool_), none)
        places, requests, positions = zip(*said, strict=True)
        begins = [True, *map(ne, requests, requests[1:])]
        number, place = np.cumsum(begins), np.array(places, np.int64)
        order = np.lexsort((positions, number))
        place = place[order]
        return cls(number, seen.positive[place], place)

    def part(self, places: Whole, labels: int) -> Listed:
        """Return what of some labels, by their places, stood on pages: each such part is a page by itself.

        Args:
            places: of the labels, among those that this is of.
            labels: how many these are.
        """
        wanted = np.zeros(labels, np.bool_)
        wanted[places] = True
        kept = wanted[self.place]
        return Listed(self.page[kept], self.positive[kept], self.place[kept])


class Tops:
    """Sums over pages, which can be added."""

    __slots__ = ("_acted", "_pages", "_sums")

    def __init__(self) -> None:
        self._pages = self._acted = 0
        self._sums = np.zeros(3)
        """Of precision, recall and NDCG."""

    def add(self, listed: Listed) -> None:
        """Count pages."""
        page, positive = listed.page, listed.positive
        if not len(page):
            return
        ends = np.append(np.flatnonzero(page[1:] != page[:-1]) + 1, len(page))
        starts = np.append(0, ends[:-1])
        sizes = ends - starts
        rank = np.arange(len(page)) - np.repeat(starts, sizes)
        discount = 1 / np.log2(np.arange(int(sizes.max())) + 2)
        ones = np.add.reduceat(positive, starts, dtype=np.int64)
        top = np.add.reduceat(positive & (rank < TOP), starts, dtype=np.int64)
        gain = np.add.reduceat(positive * discount[rank], starts)
        acted = ones > 0
        self._pages += len(starts)
        self._acted += int(acted.sum())
        self._sums += (
            (top / np.minimum(sizes, TOP)).sum(),
            (top[acted] / ones[acted]).sum(),
            (gain[acted] / np.cumsum(discount)[ones[acted] - 1]).sum(),
        )

    def merge(self, other: Tops) -> None:
        """Add what another one counted."""
        self._pages += other._pages
        self._acted += other._acted
        self._sums += other._sums

    def document(self) -> dict[str, Any]:
        """Return the means: precision of the top of every page, recall and NDCG of those that were acted on.

        Recall is of the items that were shown and acted on: what else somebody would have liked nobody knows.
        """
        precision, recall, ndcg = self._sums.tolist()
        return {
            "pages": self._pages,
            "acted": self._acted,
            f"precision@{TOP}": precision / self._pages if self._pages else None,
            f"recall@{TOP}": recall / self._acted if self._acted else None,
            "ndcg": ndcg / self._acted if self._acted else None,
        }

    def encode(self) -> list[Any]:
        """Return JSON values."""
        return [self._pages, self._acted, self._sums.tolist()]

    @classmethod
    def decode(cls, stored: Sequence[Any]) -> Tops:
        """Return what :meth:`encode` gave."""
        found = cls()
        found._pages, found._acted, found._sums[:] = stored
        return found
