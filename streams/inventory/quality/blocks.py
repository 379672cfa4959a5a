"""Which records are checked: all at first, then ever fewer, chosen by their number alone.

Records are taken in blocks of 512: of the first 9,216 one block in four, of the first 66,560 one in sixteen, then one in
128; the first two blocks all. Which one of a stripe it is looks random and is the same for everybody. So shares are
known about as well from a billion records as from a million, and checking costs next to nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

BLOCK = 512
#: Up to which block one in how many is taken; every range is whole stripes.
_RATES = ((2, 1), (18, 4), (130, 16))
_RATE = 128


def checked(start: int, size: int) -> Iterator[tuple[int, int]]:
    """Yield (from, to) of the records to be checked among ``size`` records, relative to the first of them.

    Args:
        start: the number of the first record.
        size: how many there are.
    """
    block, last = start // BLOCK, (start + size - 1) // BLOCK
    while block <= last:
        first, rate = _stripe(block)
        chosen = first + _mixed(first) % rate
        low, high = max(chosen * BLOCK, start), min((chosen + 1) * BLOCK, start + size)
        if low < high:
            yield low - start, high - start
        block = first + rate


def _stripe(block: int) -> tuple[int, int]:
    """Return the first block of the stripe that ``block`` is in, and how many it has."""
    begin = 0
    for end, rate in _RATES:
        if block < end:
            return begin + (block - begin) // rate * rate, rate
        begin = end
    return begin + (block - begin) // _RATE * _RATE, _RATE


def _mixed(number: int) -> int:
    """Return a number that looks random (SplitMix64, Steele, Lea and Flood 2014)."""
    mask = (1 << 64) - 1
    mixed = (number + 1) * 0x9E3779B97F4A7C15 & mask
    mixed = (mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9 & mask
    mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EB & mask
    return mixed ^ mixed >> 31
