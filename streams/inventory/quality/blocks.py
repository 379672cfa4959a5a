"""Which records are looked at: all at first, then ever fewer, chosen by their number alone.

*Checked* in full are blocks of 512 records: the first two, of the first 9,216 records one in eight, of the first 74,752
one in 32, then one in 256. So shares are known about as well from a billion records as from a million, and checking
costs next to nothing. Gaps are *looked* for more often, but in short blocks: the first 1,024 records, then 32 of every
8,192. Which block of a stripe it is looks random and is the same for everybody.
"""

from __future__ import annotations

from collections.abc import Iterator

BLOCK = 512
#: Up to which block one in how many is checked; every range is whole stripes.
_RATES = ((2, 1), (18, 8), (146, 32))
_RATE = 256
#: Records that are all looked at for gaps; then so many of every stripe.
_ALL = 1_024
_SHORT, _STRIPE = 32, 8_192


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
        yield from _within(chosen * BLOCK, BLOCK, start, size)
        block = first + rate


def looked(start: int, size: int) -> Iterator[tuple[int, int]]:
    """Yield (from, to) of the records in which gaps are looked for; the arguments are those of :func:`checked`."""
    yield from _within(0, _ALL, start, size)
    stripe = max(start - _ALL, 0) // _STRIPE
    while _ALL + stripe * _STRIPE < start + size:
        first = _ALL + stripe * _STRIPE + _mixed(stripe) % (_STRIPE // _SHORT) * _SHORT
        yield from _within(first, _SHORT, start, size)
        stripe += 1


def _within(first: int, count: int, start: int, size: int) -> Iterator[tuple[int, int]]:
    low, high = max(first, start), min(first + count, start + size)
    if low < high:
        yield low - start, high - start


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
