"""Pieces of texts, hashed: characters, words, and the shapes that texts have. Of many draws in a few numpy operations.

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


def hashed(draws: Sequence[Sequence[str]]) -> NDArray[np.float32]:
    """Return the three blocks of hashed pieces of each draw's texts, each of length 1: ``[len(draws), 3 * BUCKETS]``.

    Counts are damped by their logarithm. All zeros for a draw of no text.
    """
    joined = ["\n" + "\n".join(texts) + "\n" if texts else "" for texts in draws]
    codes = np.frombuffer("".join(joined).encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    owner = np.repeat(np.arange(len(joined)), [len(text) for text in joined])
    found = [words(text) for text in joined]
    crcs = [zlib.crc32(word.encode("utf-8", "replace")) for part in found for word in part]
    of_words = np.repeat(np.arange(len(joined)), [len(part) for part in found])
    blocks = np.empty((len(joined), 3, BUCKETS), dtype=np.float32)
    blocks[:, 0] = _counted(*_pieces(codes, owner, _CHARACTERS), len(joined))
    blocks[:, 1] = _counted(np.array(crcs, dtype=np.uint64), of_words, len(joined))
    blocks[:, 2] = _counted(*_pieces(_shape(codes), owner, _SHAPES), len(joined))
    lengths = [max(float(np.linalg.norm(block)), 1e-9) for block in blocks.reshape(-1, BUCKETS)]
    blocks /= np.array(lengths, dtype=np.float32).reshape(-1, 3, 1)
    return blocks.reshape(len(joined), 3 * BUCKETS)


def words(text: str) -> list[str]:
    """Return the words of ``text`` in lower case."""
    return _WORDS.findall(text.casefold())


def _shape(codes: NDArray[np.uint32]) -> NDArray[np.uint32]:
    plain = _SHAPE[np.minimum(codes, 0x24F)]
    return np.where(codes < 0x250, plain, np.where(codes >= 0x3400, _HAN, _LOWER)).astype(np.uint32)


def _pieces(
    codes: NDArray[np.uint32], owner: NDArray[np.int64], longest: int
) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Return a hash of each run of one to ``longest`` characters of one draw, and that draw."""
    last = codes.astype(np.uint64)
    pieces, owners = [last], [owner]
    for length in range(2, longest + 1):
        last = last[:-1] * _STEP + codes[length - 1 :] + np.uint64(length)
        within = owner[length - 1 :] == owner[: 1 - length]
        pieces.append(last[within])
        owners.append(owner[length - 1 :][within])
    return np.concatenate(pieces), np.concatenate(owners)


def _counted(hashes: NDArray[np.uint64], owner: NDArray[np.int64], draws: int) -> NDArray[np.float32]:
    """Return the logarithms of one more than how many hashes of each draw fall into each bucket."""
    buckets = ((hashes * _MULTIPLIER) >> _SHIFT).astype(np.int64)
    counts = np.bincount(owner * BUCKETS + buckets, minlength=draws * BUCKETS)
    damped = np.log1p(np.arange(counts.max(initial=0) + 1)).astype(np.float32)
    return damped[counts].reshape(draws, BUCKETS)
