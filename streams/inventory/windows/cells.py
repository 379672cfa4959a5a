"""How many different values a window has, in 128 bytes: linear counting (Whang et al., 1990).

A value sets one of 1,024 cells by a hash that is the same in every process. Ten bits of a hash tell of a value neither
what it was nor, in a window of many, that it was there; a window's cells are let go of when it ends.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from zlib import crc32

import numpy as np
import numpy.typing as npt

CELLS = 1_024
#: Fibonacci hashing: Python hashes whole numbers to themselves.
_GOLDEN = 0x9E3779B97F4A7C15
_SHIFT = 64 - 10
_WORD = (1 << 64) - 1
#: So many cells are set one by one: an array takes longer to make.
_FEW = 48

Cells = npt.NDArray[np.bool_]


def empty() -> Cells:
    """Return cells that no value has set."""
    return np.zeros(CELLS, dtype=np.bool_)


def set_texts(cells: Cells, texts: Collection[str]) -> None:
    """Set the cells of texts."""
    try:
        if len(texts) <= _FEW:
            view = cells.data
            for mixed in map(crc32, map(str.encode, texts)):
                view[mixed & (CELLS - 1)] = True
            return
        hashes = np.fromiter(map(crc32, map(str.encode, texts)), dtype=np.int64, count=len(texts))
    except UnicodeEncodeError:  # a lone surrogate
        hashes = np.array([crc32(text.encode("utf-8", "surrogatepass")) for text in texts], dtype=np.int64)
    cells[hashes & (CELLS - 1)] = True


def set_numbers(cells: Cells, numbers: Collection[float]) -> None:
    """Set the cells of numbers; equal ones set the same. Python's hash of numbers is the same everywhere."""
    # What is no number is hashed by its place in memory; its difference from itself is none either.
    hashes = [hash(number) if number - number == 0 else 0 for number in numbers]
    if len(hashes) <= _FEW:
        view = cells.data
        for mixed in hashes:
            view[(mixed * _GOLDEN & _WORD) >> _SHIFT] = True
        return
    words = np.array(hashes, dtype=np.int64).astype(np.uint64)
    cells[(words * np.uint64(_GOLDEN)) >> np.uint64(_SHIFT)] = True


def distinct(cells: Cells, most: int) -> int:
    """Return the estimated number of different values, at most ``most``; relative error about 3 %."""
    free = CELLS - int(np.count_nonzero(cells))
    return min(round(-CELLS * math.log(max(free, 1) / CELLS)), most)


def pack(cells: Cells) -> bytes:
    """Return the cells as 128 bytes."""
    return np.packbits(cells).tobytes()


def unpack(data: bytes) -> Cells:
    """Return the cells that :func:`pack` gave."""
    return np.unpackbits(np.frombuffer(data, dtype=np.uint8)).astype(np.bool_)
