"""A field's values in numbers: lengths, kinds of characters, signs, and the numbers that they are."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

#: Signs that tell much about what a value is.
SIGNS = ".,-:;/()@&%$€¥\"'#+_=|<>[]{}*"
_LENGTHS, _CHARACTERS, _NUMBERS = 9, 7, 16
#: How many statistics there are.
SIZE = _LENGTHS + _CHARACTERS + 2 * len(SIGNS) + _NUMBERS

_KINDS: tuple[Callable[[str], bool], ...] = (str.isdigit, str.isalpha, str.isupper, str.islower, str.isspace)
#: Characters up to here have a place in tables: Latin, and all of :data:`SIGNS`.
_LATIN = 0x250
_CODES = np.full(0x2100, len(SIGNS), dtype=np.int64)
_CODES[[ord(sign) for sign in SIGNS]] = np.arange(len(SIGNS))
_RANKS = (0.0, 0.25, 0.5, 0.75, 1.0)

_Floats = NDArray[np.float64]


@cache
def _kinds_of(code: int) -> list[bool]:
    """Return of which kinds a character is, and whether it is Chinese."""
    sign = chr(code)
    return [*(kind(sign) for kind in _KINDS), 0x3400 <= code <= 0x9FFF]


_KINDS_BELOW = np.array([_kinds_of(code) for code in range(_LATIN)], dtype=np.float64)


class _Texts:
    """The texts of all draws one after the other, and to which draw each of them and each character belongs."""

    def __init__(self, draws: Sequence[Sequence[str]]) -> None:
        self.draws = len(draws)
        self.texts = [text for draw in draws for text in draw]
        sizes = np.array([len(draw) for draw in draws], dtype=np.int64)
        self.sizes = sizes.astype(np.float64)
        self.starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
        self.lengths = np.array([len(text) for text in self.texts], dtype=np.int64)
        joined = "".join(self.texts)
        self.codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
        self.text_of = np.repeat(np.arange(len(self.texts)), self.lengths)
        self.owner = np.repeat(np.arange(self.draws), sizes)
        self.characters = np.maximum(np.add.reduceat(self.lengths, self.starts), 1)


def statistics(draws: Sequence[Sequence[str]], repeats: Sequence[float]) -> NDArray[np.float32]:
    """Return statistics of different values: ``[len(draws), SIZE]``, finite for any text.

    Args:
        draws: different values each; at least one.
        repeats: how often a value of each draw comes on average, at least 1.
    """
    texts = _Texts(draws)
    numbers = np.array([_numbers(draw) for draw in draws])
    parts = (_lengths(texts, np.array(repeats)), _characters(texts), _signs(texts), numbers)
    return np.asarray(np.concatenate(parts, axis=1), dtype=np.float32)


def _lengths(texts: _Texts, repeats: _Floats) -> _Floats:
    words = np.array([len(text.split()) for text in texts.texts], dtype=np.float64)
    lengths = texts.lengths.astype(np.float64)
    means = np.add.reduceat(lengths, texts.starts) / texts.sizes
    squares = np.add.reduceat((lengths - means[texts.owner]) ** 2, texts.starts)
    figures = [
        np.minimum(texts.sizes, 5),
        np.minimum(repeats, 10.0),
        means,
        np.minimum.reduceat(lengths, texts.starts),
        np.maximum.reduceat(lengths, texts.starts),
        np.sqrt(squares / texts.sizes),
        np.add.reduceat(words, texts.starts) / texts.sizes,
        np.minimum.reduceat(words, texts.starts),
        np.maximum.reduceat(words, texts.starts),
    ]
    return np.asarray(np.log1p(np.stack(figures, axis=1)))


def _characters(texts: _Texts) -> _Floats:
    kinds = _KINDS_BELOW[np.minimum(texts.codes, _LATIN - 1)]
    for place in np.flatnonzero(texts.codes >= _LATIN):
        kinds[place] = _kinds_of(int(texts.codes[place]))
    owner = texts.owner[texts.text_of]
    shares = [np.bincount(owner, kind, texts.draws) / texts.characters for kind in kinds.T]
    titled = np.array([text.istitle() for text in texts.texts])
    return np.stack([*shares, np.add.reduceat(titled, texts.starts, dtype=np.float64) / texts.sizes], axis=1)


def _signs(texts: _Texts) -> _Floats:
    width = len(SIGNS) + 1
    codes = _CODES[np.minimum(texts.codes, _CODES.size - 1)]
    counts = np.bincount(texts.text_of * width + codes, minlength=len(texts.texts) * width)
    counts = counts.reshape(-1, width)[:, :-1]
    overall = np.add.reduceat(counts, texts.starts, axis=0) / texts.characters[:, None]
    inside = np.add.reduceat(counts > 0, texts.starts, axis=0, dtype=np.float64) / texts.sizes[:, None]
    return np.concatenate([overall, inside], axis=1)


def _numbers(texts: Sequence[str]) -> list[float]:
    numbers = sorted(number for text in texts if (number := _number(text)) is not None)
    if not numbers:
        return [0.0] * _NUMBERS
    size = len(numbers)
    quantiles = [_quantile(numbers, rank) for rank in _RANKS]
    decimals = [float(len(text.partition(".")[2])) for text in texts]
    tests: tuple[Callable[[float], Any], ...] = (
        float.is_integer,
        lambda number: number < 0,
        lambda number: number > 1,
        lambda number: number <= 5,
        lambda number: abs(number) <= 90,
        lambda number: abs(number) <= 180,
    )
    return [
        size / len(texts),
        *(math.copysign(math.log1p(abs(number)), number) for number in quantiles),
        *(sum(map(test, numbers)) / size for test in tests),
        sum(decimals) / len(decimals),
        max(decimals),
        _spread(decimals),
        math.log1p(_spread(numbers)),
    ]


def _quantile(numbers: Sequence[float], rank: float) -> float:
    """Return a quantile of sorted numbers, between two of them in proportion."""
    place = rank * (len(numbers) - 1)
    below = int(place)
    low, high, part = numbers[below], numbers[min(below + 1, len(numbers) - 1)], place - below
    return low + (high - low) * part if part < 0.5 else high - (high - low) * (1 - part)


def _spread(numbers: Sequence[float]) -> float:
    """Return the standard deviation of all numbers there are."""
    mean = sum(numbers) / len(numbers)
    return math.sqrt(sum((number - mean) ** 2 for number in numbers) / len(numbers))


def _number(text: str) -> float | None:
    """Return a text as a number of at most 1e30; None when it is none."""
    try:
        number = float(text) if len(text) <= 40 and "_" not in text else None
    except ValueError:
        return None
    return number if number is not None and abs(number) <= 1e30 else None
