"""Which hashes were seen among the last records of a partition.

The offsets of a partition are cut into blocks of half a window. A record is a duplicate when one with the same hash
stands before it in its own block or in the one before: so any two within half a window are found, none further apart
than a window is, and in between it depends on where the blocks begin. That depends on offsets alone, hence neither on
batches nor on restarts: a worker that goes back to :meth:`Window.rewind` and adds what it reads there has the window it
had.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from streams.inventory.duplicates.hashing import Hashes
from streams.inventory.duplicates.hashset import HashSet, Mask

#: Offsets that a window of contents reaches back: 4 MB a partition when it is full, and half a second to fill it again.
CONTENT_WINDOW = 200_000
_KINDS_OF_HASH = 2.0**64


def false_positive_rate(size: int) -> float:
    """Return the probability that a record which is no duplicate counts as one: at most (hashes kept) / 2**64."""
    return size / _KINDS_OF_HASH


class Window:
    """The hashes of the last ``size / 2`` to ``size`` offsets of one partition.

    Args:
        size: how far it reaches back at most, in offsets.
    """

    def __init__(self, size: int = CONTENT_WINDOW) -> None:
        self._block = max(size // 2, 1)
        self._number = -1
        self._current = HashSet()
        self._before = HashSet()
        self._board = np.zeros(1 << 15, np.int32)

    @property
    def false_positive_rate(self) -> float:
        """See :func:`false_positive_rate`."""
        return false_positive_rate(2 * self._block)

    @property
    def nbytes(self) -> int:
        """Bytes of memory it takes now; at most 16 to 32 for each offset it reaches back, in powers of two."""
        return self._current.nbytes + self._before.nbytes

    def rewind(self, end: int) -> int:
        """Return from which offset to ``end`` records must be added to have the window of one that never stopped."""
        return max(end // self._block - 1, 0) * self._block

    def add(self, hashes: Hashes, offsets: npt.NDArray[np.int64]) -> Mask:
        """Add records in the order of the partition; tell of each whether its hash was in the window.

        Args:
            hashes: one a record.
            offsets: of the same records, never descending, also from one call to the next.
        """
        seen = np.zeros(len(hashes), np.bool_)
        numbers = offsets // self._block
        cuts = np.flatnonzero(np.diff(numbers)) + 1
        for start, end in zip([0, *cuts.tolist()], [*cuts.tolist(), len(hashes)], strict=True):
            if start < end:
                self._go_to(int(numbers[start]))
                seen[start:end] = self._add(hashes[start:end])
        return seen

    def _go_to(self, number: int) -> None:
        if number <= self._number:
            return
        self._before = self._current if number == self._number + 1 else HashSet()
        self._current = HashSet(self._before.size)
        self._number = number

    def _add(self, hashes: Hashes) -> Mask:
        again = _seen_within(hashes, self._board)
        if again is None:
            return self._current.add(hashes) | self._before.has(hashes)
        firsts = np.flatnonzero(~again)
        new = hashes[firsts]
        again[firsts] = self._current.add(new) | self._before.has(new)
        return again


def _seen_within(hashes: Hashes, board: npt.NDArray[np.int32]) -> Mask | None:
    """Tell of each hash whether it stands earlier in the same array; None when all are different."""
    # Each writes its place on the board at its last bits. Who finds another's there has met one with the same bits.
    bits = (hashes & np.uint64(len(board) - 1)).astype(np.intp)
    places = np.arange(len(hashes), dtype=np.int32)
    board[bits] = places
    found = board.take(bits)
    losers = np.flatnonzero(found != places)
    beaten = hashes.take(losers)
    equal = bool((hashes.take(found.take(losers)) == beaten).any())
    if not equal and len(np.unique(beaten)) == len(beaten):
        return None
    suspects = np.union1d(losers, found[losers])
    _, firsts = np.unique(hashes[suspects], return_index=True)
    again = np.zeros(len(hashes), np.bool_)
    again[suspects] = True
    again[suspects[firsts]] = False
    return again
