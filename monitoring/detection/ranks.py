"""Each positive label against fresh negative ones: numbers whose mean, given the past, is the AUC."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from monitoring.detection.base import Flags, Floats, Whole

#: Positive labels of a group, and newest negative labels that are kept for one.
GROUP = 8
KEPT = 512


class Ranked(NamedTuple):
    """Groups that were completed."""

    shares: Floats
    """(groups, 8), of the negative labels that fell to a positive one: which share it beats, ties one half. NaN where
    none fell to it."""
    ends: Whole
    """(groups,), behind which label of the batch each ended."""


class FreshRanks:
    """Ranks positive labels in groups of eight against the negative labels that came with the group before.

    The newest 512 of these are dealt out evenly, in order, to the eight positive ones: no label is used twice. Which
    falls to whom is decided by the order of the labels alone, never by a score. So, where scores of the positive labels
    come from one distribution and those of the negative ones from another, each share has the mean
    P(positive above negative) + P(equal) / 2, the AUC, whatever came before: given all earlier pairs, and all labels,
    the scores of this pair are fresh. Had negative labels been used twice, a window of low ones would lift several
    shares at once, and the mean given the past would not be the AUC.

    Those of the group before, not its own: what is shown together is of one user, and the AUC of all labels is also of
    pairs of different ones. Who is shown what they like anyway has high scores throughout, acted on or not.

    Groups even out how many negative labels there are for each: with one positive label at a time the number is
    geometric, and at a base rate of 5 % the variance of a share is a fifth larger. A positive label to which no
    negative one falls (at base rates above one half) says nothing.
    """

    __slots__ = ("_before", "_negative", "_positive")

    def __init__(self) -> None:
        self._positive: Whole = np.empty(0, np.int64)
        self._negative: Whole = np.empty(0, np.int64)
        self._before: Whole = np.empty(0, np.int64)
        """Negative labels that came with the group before."""

    def add(self, codes: Whole, positive: Flags) -> Ranked:
        """Take labels and return the groups that they complete.

        Args:
            codes: (n,), the bucket of each score.
            positive: (n,), its label.
        """
        old = len(self._positive)
        ones = np.concatenate((self._positive, codes[positive]))
        zeros = np.concatenate((self._before, self._negative, codes[~positive]))
        groups = len(ones) // GROUP
        places = np.flatnonzero(positive)
        ends = places[np.arange(1, groups + 1) * GROUP - 1 - old] + 1
        # Negative labels before the end of each group: those kept from before, and those of this batch.
        first = len(self._before)
        until = first + len(self._negative) + ends - np.arange(1, groups + 1) * GROUP + old
        borders = np.concatenate(([0, first], until))
        shares = _shares(ones[: groups * GROUP], zeros, borders[1 : groups + 1])
        self._positive = ones[groups * GROUP :]
        if groups:
            self._before = zeros[borders[groups] : borders[groups + 1]][-KEPT:]
        self._negative = zeros[borders[groups + 1] :][-KEPT:]
        return Ranked(shares, ends)

    def reset(self) -> None:
        """Begin a new group."""
        self._positive = self._negative = self._before = np.empty(0, np.int64)

    def state(self) -> list[list[int]]:
        """Return JSON values."""
        return [self._positive.tolist(), self._negative.tolist(), self._before.tolist()]

    def restore(self, stored: Any) -> None:
        """Take over what :meth:`state` gave."""
        self._positive, self._negative, self._before = (np.array(one, np.int64) for one in stored)


def _shares(ones: Whole, zeros: Whole, until: Whole) -> Floats:
    """Return the shares, (groups, 8), given up to which negative label each group reaches."""
    before = np.concatenate((np.zeros(1, np.int64), until))[:-1]
    first = np.maximum(before, until - KEPT)
    dealt = np.arange(GROUP + 1) * (until - first)[:, None] // GROUP
    borders = np.column_stack((before, first[:, None] + dealt))
    # Per group: those too old, then those of each positive label. The old ones are compared with nothing.
    counts = np.diff(borders, axis=1)
    rivals = np.column_stack((np.full(len(until), -1), ones.reshape(-1, GROUP)))
    rival = np.repeat(rivals.ravel(), counts.ravel())
    used = zeros[: len(rival)]
    beaten = np.concatenate((np.zeros(1, np.int64), np.cumsum(2 * (used < rival) + (used == rival))))
    doubled = beaten[borders[:, 2:]] - beaten[borders[:, 1:-1]]
    found = np.full(doubled.shape, np.nan)
    np.divide(doubled, 2 * counts[:, 1:], out=found, where=counts[:, 1:] > 0)
    return found
