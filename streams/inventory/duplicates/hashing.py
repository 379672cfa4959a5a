"""Hashes of contents and of values: XXH3, 64 bits, without a salt, so that every process gives the same.

XXH3 (Collet, xxhash.com) passes SMHasher's tests of quality: two different contents agree with probability 2**-64.
It is no cryptographic hash: whoever wants to can make two contents that agree, and so a record of their own that
counts as a duplicate.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from xxhash import xxh3_64_intdigest

Hashes = npt.NDArray[np.uint64]


def content_hashes(values: Sequence[bytes]) -> Hashes:
    """Return the hash of each record's bytes, about 60 ns for 200 bytes."""
    return np.fromiter(map(xxh3_64_intdigest, values), np.uint64, len(values))


def value_hashes(values: Sequence[Any]) -> Hashes:
    """Return the hash of each scalar, by its text: 1 and ``"1"`` are one."""
    texts = values if set(map(type, values)) == {str} else list(map(str, values))
    try:
        return content_hashes(list(map(str.encode, texts)))
    except UnicodeEncodeError:  # lone surrogates, which JSON can write
        return content_hashes([text.encode("utf-8", "surrogatepass") for text in texts])
