"""Labels as columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Seen:
    """Labels of one version, in the order in which they became known. All columns have one length."""

    scores: Floats
    """(n,), between 0 and 1."""
    positive: Flags
    """(n,), whether it was acted on."""
    bought: Flags
    """(n,), whether that was a purchase."""
    times: Whole
    """(n,), when they were shown, epoch milliseconds by the broker's clock."""
    propensity: Floats
    """(n,), chance with which the item was shown there; NaN: not said, 0: said, but none that can be."""
    items: Whole
    """(n,), 32 bits that stand for the item: of 5,000 items two share theirs with a chance of .3 %."""
    pages: Sequence[tuple[str, int] | None]
    """Request and position; None: not said."""
    segments: Sequence[Mapping[str, str] | None]
    """What kind of impression it was."""

    def __len__(self) -> int:
        return len(self.scores)

    def part(self, start: int, end: int) -> Seen:
        """Return the labels from one place to another, as views."""
        columns = [column[start:end] for column in self._columns()]
        return _made(columns, self.pages[start:end], self.segments[start:end])

    def at(self, places: Whole) -> Seen:
        """Return the labels at some places."""
        columns = [column[places] for column in self._columns()]
        chosen = places.tolist()
        return _made(columns, [self.pages[one] for one in chosen], [self.segments[one] for one in chosen])

    def _columns(self) -> tuple[Any, ...]:
        return self.scores, self.positive, self.bought, self.times, self.propensity, self.items

    def encode(self) -> list[Any]:
        """Return JSON values, without propensities and items."""
        columns = (self.scores, self.positive, self.bought, self.times)
        return [*(column.tolist() for column in columns), list(self.pages), list(self.segments)]

    @classmethod
    def decode(cls, stored: Sequence[Any]) -> Seen:
        """Return what :meth:`encode` gave, without propensities and items.

        Raises:
            ValueError, TypeError: it is something else.
        """
        scores, positive, bought, times, pages, segments = stored
        return cls(
            np.array(scores, np.float64),
            np.array(positive, np.bool_),
            np.array(bought, np.bool_),
            np.array(times, np.int64),
            np.full(len(scores), np.nan),
            np.zeros(len(scores), np.int64),
            [(str(page[0]), int(page[1])) if page else None for page in pages],
            segments,
        )


def joined(parts: Sequence[Seen]) -> Seen:
    """Return labels behind each other."""
    columns = [np.concatenate(column) for column in zip(*(part._columns() for part in parts), strict=True)]
    pages = [page for part in parts for page in part.pages]
    return _made(columns, pages, [one for part in parts for one in part.segments])


def _made(
    columns: Sequence[Any],
    pages: Sequence[tuple[str, int] | None],
    segments: Sequence[Mapping[str, str] | None],
) -> Seen:
    scores, positive, bought, times, propensity, items = columns
    return Seen(scores, positive, bought, times, propensity, items, pages, segments)
