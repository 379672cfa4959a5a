"""Words that people, towns, regions and streets are called by: sets of hashes, which show no word.

Made by ``models/types/gazetteers.py``; ``gazetteer.npz`` holds one sorted array of 32-bit hashes a set. A word that is
in no set is taken for one in ten thousand times.
"""

from __future__ import annotations

import zlib
from collections.abc import Collection, Sequence
from functools import cache
from importlib.resources import files
from io import BytesIO

import numpy as np
from numpy.typing import NDArray

from pandian.types.ngrams import words

#: The sets of names as they are written, in lower case, in this order.
SETS = ("given", "family", "city", "region", "street")
#: How many figures :func:`found` gives.
SIZE = 4 * len(SETS) + 1

Hashes = NDArray[np.uint32]


def hashes(names: Collection[str]) -> Hashes:
    """Return the sorted hashes of ``names``."""
    return np.unique(np.fromiter((_hash(name) for name in names), dtype=np.uint32, count=len(names)))


@cache
def gazetteer() -> dict[str, Hashes]:
    """Return each set by name, and the words of its names under that name with ``_word``."""
    data = files("pandian.types").joinpath("gazetteer.npz").read_bytes()
    with np.load(BytesIO(data), allow_pickle=False) as file:
        return {name: file[name] for name in file.files}


def found(texts: Sequence[str]) -> NDArray[np.float32]:
    """Return, for each set, the shares of ``texts`` that are in it, begin with, end with one of its words, and the mean
    share of their words; last, the share that is a given name with a family name: ``[SIZE]``."""
    split = [words(text) for text in texts]
    flat = np.array([_hash(word) for parts in split for word in parts], dtype=np.uint32)
    sizes = np.array([len(parts) for parts in split], dtype=np.int64)
    whole = np.array([_hash(text.casefold()) for text in texts], dtype=np.uint32)
    filled = sizes > 0
    ends = np.cumsum(sizes)[filled] - 1
    starts = ends - sizes[filled] + 1
    known: dict[str, NDArray[np.bool_]] = {}
    figures: list[float] = []
    for name in SETS:
        inside = known[name] = _among(flat, gazetteer()[f"{name}_word"])
        figures.append(float(_among(whole, gazetteer()[name]).mean()))
        if not ends.size:
            figures += [0.0, 0.0, 0.0]
            continue
        shares = np.add.reduceat(inside, starts, dtype=np.float64) / sizes[filled]
        figures += [float(inside[starts].mean()), float(inside[ends].mean()), float(shares.mean())]
    full = (sizes[filled] >= 2) & known["given"][starts] & known["family"][ends] if ends.size else np.zeros(0)
    return np.array([*figures, full.sum() / len(texts)], dtype=np.float32)


def _among(one: Hashes, other: Hashes) -> NDArray[np.bool_]:
    place = np.minimum(np.searchsorted(other, one), len(other) - 1)
    return np.asarray(other[place] == one)


def _hash(text: str) -> int:
    return zlib.crc32(text.encode("utf-8", "replace"))
