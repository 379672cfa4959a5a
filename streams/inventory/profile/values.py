"""The values of a field that shows them: counted one by one while they fit, sketched beyond."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
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

_BOOLEANS = ("false", "true")


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
        """What is remembered of the values that are not kept; made when first asked for, most fields need none."""
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
        kept = sum(count for text, count in self.texts.counts.items() if not text.strip())
        return self.evicted.tally.blanks + kept

    def add_strings(self, strings: Sequence[str]) -> None:
        """Count strings."""
        new = self.texts.count(strings)
        if new:
            self._admit_texts(new)

    def _admit_texts(self, new: list[str]) -> None:
        self.texts.admit(new, renamed_texts(new, self._masker))
        if self.texts.full:
            self.evicted.add_texts(*self.texts.evict())

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
            self.evicted.add_texts(*self.texts.evict())
        if self.numbers.full:
            self.evicted.add_numbers(*self.numbers.evict())

    def merge(self, other: PlainValues) -> None:
        """Add what another one counted, in other records."""
        self.texts.merge(other.texts)
        self.numbers.merge(other.numbers)
        self.booleans = [mine + more for mine, more in zip(self.booleans, other.booleans, strict=True)]
        if other._evicted is not None:
            self.evicted.merge(other._evicted)
        self._make_room()

    def masked(self, semantic_type: str) -> MaskedValues:
        """Return what may be known of these values when they turn out to be personal."""
        masked = MaskedValues(semantic_type, self._masker)
        by_text: Counter[str] = Counter()
        for _, text, count in self._counted():
            by_text[text] += count
        masked.take_over(by_text, self.evicted)
        return masked

    def _counted(self) -> Iterator[tuple[Scalar, str, int]]:
        """Yield (value, text, count) of what is counted one by one, blanks included."""
        numbers = [canonical(number) for number in self.numbers.counts]
        texts = self.texts.counts
        return chain(
            zip(texts, texts, texts.values(), strict=True),
            zip(numbers, number_texts(numbers), self.numbers.counts.values(), strict=True),
            ((bool(i), _BOOLEANS[i], count) for i, count in enumerate(self.booleans) if count),
        )

    def top(self, limit: int) -> list[TopValue]:
        """Return the most frequent non-blank values."""
        top = most_frequent((item for item in self._counted() if item[1].strip()), limit)
        of_numbers = dict(zip(number_texts(self.numbers.counts), self.numbers.counts, strict=True))
        values = []
        for value, text, count in top:
            number = of_numbers.get(text)
            slack = self.texts.slack_of(text) + (
                self.numbers.offset if number is None else self.numbers.slack_of(number)
            )
            kept = shown(value) if isinstance(value, str) else value
            values.append(TopValue(kept, shown(text), count, count, count + slack))
        return values

    def distinct(self) -> Estimate:
        """Return the number of different non-blank values."""
        texts = {text for _, text, _ in self._counted() if text.strip()}
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
            self.evicted.restore(state["evicted"], blobs)
