"""The bins in which a field's values are counted: quantiles of its numbers, or its most frequent values.

They are made once, from the first values of several windows, and then stay: so counts of windows can be compared.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from streams.inventory.drift.samples import UNLISTED, Scalar
from streams.inventory.profile.numerals import number_texts

#: Bins of a field at most, the last of them for all other values.
MOST = 16
#: Bins of numbers: equally frequent, twelve of them.
_QUANTILES = 12
#: A field is one of numbers when it has more different ones than a list of values could show.
_MANY = 16
#: Share of the values that have to be numbers.
_NUMERIC = 0.9
#: A value is frequent from this share of the samples on.
_FREQUENT = 0.01
#: Numbers beyond are no quantities.
_LARGEST = 1e300
#: Texts whose bin is remembered.
_REMEMBERED = 4_096
_NUMERAL = re.compile(r"[+-]?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_LONGEST_NUMERAL = 64


class ValueBins:
    """Bins by upper edges of numbers, or by listed values; what is in none of them is ``other``.

    Args:
        edges: ascending; bin ``i`` holds the numbers ``x`` with ``edges[i - 1] < x <= edges[i]``.
        listed: the values, when there are no edges.
    """

    __slots__ = ("_places", "edges", "listed")

    def __init__(self, edges: Sequence[float] = (), listed: Sequence[Scalar] = ()) -> None:
        self.edges = [*map(float, edges)]
        self.listed = tuple(listed)
        self._places: dict[str, int] = {}

    @property
    def count(self) -> int:
        """How many bins there are, ``other`` included."""
        return (len(self.edges) + 1 if self.edges else len(self.listed)) + 1

    def tally(self, texts: Mapping[str, int], numbers: Mapping[int | float, int], found: list[int]) -> None:
        """Count values in the bins they lie in.

        Args:
            texts: distinct non-blank texts with their counts.
            numbers: distinct numbers with theirs.
            found: how many values lie in each bin; theirs are added.
        """
        if not self.edges:
            others = sum(texts.values()) + sum(numbers.values())
            for place, value in enumerate(self.listed):
                count = texts.get(value, 0) if isinstance(value, str) else numbers.get(value, 0)
                found[place] += count
                others -= count
            found[-1] += others
            return
        if texts:
            for place, count in zip(self._places_of_texts(texts), texts.values(), strict=True):
                found[place] += count
        if numbers:
            for place, count in zip(self._places_of(numbers), numbers.values(), strict=True):
                found[place] += count

    def _places_of_texts(self, texts: Mapping[str, int]) -> Iterable[int]:
        """Return the bins of texts; they are remembered, since the next window has most of them again."""
        places = self._places
        missing = [text for text in texts if text not in places]
        if missing:
            if len(places) > _REMEMBERED:
                places.clear()
                missing = [*texts]
            places.update(zip(missing, self._places_of(map(_number, missing)), strict=True))
        return map(places.__getitem__, texts)

    def _places_of(self, numbers: Iterable[int | float | None]) -> Iterator[int]:
        """Yield the bins of numbers; None is in the last one."""
        edges, other = self.edges, self.count - 1
        for number in numbers:
            # Beyond the range of doubles there is nothing but infinity.
            inside = None if number is None or not abs(number) <= _LARGEST else float(number)
            yield other if inside is None else bisect_left(edges, inside)

    def labels(self) -> list[str]:
        """Return what each bin holds, in words."""
        if not self.edges:
            return [*map(_text, self.listed), "other values"]
        edges = [f"{edge:.6g}" for edge in self.edges]
        between = [f"{low} to {high}" for low, high in pairwise(edges)]
        return [f"up to {edges[0]}", *between, f"above {edges[-1]}", "not a number"]

    def state(self) -> list[list[Any]]:
        """Return the state as JSON values."""
        return [self.edges, list(self.listed)]

    @classmethod
    def restored(cls, state: Sequence[Sequence[Any]]) -> ValueBins:
        """Return the bins whose :meth:`state` this is."""
        return cls(state[0], state[1])


def bins_of(samples: Sequence[Scalar]) -> ValueBins | None:
    """Return the bins for a field of which these are samples; None when it has neither numbers nor frequent values.

    Args:
        samples: what :func:`~streams.inventory.drift.samples.samples_of` gave.
    """
    texts = Counter(value for value in samples if isinstance(value, str))
    others = Counter(value for value in samples if not isinstance(value, str))
    known = {text: _number(text) for text in texts}
    read = (known[value] if isinstance(value, str) else float(value) for value in samples)
    values = [number for number in read if number is not None]
    if len(values) >= _NUMERIC * len(samples) and len(set(values)) > _MANY:
        values.sort()
        places = (math.ceil(len(values) * (part / _QUANTILES) - 1) for part in range(1, _QUANTILES))
        return ValueBins(sorted({values[place] for place in places}))
    least = max(_FREQUENT * len(samples), 2)
    frequent = [
        (value, count)
        for value, count in [*texts.items(), *others.items()]
        if count >= least and value != UNLISTED
    ]
    frequent.sort(key=lambda item: (-item[1], _text(item[0])))
    return ValueBins(listed=[value for value, _ in frequent[: MOST - 1]]) if frequent else None


def _number(text: str) -> float | None:
    """Return the number that a text is, by the rules of :mod:`streams.inventory.profile.numerals`."""
    if len(text) > _LONGEST_NUMERAL or not _NUMERAL.fullmatch(text):
        return None
    number = float(text)
    return number if abs(number) <= _LARGEST else None


def _text(value: Scalar) -> str:
    if isinstance(value, str):
        return value
    return number_texts([value])[0] if abs(value) <= _LARGEST else "a number beyond all measure"
