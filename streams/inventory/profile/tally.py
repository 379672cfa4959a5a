"""Exact figures of values that come with their counts: blanks, spelled-missing, numbers, lengths, extremes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from streams.inventory.profile.lengths import Lengths
from streams.inventory.profile.missing import find_missing
from streams.inventory.profile.moments import Moments
from streams.inventory.profile.numerals import Number, Numbers, from_numbers, parse_texts

Integers = npt.NDArray[np.int64]


class Tally:
    """Sums that need no memory of the values. Merging and batching change none of them."""

    __slots__ = ("blanks", "lengths", "maximum", "minimum", "moments", "spelled")

    def __init__(self) -> None:
        self.blanks = 0
        self.spelled = 0
        self.moments = Moments()
        self.lengths = Lengths()
        self.minimum: str | None = None
        """The first text by code points, missing spellings left out."""
        self.maximum: str | None = None

    def add_texts(self, texts: Sequence[str], counts: Integers) -> Numbers:
        """Count distinct texts in; return the numbers among them."""
        blank, spelled = find_missing(texts)
        standing_in = {texts[place] for place in spelled}
        if spelled:
            self.spelled += int(counts[spelled].sum())
        if blank:
            self.blanks += int(counts[blank].sum())
            texts, counts = list(filter(str.strip, texts)), np.delete(counts, blank)
        self.lengths.add(texts, counts)
        self._extend([text for text in texts if text not in standing_in] if standing_in else texts)
        numbers = parse_texts(texts, counts)
        self.moments.add(numbers)
        return numbers

    def add_numbers(self, values: Sequence[Number], counts: Integers) -> Numbers:
        """Count distinct finite numbers in; return them."""
        numbers = from_numbers(values, counts)
        self.moments.add(numbers)
        return numbers

    def _extend(self, texts: Sequence[str]) -> None:
        if texts:
            low, high = min(texts), max(texts)
            self.minimum = low if self.minimum is None else min(self.minimum, low)
            self.maximum = high if self.maximum is None else max(self.maximum, high)

    def merge(self, other: Tally) -> None:
        """Add what another one counted."""
        self.blanks += other.blanks
        self.spelled += other.spelled
        self.moments.merge(other.moments)
        self.lengths.merge(other.lengths)
        if other.minimum is not None and other.maximum is not None:
            self._extend([other.minimum, other.maximum])

    def state(self) -> dict[str, Any]:
        """Return the state as JSON values."""
        return {
            "blanks": self.blanks,
            "spelled": self.spelled,
            "numbers": self.moments.state(),
            "lengths": self.lengths.state(),
            "extremes": [self.minimum, self.maximum],
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take over what :meth:`state` gave."""
        self.blanks = state["blanks"]
        self.spelled = state["spelled"]
        self.moments.restore(state["numbers"])
        self.lengths.restore(state["lengths"])
        self.minimum, self.maximum = state["extremes"]
