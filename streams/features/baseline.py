"""The baselines as one model that is always there: what goes together with a history, and what is popular.

The share of an item in what comes next is estimated as a mixture: mostly the co-visitation shares of the newest
items of the history, for the rest the item's share in what is popular. A score is ``x / (1 + x)`` with ``x`` the
square root of that share over an average item's: between 0 and 1, spread well, and in the right order; it is no
calibrated probability.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Sequence
from itertools import islice

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

from streams.features.base import (
    ACTION_BITS,
    ACTION_MASK,
    BEFORE,
    CODE_WEIGHTS,
    EVENTS,
    NOTHING,
    SIZE,
    Floats,
    Ints,
    Rows,
)
from streams.features.covisits import Covisits
from streams.features.popularity import Popularity

#: Items of the history whose neighbours are looked at, and how much less each older one counts.
_RECENT = 10
_FADES = 0.85
#: Share of popularity in the mixture.
_POPULAR = 0.1
#: The list of popular items is made anew at most so often, and so long.
_POPULAR_SECONDS = 0.5
_POPULAR_KEPT = 1_000
#: A score for what nobody ever touched: above 0.
_FLOOR = 1e-6
#: Users read at once after a start, and the events of each from which neighbours are counted.
_PORTION = 2_000
_TAIL = 20


class Baseline:
    """Popularity and co-visitation, by the numbers of items."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self.clear()

    def clear(self) -> None:
        """Forget everything."""
        self.popularity = Popularity()
        self.covisits = Covisits()
        self._popular: Ints = np.zeros(0, np.int64)
        self._popular_at, self._popular_version, self._popular_asked = -math.inf, -1, 0

    def add(self, rows: Rows) -> None:
        """Take new interactions."""
        self.popularity.add(rows.items, rows.times, rows.weights)
        self.covisits.add(rows)

    def restore(self, sequences: Iterable[bytes], now: int) -> None:
        """Count anew from the sequences of all users: what they no longer hold has faded.

        Args:
            sequences: the events of each user, oldest first.
            now: epoch milliseconds; later times count as this one.
        """
        rest = iter(sequences)
        while portion := list(islice(rest, _PORTION)):
            events = np.frombuffer(b"".join(portion), EVENTS)
            codes = events["key"] & ACTION_MASK
            items, times = (
                events["item"].astype(np.int64),
                np.minimum(events["key"] >> ACTION_BITS, now),
            )
            self.popularity.add(items, times, CODE_WEIGHTS[codes])
            self.covisits.add(_followed(portion, now))

    def popular(self, count: int) -> Ints:
        """Return the most popular items, as of half a second ago at most."""
        now = self._clock()
        changed = self._popular_version != self.popularity.version
        # A list shorter than was asked for held all there were.
        short = len(self._popular) < count and (changed or self._popular_asked < count)
        if short or (changed and now - self._popular_at > _POPULAR_SECONDS):
            self._popular_asked = max(count, _POPULAR_KEPT)
            self._popular = self.popularity.most(self._popular_asked)
            self._popular_at, self._popular_version = now, self.popularity.version
        return self._popular[:count]

    def candidates(self, history: Sequence[int], count: int) -> Ints:
        """Return items worth scoring after a history, oldest first: its neighbours and the popular ones."""
        return np.union1d(self._near(history), self.popular(count))

    def candidates_among(self, history: Sequence[int], count: int, mask: npt.NDArray[np.bool_]) -> Ints:
        """Return candidates of which the ``count`` best items of some are some.

        Args:
            history: oldest first.
            count: how many.
            mask: whether each number is one of them; those beyond its end are not.
        """
        near = self._near(history)
        near = near[near < len(mask)]
        return np.union1d(near[mask[near]], self.popularity.most_among(count, mask))

    def _near(self, history: Sequence[int]) -> Ints:
        near, _ = self.covisits.near(np.array(history[-_RECENT:], np.int64))
        return near[near >= 0].astype(np.int64)

    def scores(self, history: Sequence[int], items: Ints) -> Floats:
        """Return a score for each item after a history, oldest first; -1 among the items is one that nobody touched."""
        share = _POPULAR * np.where(items >= 0, self.popularity.shares(np.maximum(items, 0)), 0.0)
        recent = np.array(history[-_RECENT:][::-1], np.int64)
        if len(recent):
            near, count = self.covisits.near(recent)
            weight = _FADES ** np.arange(len(recent))
            totals = count.sum(1, dtype=np.float64)
            weight = np.where(totals > 0, weight / max(1e-12, weight[totals > 0].sum()), 0.0)
            each = count * (weight / np.maximum(totals, 1e-12))[:, None]
            share += (1 - _POPULAR) * _summed(near.ravel().astype(np.int64), each.ravel(), items)
        ratio = np.sqrt(share * max(1, self.popularity.items))
        found: Floats = np.maximum(_FLOOR, ratio / (1 + ratio))
        return found

    def nearest(self, items: Ints, history: Sequence[int]) -> list[int | None]:
        """Return for each item which one of the history goes with it most; None when none does."""
        if not len(items) or not history:
            return [None] * len(items)
        near, count = self.covisits.near(np.maximum(items, 0))
        known = np.unique(np.array(history, np.int32))
        there = known[np.minimum(np.searchsorted(known, near), len(known) - 1)] == near
        count = np.where(there & (items >= 0)[:, None], count, 0)
        best = count.argmax(1)
        rows = np.arange(len(items))
        return [
            int(number) if much > 0 else None
            for number, much in zip(near[rows, best], count[rows, best], strict=True)
        ]


def _summed(numbers: Ints, weights: Floats, wanted: Ints) -> Floats:
    """Return the sum of the weights of each wanted number."""
    known, place = np.unique(numbers, return_inverse=True)
    sums = np.bincount(place, weights)
    at = np.minimum(np.searchsorted(known, wanted), len(known) - 1)
    found: Floats = np.where((known[at] == wanted) & (wanted >= 0), sums[at], 0.0)
    return found


def _followed(portion: Sequence[bytes], now: int) -> Rows:
    """Return the newest events of some users as rows with the events before each."""
    events = np.frombuffer(b"".join(NOTHING + user[-_TAIL * SIZE :] for user in portion), EVENTS)
    windows = sliding_window_view(events, BEFORE + 1)
    windows = windows[windows["item"][:, -1] >= 0]
    last = windows[:, -1]
    times = np.minimum(last["key"] >> ACTION_BITS, now)
    weights = CODE_WEIGHTS[last["key"] & ACTION_MASK]
    return Rows(last["item"].astype(np.int64), times, weights, windows[:, :-1])
