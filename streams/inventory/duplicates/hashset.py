"""A set of 64-bit hashes in one array: open addressing with linear probing, a whole batch at a time.

Knuth, TAOCP 3, 6.4. At most half of the slots are taken, so that a search takes 1.5 steps on average at most.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from streams.inventory.duplicates.hashing import Hashes

Mask = npt.NDArray[np.bool_]

_EMPTY = np.uint64(0)
#: What stands for the hash that would look like an empty slot.
_ZERO = np.uint64(1)
_LEAST_BITS = 10


class HashSet:
    """Hashes that were added. 16 to 32 bytes each; it grows by doubling.

    Args:
        expected: how many there will be, as far as is known: growing costs as much as adding.
    """

    __slots__ = ("_bits", "_slots", "size")

    def __init__(self, expected: int = 0) -> None:
        self.size = 0
        """How many different hashes it holds."""
        self._bits = _bits_for(expected)
        self._slots = np.zeros(1 << self._bits, np.uint64)

    @property
    def nbytes(self) -> int:
        """Bytes of memory it takes."""
        return self._slots.nbytes

    def has(self, hashes: Hashes) -> Mask:
        """Tell of each hash whether it is in the set."""
        if not self.size:
            return np.zeros(len(hashes), np.bool_)
        hashes = _nonzero(hashes)
        slots = self._homes(hashes)
        there = self._slots.take(slots)
        found: Mask = there == hashes
        # A slot that another hash has says nothing yet: the next one is asked, until one is empty.
        places = np.flatnonzero((there != _EMPTY) & ~found)
        slots = slots.take(places)
        while len(places):
            slots = self._next(slots)
            there = self._slots.take(slots)
            hit = there == hashes.take(places)
            found[places[hit]] = True
            going = np.flatnonzero((there != _EMPTY) & ~hit)
            places, slots = places.take(going), slots.take(going)
        return found

    def add(self, hashes: Hashes) -> Mask:
        """Add hashes, all different; tell of each whether it was there before."""
        hashes = _nonzero(hashes)
        self._make_room(len(hashes))
        before = self._insert(hashes)
        self.size += len(hashes) - int(np.count_nonzero(before))
        return before

    def _insert(self, hashes: Hashes) -> Mask:
        slots = self._homes(hashes)
        before, lost = self._claim(slots, hashes)
        places = np.flatnonzero(lost)
        slots = slots.take(places)
        while len(places):
            slots = self._next(slots)
            there, lost = self._claim(slots, hashes.take(places))
            before[places[there]] = True
            going = np.flatnonzero(lost)
            places, slots = places.take(going), slots.take(going)
        return before

    def _claim(self, slots: npt.NDArray[np.intp], hashes: Hashes) -> tuple[Mask, Mask]:
        """Put each hash into its slot if that is free; tell which were there, and which have to go on."""
        there = self._slots.take(slots)
        # What is taken is written back as it is: cheaper than picking the free ones.
        self._slots[slots] = np.where(there == _EMPTY, hashes, there)
        # Of several that wanted one free slot, one has it now.
        return there == hashes, self._slots.take(slots) != hashes

    def _homes(self, hashes: Hashes) -> npt.NDArray[np.intp]:
        return (hashes >> np.uint64(64 - self._bits)).astype(np.intp)

    def _next(self, slots: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
        return (slots + 1) & (len(self._slots) - 1)

    def _make_room(self, more: int) -> None:
        if 2 * (self.size + more) <= len(self._slots):
            return
        kept = self._slots[self._slots != _EMPTY]
        self._bits = _bits_for(self.size + more)
        self._slots = np.zeros(1 << self._bits, np.uint64)
        self._insert(kept)


def _bits_for(size: int) -> int:
    return max(_LEAST_BITS, (2 * size - 1).bit_length())


def _nonzero(hashes: Hashes) -> Hashes:
    return hashes if hashes.all() else np.where(hashes == _EMPTY, _ZERO, hashes)
