"""A set of 64-bit hashes in one array: open addressing with linear probing, a whole batch at a time.

Knuth, TAOCP 3, 6.4. At most half of the slots are taken, so that a search takes 1.5 steps on average.
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
    """Hashes that were added. 16 to 32 bytes each; it grows by doubling."""

    __slots__ = ("_bits", "_slots", "size")

    def __init__(self) -> None:
        self.size = 0
        """How many different hashes it holds."""
        self._bits = _LEAST_BITS
        self._slots = np.zeros(1 << self._bits, np.uint64)

    @property
    def nbytes(self) -> int:
        """Bytes of memory it takes."""
        return self._slots.nbytes

    def has(self, hashes: Hashes) -> Mask:
        """Tell of each hash whether it is in the set."""
        found = np.zeros(len(hashes), np.bool_)
        if not self.size:
            return found
        hashes = _nonzero(hashes)
        slots = self._homes(hashes)
        there = self._slots[slots]
        np.equal(there, hashes, out=found)
        open_ = np.flatnonzero(~found & (there != _EMPTY))
        while len(open_):
            slots = self._next(slots if len(slots) == len(open_) else slots[open_])
            there = self._slots[slots]
            hits = there == hashes[open_]
            found[open_[hits]] = True
            going = ~hits & (there != _EMPTY)
            open_, slots = open_[going], slots[going]
        return found

    def add(self, hashes: Hashes) -> Mask:
        """Add hashes, all different; tell of each whether it was there before."""
        hashes = _nonzero(hashes)
        self._make_room(len(hashes))
        before = self._insert(hashes)
        self.size += len(hashes) - int(np.count_nonzero(before))
        return before

    def _insert(self, hashes: Hashes) -> Mask:
        before = np.zeros(len(hashes), np.bool_)
        places = np.arange(len(hashes))
        slots = self._homes(hashes)
        while len(places):
            there = self._slots[slots]
            wanted = hashes[places]
            before[places[there == wanted]] = True
            free = there == _EMPTY
            self._slots[slots[free]] = wanted[free]
            # Of several that wanted one free slot, one has it now; the others go on as those do whose slot was taken.
            going = self._slots[slots] != wanted
            places, slots = places[going], self._next(slots[going])
        return before

    def _homes(self, hashes: Hashes) -> npt.NDArray[np.intp]:
        return (hashes >> np.uint64(64 - self._bits)).astype(np.intp)

    def _next(self, slots: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
        return (slots + 1) & (len(self._slots) - 1)

    def _make_room(self, more: int) -> None:
        if 2 * (self.size + more) <= len(self._slots):
            return
        kept = self._slots[self._slots != _EMPTY]
        self._bits = max(_LEAST_BITS, (2 * (self.size + more) - 1).bit_length())
        self._slots = np.zeros(1 << self._bits, np.uint64)
        self._insert(kept)


def _nonzero(hashes: Hashes) -> Hashes:
    return hashes if hashes.all() else np.where(hashes == _EMPTY, _ZERO, hashes)
