"""A field's values in numbers: lengths, kinds of characters, signs, and the numbers that they are."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

#: Signs that tell much about what a value is.
SIGNS = ".,-:;/()@&%$€¥\"'#+_=|<>[]{}*"
#: How many statistics there are.
SIZE = 9 + 7 + 2 * len(SIGNS) + 16

_KINDS = (str.isdigit, str.isalpha, str.isupper, str.islower, str.isspace)


def statistics(texts: Sequence[str], repeats: float) -> NDArray[np.float32]:
    """Return statistics of different values ``texts``: ``[SIZE]``, finite for any text.

    Args:
        texts: different values; at least one.
        repeats: how often a value comes on average, at least 1.
    """
    joined = "".join(texts)
    return np.concatenate(
        [_lengths(texts, repeats), _characters(texts, joined), _signs(texts, joined), _numbers(texts)]
    )


def _lengths(texts: Sequence[str], repeats: float) -> NDArray[np.float32]:
    lengths = np.array([len(text) for text in texts], dtype=np.float32)
    words = np.array([len(text.split()) for text in texts], dtype=np.float32)
    size = min(len(texts), 5)
    repeated = min(repeats, 10.0)
    figures = [
        size,
        repeated,
        lengths.mean(),
        lengths.min(),
        lengths.max(),
        lengths.std(),
        words.mean(),
        words.min(),
        words.max(),
    ]
    return np.log1p(np.array(figures, dtype=np.float32))


def _characters(texts: Sequence[str], joined: str) -> NDArray[np.float32]:
    size = max(len(joined), 1)
    kinds = [sum(map(kind, joined)) / size for kind in _KINDS]
    han = sum("\u3400" <= sign <= "\u9fff" for sign in joined) / size if not joined.isascii() else 0.0
    titled = sum(text.istitle() for text in texts) / len(texts)
    return np.array([*kinds, han, titled], dtype=np.float32)


def _signs(texts: Sequence[str], joined: str) -> NDArray[np.float32]:
    size = max(len(joined), 1)
    inside = [sum(sign in text for text in texts) / len(texts) if sign in joined else 0.0 for sign in SIGNS]
    return np.array([joined.count(sign) / size for sign in SIGNS] + inside, dtype=np.float32)


def _numbers(texts: Sequence[str]) -> NDArray[np.float32]:
    numbers = np.array([number for text in texts if (number := _number(text)) is not None], dtype=np.float64)
    if not numbers.size:
        return np.zeros(16, dtype=np.float32)
    quantiles = np.quantile(numbers, [0, 0.25, 0.5, 0.75, 1])
    decimals = np.array([len(text.partition(".")[2]) for text in texts], dtype=np.float64)
    tests = (
        numbers == np.floor(numbers),
        numbers < 0,
        numbers > 1,
        numbers <= 5,
        abs(numbers) <= 90,
        abs(numbers) <= 180,
    )
    figures = [
        numbers.size / len(texts),
        *(np.sign(quantiles) * np.log1p(abs(quantiles))),
        *(float(test.mean()) for test in tests),
        decimals.mean(), decimals.max(), decimals.std(),
        np.log1p(numbers.std()),
    ]  # fmt: skip
    return np.array(figures, dtype=np.float32)


def _number(text: str) -> float | None:
    """Return a text as a number of at most 1e30; None when it is none."""
    try:
        number = float(text) if len(text) <= 40 and "_" not in text else None
    except ValueError:
        return None
    return number if number is not None and abs(number) <= 1e30 else None
