"""What is popular now: interactions weighted by action, each counting half after a time, by event time.

The weight of an interaction is kept relative to a reference time, ``w * 2 ** ((t - reference) / half-life)``, so
nothing has to be aged; only when exponents grow large is everything divided once.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from streams.features.base import Floats, Ints

HALF_LIFE_MS = 14 * 86_400_000
#: Half-lives that the newest time may be ahead of the reference.
_AHEAD = 64.0


class Popularity:
    """The decayed weight of each item, by its number."""

    def __init__(self) -> None:
        self._mass: Floats = np.zeros(1024)
        self._reference: float | None = None
        self.version = 0
        """Changes with the weights."""

    def add(self, items: Ints, times: Ints, weights: Floats) -> None:
        """Count interactions: numbers of items, epoch milliseconds, and how much each counts."""
        if not len(items):
            return
        newest, highest = int(times.max()), int(items.max())
        if self._reference is None:
            self._reference = newest
        if (newest - self._reference) / HALF_LIFE_MS > _AHEAD:
            self._mass *= 0.5 ** min(1000.0, (newest - self._reference) / HALF_LIFE_MS)
            self._reference = newest
        if highest >= len(self._mass):
            self._mass = np.concatenate([self._mass, np.zeros(highest + 1)])
        scaled = weights * np.exp2((times - self._reference) / HALF_LIFE_MS)
        np.add.at(self._mass, items, scaled)
        self.version += 1

    def shares(self, items: Ints) -> Floats:
        """Return the share of each of these items in everything."""
        total = self._mass.sum()
        if total <= 0:
            return np.zeros(len(items))
        inside = items < len(self._mass)
        found: Floats = np.where(inside, self._mass[np.where(inside, items, 0)], 0.0) / total
        return found

    def most(self, count: int) -> Ints:
        """Return the numbers of the most popular items, the first most of all; none that nobody ever touched."""
        known = np.flatnonzero(self._mass > 0)
        if len(known) > count:
            known = known[np.argpartition(self._mass[known], -count)[-count:]]
        return known[np.lexsort((known, -self._mass[known]))]

    def most_among(self, count: int, mask: npt.NDArray[np.bool_]) -> Ints:
        """Return the numbers of the most popular of some items, and all that are as popular as the last of them.

        Args:
            count: how many, where so many were touched.
            mask: whether each number is one of them; those beyond its end are not.
        """
        within = min(len(mask), len(self._mass))
        known = np.flatnonzero(mask[:within] & (self._mass[:within] > 0))
        mass = self._mass[known]
        if len(known) > count:
            known = known[mass >= np.partition(mass, -count)[-count]]
        return known

    @property
    def items(self) -> int:
        """Items that count at all."""
        return int(np.count_nonzero(self._mass))
