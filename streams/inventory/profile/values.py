"""The values of a field that shows them: counted one by one while they fit, sketched beyond."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import filterfalse, islice
from typing import Any

import numpy as np

from streams.inventory.base import Masker
from streams.inventory.profile.admission import numbers_as_texts, renamed_texts
from streams.inventory.profile.clip import shown
from streams.inventory.profile.codec import BlobReader, BlobWriter
from streams.inventory.profile.distinct import DistinctSketch, Estimate
from streams.inventory.profile.evicted import Evicted
from streams.inventory.profile.figures import Figures, Scalar, TopValue, most_frequent
from streams.inventory.profile.frequent import FrequentItems, count_array
from streams.inventory.profile.masked import MaskedValues
from streams.inventory.profile.numerals import Number, canonical, number_texts
from streams.inventory.profile.tally import Tally
from streams.inventory.relations.sketch import Hashes, keyable, sketch_of, union


class PlainValues:
    """Strings, numbers and booleans with their counts.

    Nearly all figures are derived when they are read, so that counting a batch is little more than one
    ``Counter.update``. Personal parts of a value are masked before it is kept.
    """

    __slots__ = ("_evicted", "_masker", "booleans", "numbers", "texts")

    def __init__(self, masker: Masker) -> None:
        self._masker = masker
        self.texts: FrequentItems[str] = FrequentItems()
        self.numbers: FrequentItems[Number] = FrequentItems()
        self.booleans = [0, 0]
        """How often false and true."""
        self._evicted: Evicted | None = None

    @property
    def evicted(self) -> Evicted:
        """What is remembered of the values that are no longer kept, to read. Most fields need none."""
        return self._evicted if self._evicted is not None else Evicted()

    def _remember(self) -> Evicted:
        """Return the same, to add to it."""
        if self._evicted is None:
            self._evicted = Evicted()
        return self._evicted

    @property
    def exact(self) -> bool:
        """Whether every value is still counted one by one."""
        return self.texts.exact and self.numbers.exact

    @property
    def blanks(self) -> int:
        """Strings that are empty or whitespace only."""
        kept = sum(map(self.texts.counts.__getitem__, filterfalse(str.strip, self.texts.counts)))
        return self.evicted.tally.blanks + kept

    def add_strings(self, strings: Sequence[str]) -> None:
        """Count strings."""
        new = self.texts.count(strings)
        if new:
            self._admit_texts(new)

    def _admit_texts(self, new: list[str]) -> None:
        self.texts.admit(new, renamed_texts(new, self._masker))
        self._make_room()

    def add_numbers(self, numbers: Sequence[Number]) -> None:
        """Count numbers: ``int`` and ``float``, equal ones as one."""
        new = self.numbers.count(numbers)
        if not new:
            return
        texts = numbers_as_texts(new, self._masker)
        if texts:
            new = [number for number in new if number not in texts]
            counts = self.numbers.discard(texts)
            for text, count in zip(texts.values(), counts, strict=True):
                # Already masked: it enters as it is.
                self.texts.admit(self.texts.count({text: count}), {})
        self.numbers.admit(new, {})
        self._make_room()

    def add_booleans(self, booleans: Sequence[bool]) -> None:
        """Count booleans."""
        true = booleans.count(True)
        self.booleans[1] += true
        self.booleans[0] += len(booleans) - true

    def _make_room(self) -> None:
        if self.texts.full:
            self._remember().add_texts(*self.texts.evict())
        if self.numbers.full:
            self._remember().add_numbers(*self.numbers.evict())

    def merge(self, other: PlainValues) -> None:
        """Add what another one counted, in other records."""
        self.texts.merge(other.texts)
        self.numbers.merge(other.numbers)
        self.booleans = [mine + more for mine, more in zip(self.booleans, other.booleans, strict=True)]
        if other._evicted is not None:
            self._remember().merge(other._evicted)
        self._make_room()

    def masked(self, semantic_type: str) -> MaskedValues:
        """Return what may be known of these values when they turn out to be personal."""
        masked = MaskedValues(semantic_type, self._masker)
        counts, _ = self._by_text()
        masked.take_over(counts, self.evicted, self.blanks)
        return masked

    def _by_text(self) -> tuple[dict[str, int], dict[str, Number | bool]]:
        """Return what is counted one by one, without blanks: counts by text, and what the text is if no string."""
        counts = dict(self.texts.counts)
        for blank in filterfalse(str.strip, self.texts.counts):
            del counts[blank]
        others: dict[str, Number | bool] = {}
        for (number, count), text in zip(
            self.numbers.counts.items(), number_texts(self.numbers.counts), strict=True
        ):
            counts[text] = counts.get(text, 0) + count
            others[text] = number
        for value, count in zip((False, True), self.booleans, strict=True):
            if count:
                text = str(value).lower()
                counts[text] = counts.get(text, 0) + count
                others[text] = value
        return counts, others

    def kept(self) -> dict[str, int]:
        """Return the values that are counted one by one, as text and without blanks, with their counts."""
        return self._by_text()[0]

    def keys(self) -> Hashes | None:
        """Return the set of those values that may be keys or references; None where some were not taken in."""
        kept = sketch_of(keyable(list(self._by_text()[0])))
        if self._evicted is None:
            return kept
        evicted = self._evicted.keys
        return None if evicted is None else union(kept, evicted.compact())

    def samples(self, limit: int) -> tuple[list[tuple[str, int]], int]:
        """Return the most frequent non-blank values as text with counts, and how many different ones there are.

        Where few are kept, examples of those that are not stand in, counted once.
        """
        counts, _ = self._by_text()
        frequent = most_frequent(counts, limit)
        if self._evicted is not None:
            others = (text for text in self._evicted.examples if text not in counts)
            frequent += [(text, 1) for text in islice(others, limit - len(frequent))]
        return frequent, self._distinct(counts).estimate

    def top(self, limit: int) -> list[TopValue]:
        """Return the most frequent non-blank values."""
        counts, others = self._by_text()
        return [
            self._top_value(text, count, others.get(text, text))
            for text, count in most_frequent(counts, limit)
        ]

    def _top_value(self, text: str, count: int, value: Scalar) -> TopValue:
        slack = self.texts.slack_of(text)
        if isinstance(value, str):
            return TopValue(shown(text), shown(text), count, count, count + slack + self.numbers.offset)
        if not isinstance(value, bool):
            slack += self.numbers.slack_of(value)
            value = canonical(value)
        return TopValue(value, text, count, count, count + slack)

    def distinct(self) -> Estimate:
        """Return the number of different non-blank values."""
        return self._distinct(self._by_text()[0])

    def _distinct(self, texts: Collection[str]) -> Estimate:
        if self.exact:
            return Estimate(len(texts), len(texts), len(texts))
        sketch = DistinctSketch()
        sketch.merge(self.evicted.distinct)
        sketch.add(texts)
        estimate = sketch.estimate()
        return estimate._replace(low=max(estimate.low, len(texts)))

    def figures(self) -> Figures:
        """Return all statistics."""
        tally = Tally()
        tally.merge(self.evicted.tally)
        numeric = [
            tally.add_texts(list(self.texts.counts), count_array(self.texts.counts)).as_doubles(),
            tally.add_numbers(list(self.numbers.counts), count_array(self.numbers.counts)).as_doubles(),
        ]
        values = np.concatenate([values for values, _ in numeric])
        counts = np.concatenate([counts for _, counts in numeric])
        found = tally.moments.count
        return Figures(
            blanks=tally.blanks,
            spelled=tally.spelled,
            distinct=self.distinct(),
            moments=tally.moments,
            distribution=self.evicted.quantiles.distribution(values, counts) if found else None,
            lengths=tally.lengths,
            minimum=tally.minimum,
            maximum=tally.maximum,
        )

    def state(self, blobs: BlobWriter) -> dict[str, Any]:
        """Return the state as JSON values; sketches go to ``blobs``."""
        return {
            "texts": self.texts.state(),
            "numbers": self.numbers.state(),
            "booleans": self.booleans,
            "evicted": None if self.exact else self.evicted.state(blobs),
        }

    def restore(self, state: Mapping[str, Any], blobs: BlobReader) -> None:
        """Take over what :meth:`state` gave."""
        self.texts.restore(state["texts"])
        self.numbers.restore(state["numbers"], numbers=True)
        self.booleans = list(state["booleans"])
        if state["evicted"]:
            self._remember().restore(state["evicted"], blobs)
