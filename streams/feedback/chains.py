"""Which places of a column hold a key: a hash table with chains, in arrays (Knuth, TAOCP 3, 6.4).

There are as many chains as places, so a chain has one place on average; twelve bytes a place, whether taken or not.
Chains go both ways, so that taking a place out costs the same however many hold its key.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator

import numpy as np

from streams.feedback.ring import Rows, view

#: What stands for no place.
_NONE = -1
#: Of so many places of each chain all at once are looked at; what is longer is gone through one by one.
_STEPS = 16


class Chains:
    """Finds places by the key that their column has there.

    Args:
        keys: the column, of 64-bit hashes; a place's key must not change while the place is in a chain.
        size: length of the column.
    """

    __slots__ = ("_before", "_heads", "_keys", "_next", "_size")

    def __init__(self, keys: array[int], size: int) -> None:
        self._keys = keys
        self.clear(size)

    def clear(self, size: int) -> None:
        """Hold nothing; the column has another length now."""
        self._size = size
        self._heads, self._next, self._before = (array("i", [_NONE]) * size for _ in range(3))

    def add(self, place: int) -> None:
        """Take a place, which is in no chain, into that of its key."""
        home = self._keys[place] % self._size
        after = self._heads[home]
        self._heads[home] = place
        self._next[place] = after
        self._before[place] = _NONE
        if after >= 0:
            self._before[after] = place

    def remove(self, place: int) -> None:
        """Take a place out of its chain."""
        before, after = self._before[place], self._next[place]
        if before >= 0:
            self._next[before] = after
        else:
            self._heads[self._keys[place] % self._size] = after
        if after >= 0:
            self._before[after] = before

    def has(self, key: int) -> bool:
        """Tell whether a place has a key."""
        place = self._heads[key % self._size]
        while place >= 0:
            if self._keys[place] == key:
                return True
            place = self._next[place]
        return False

    def places(self, key: int) -> list[int]:
        """Return the places that have a key."""
        found, place = [], self._heads[key % self._size]
        while place >= 0:
            if self._keys[place] == key:
                found.append(place)
            place = self._next[place]
        return found

    def matches(self, keys: Rows) -> tuple[Rows, Rows]:
        """Return where a key stands among many, and the place that has it: a pair for each such place."""
        column, after = view(self._keys), view(self._next)
        places = view(self._heads)[keys % self._size]
        which = np.arange(len(keys))
        found, steps = [(which[:0], places[:0])], 0
        while True:
            there = places >= 0
            which, places = which[there], places[there]
            if steps == _STEPS or not len(which):
                break
            same = column[places] == keys[which]
            found.append((which[same], places[same]))
            places = after[places]
            steps += 1
        for at, place in zip(which.tolist(), places.tolist(), strict=True):
            rest = [one for one in self._from(place) if self._keys[one] == keys[at]]
            found.append((np.full(len(rest), at), np.array(rest, places.dtype)))
        return np.concatenate([one[0] for one in found]), np.concatenate([one[1] for one in found])

    def _from(self, place: int) -> Iterator[int]:
        while place >= 0:
            yield place
            place = self._next[place]

    def add_all(self, places: Rows) -> None:
        """Take places, each of which is in no chain, into those of their keys."""
        homes = view(self._keys)[places] % self._size
        order = np.argsort(homes, kind="stable")
        homes, places = homes[order], places[order]
        same = homes[1:] == homes[:-1]
        following, before, heads = view(self._next), view(self._before), view(self._heads)
        following[places[:-1][same]] = places[1:][same]
        before[places[1:][same]] = places[:-1][same]
        first, last = np.ones((2, len(places)), np.bool_)
        first[1:] = last[:-1] = ~same
        after, ends = heads[homes[last]], places[last]
        following[ends] = after
        before[after[after >= 0]] = ends[after >= 0]
        heads[homes[first]] = places[first]
        before[places[first]] = _NONE

    def rebuild(self, size: int, places: Rows) -> None:
        """Hold exactly these places of a column that has another length now."""
        self.clear(size)
        self.add_all(places)
