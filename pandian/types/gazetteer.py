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
Flags = NDArray[np.bool_]


def hashes(names: Collection[str]) -> Hashes:
    """Return the sorted hashes of ``names``."""
    return np.unique(np.fromiter((_hash(name) for name in names), dtype=np.uint32, count=len(names)))


@cache
def gazetteer() -> dict[str, Hashes]:
    """Return each set by name, and the words of its names under that name with ``_word``."""
    data = files("pandian.types").joinpath("gazetteer.npz").read_bytes()
    with np.load(BytesIO(data), allow_pickle=False) as file:
        return {name: file[name] for name in file.files}


class _Means:
    """Means over the texts of each draw that a figure is known of; 0 where there is none."""

    def __init__(self, draw: NDArray[np.int64], draws: int) -> None:
        self._draw = draw
        self._draws = draws
        self._count = np.maximum(np.bincount(draw, minlength=draws), 1)

    def of(self, figures: NDArray[np.float64] | Flags) -> NDArray[np.float64]:
        return np.bincount(self._draw, figures, self._draws) / self._count


def found(draws: Sequence[Sequence[str]]) -> NDArray[np.float32]:
    """Return, for each draw and each set, the shares of its texts that are in it, begin with, end with one of its
    words, and the mean share of their words; last, the share that is a given name with a family name.

    Args:
        draws: of at least one text each.

    Returns:
        ``[len(draws), SIZE]``
    """
    texts = [text for draw in draws for text in draw]
    owner = np.repeat(np.arange(len(draws)), [len(draw) for draw in draws])
    split = [words(text) for text in texts]
    flat = np.array([_hash(word) for parts in split for word in parts], dtype=np.uint32)
    whole = np.array([_hash(text.casefold()) for text in texts], dtype=np.uint32)
    sizes = np.array([len(parts) for parts in split], dtype=np.int64)
    filled = sizes > 0
    ends = np.cumsum(sizes)[filled] - 1
    sizes = sizes[filled]
    starts = ends - sizes + 1
    of_texts, of_filled = _Means(owner, len(draws)), _Means(owner[filled], len(draws))
    figures = np.zeros((len(draws), SIZE), dtype=np.float32)
    known: dict[str, Flags] = {}
    for place, name in enumerate(SETS):
        inside = known[name] = _among(flat, gazetteer()[f"{name}_word"])
        figures[:, 4 * place] = of_texts.of(_among(whole, gazetteer()[name]))
        if ends.size:
            shares = np.add.reduceat(inside, starts, dtype=np.float64) / sizes
            for step, one in enumerate((inside[starts], inside[ends], shares), 1):
                figures[:, 4 * place + step] = of_filled.of(one)
    full = np.zeros(len(texts), dtype=np.bool_)
    if ends.size:
        full[filled] = (sizes >= 2) & known["given"][starts] & known["family"][ends]
    figures[:, -1] = of_texts.of(full)
    return figures


def _among(one: Hashes, other: Hashes) -> Flags:
    place = np.minimum(np.searchsorted(other, one), len(other) - 1)
    return np.asarray(other[place] == one)


def _hash(text: str) -> int:
    return zlib.crc32(text.encode("utf-8", "replace"))
