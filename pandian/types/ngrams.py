"""Pieces of texts, hashed: characters, words, and the shapes that texts have. All in a few numpy operations.

Feature hashing: Weinberger et al., 2009, "Feature Hashing for Large Scale Multitask Learning". Collisions are left to
the weights.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

#: Buckets of each of the three blocks.
BUCKETS = 1 << 13
#: Longest pieces, in characters, of texts as they are and of their shapes.
_CHARACTERS = 4
_SHAPES = 5

_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
_STEP = np.uint64(1_000_003)
_SHIFT = np.uint64(64 - BUCKETS.bit_length() + 1)
_WORDS = re.compile(r"\w+")
_DIGIT, _UPPER, _LOWER, _HAN = (ord(sign) for sign in "0Aa汉")


def _shapes() -> NDArray[np.uint32]:
    """Return the sign that stands for each character below U+0250: one for digits, two for letters."""
    table = np.arange(0x250, dtype=np.uint32)
    for code in range(0x250):
        sign = chr(code)
        if sign.isdigit():
            table[code] = _DIGIT
        elif sign.isalpha():
            table[code] = _UPPER if sign.isupper() else _LOWER
    return table


_SHAPE = _shapes()


def hashed(texts: Sequence[str]) -> NDArray[np.float32]:
    """Return the three blocks of hashed pieces of ``texts`` together, each of length 1: ``[3 * BUCKETS]``.

    Counts are damped by their logarithm. All zeros for no text.
    """
    if not texts:
        return np.zeros(3 * BUCKETS, dtype=np.float32)
    joined = "\n" + "\n".join(texts) + "\n"
    codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    return np.concatenate(
        [
            _block(_pieces(codes, _CHARACTERS)),
            _block(np.array([zlib.crc32(word.encode("utf-8", "replace")) for word in words(joined)])),
            _block(_pieces(_shape(codes), _SHAPES)),
        ]
    )


def words(text: str) -> list[str]:
    """Return the words of ``text`` in lower case."""
    return _WORDS.findall(text.casefold())


def _shape(codes: NDArray[np.uint32]) -> NDArray[np.uint32]:
    plain = _SHAPE[np.minimum(codes, 0x24F)]
    return np.where(codes < 0x250, plain, np.where(codes >= 0x3400, _HAN, _LOWER)).astype(np.uint32)


def _pieces(codes: NDArray[np.uint32], longest: int) -> NDArray[np.uint64]:
    """Return a hash of each run of one to ``longest`` characters."""
    last = codes.astype(np.uint64)
    pieces = [last]
    for length in range(2, longest + 1):
        last = last[:-1] * _STEP + codes[length - 1 :] + np.uint64(length)
        pieces.append(last)
    return np.concatenate(pieces)


def _block(hashes: NDArray[np.generic]) -> NDArray[np.float32]:
    buckets = (hashes.astype(np.uint64) * _MULTIPLIER) >> _SHIFT
    counts = np.log1p(np.bincount(buckets.astype(np.int64), minlength=BUCKETS)).astype(np.float32)
    return np.asarray(counts / max(float(np.linalg.norm(counts)), 1e-9), dtype=np.float32)
