"""Precision, recall and NDCG of what was shown together: whether what was acted on stood on top."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from monitoring.watching.base import Seen

#: Items on top that precision and recall look at.
TOP = 5
#: Items of one page; further ones are left out.
_LONGEST = 1_000


class Pages:
    """Sums over pages. A page is over when labels of another request come from the same partition: those of one
    request become known together."""

    __slots__ = ("_open", "acted", "ndcg", "pages", "precision", "recall")

    def __init__(self) -> None:
        self._open: dict[int, tuple[str, dict[int, int]]] = {}
        """By partition: the request, and the labels by position."""
        self.pages = 0
        self.acted = 0
        """Pages of which anything was acted on."""
        self.precision = self.recall = self.ndcg = 0.0

    def add(self, partition: int, seen: Seen) -> None:
        """Take labels, in order."""
        for page, positive in zip(seen.pages, seen.positive.tolist(), strict=True):
            if page is None:
                continue
            request, position = page
            known = self._open.get(partition)
            if known is None or known[0] != request:
                if known is not None:
                    self._close(known[1])
                known = self._open[partition] = (request, {})
            if len(known[1]) < _LONGEST:
                known[1][position] = int(positive)

    def _close(self, labels: Mapping[int, int]) -> None:
        order = [labels[position] for position in sorted(labels)]
        ones, on_top = sum(order), sum(order[:TOP])
        self.pages += 1
        self.precision += on_top / min(TOP, len(order))
        if ones:
            self.acted += 1
            self.recall += on_top / ones
            gain = sum(label / math.log2(place + 2) for place, label in enumerate(order))
            self.ndcg += gain / sum(1 / math.log2(place + 2) for place in range(ones))

    def document(self) -> dict[str, Any]:
        """Return the means: precision of the top of every page, recall and NDCG of those that were acted on.

        Recall is of the items that were shown and acted on: what else somebody would have liked nobody knows.
        """
        return {
            "pages": self.pages,
            "acted": self.acted,
            f"precision@{TOP}": self.precision / self.pages if self.pages else None,
            f"recall@{TOP}": self.recall / self.acted if self.acted else None,
            "ndcg": self.ndcg / self.acted if self.acted else None,
        }

    def encode(self) -> list[Any]:
        """Return JSON values."""
        waiting = [[number, request, list(found.items())] for number, (request, found) in self._open.items()]
        return [waiting, self.pages, self.acted, self.precision, self.recall, self.ndcg]

    @classmethod
    def decode(cls, stored: Sequence[Any]) -> Pages:
        """Return what :meth:`encode` gave."""
        found = cls()
        waiting, found.pages, found.acted, found.precision, found.recall, found.ndcg = stored
        found._open = {
            int(number): (str(request), {int(position): int(label) for position, label in labels})
            for number, request, labels in waiting
        }
        return found
