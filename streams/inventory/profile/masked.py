"""The values of a personal field: shapes and counts, and nothing from which a value could be read."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from pandian.semantics import semantic_types
from streams.inventory.base import Masker
from streams.inventory.profile.admission import beyond_range, writable
from streams.inventory.profile.clip import clip, shown
from streams.inventory.profile.codec import BlobReader, BlobWriter
from streams.inventory.profile.distinct import DistinctSketch, Estimate
from streams.inventory.profile.evicted import Evicted
from streams.inventory.profile.figures import Figures, TopValue, most_frequent
from streams.inventory.profile.frequent import FrequentItems
from streams.inventory.profile.masked_keys import MaskedKeys
from streams.inventory.profile.missing import is_spelled_missing
from streams.inventory.profile.numerals import Number, number_texts
from streams.inventory.relations.sketch import Hashes


class MaskedValues:
    """Counts of masked values by shape; the number of different ones by hashes of the originals.

    Blanks and missing spellings are nobody's, and are counted as what they are.
    """

    __slots__ = ("_distinct", "_keys", "_masker", "blanks", "semantic_type", "shapes", "spelled")

    def __init__(self, semantic_type: str, masker: Masker) -> None:
        self.semantic_type = semantic_type
        self._masker = masker
        self.shapes: FrequentItems[str] = FrequentItems()
        self._distinct = DistinctSketch()
        self._keys = MaskedKeys(masker)
        self.blanks = 0
        self.spelled = 0

    def add_strings(self, strings: Sequence[str]) -> None:
        """Count strings."""
        self._add(Counter(strings))

    def add_numbers(self, numbers: Sequence[Number]) -> None:
        """Count numbers, by their text."""
        finite: Counter[Number] = Counter()
        by_text: Counter[str] = Counter()
        for number, count in Counter(numbers).items():
            if abs(number) <= sys.float_info.max:
                finite[number] += count
            else:
                by_text[beyond_range(number)] += count
        by_text.update(dict(zip(number_texts(finite), finite.values(), strict=True)))
        self._add(by_text)

    def add_booleans(self, booleans: Sequence[bool]) -> None:
        """Count booleans, by their JSON spelling."""
        self._add(Counter("true" if value else "false" for value in booleans))

    def _add(self, counts: Mapping[str, int]) -> None:
        present = {writable(text): count for text, count in counts.items() if text.strip()}
        self.blanks += sum(counts.values()) - sum(present.values())
        self._distinct.add(present)
        self._keys.add(list(present))
        self._count(present)

    def _count(self, counts: Mapping[str, int]) -> None:
        shapes: Counter[str] = Counter()
        for text, count in counts.items():
            if is_spelled_missing(text):
                self.spelled += count
                shapes[text] += count
            else:
                shapes[clip(self._masker.value(text, self.semantic_type))] += count
        self.shapes.admit(self.shapes.count(shapes), {})
        self._make_room()

    def _make_room(self) -> None:
        if self.shapes.full:
            self.shapes.evict()

    def take_over(self, counts: Mapping[str, int], evicted: Evicted, blanks: int) -> None:
        """Begin with what a field knew before it was masked.

        Args:
            counts: the values that were still counted one by one, by text.
            evicted: the others. Their shapes are lost, so any shape may have been seen that much oftener.
            blanks: how many blanks there were in all.
        """
        self._distinct.merge(evicted.distinct)
        if counts or evicted.count:
            # What is personal in a text was masked before it was kept: these are no longer the values.
            self._keys.lose()
        self.blanks += blanks
        self.spelled += evicted.tally.spelled
        self.shapes.offset += evicted.count
        self._add(counts)

    def merge(self, other: MaskedValues) -> None:
        """Add what another one counted, in other records.

        Of two semantic types the more sensitive one stays, and of two alike the first by name.
        """
        self.semantic_type = min(self.semantic_type, other.semantic_type, key=_by_sensitivity)
        self.shapes.merge(other.shapes)
        self._make_room()
        self._distinct.merge(other._distinct)
        self._keys.merge(other._keys)
        self.blanks += other.blanks
        self.spelled += other.spelled

    def samples(self, limit: int) -> tuple[list[tuple[str, int]], int]:
        """Return the most frequent shapes with counts, and how many different values (not shapes) there are."""
        return most_frequent(self.shapes.counts, limit), self.distinct().estimate

    def top(self, limit: int) -> list[TopValue]:
        """Return the most frequent shapes and missing spellings."""
        return [
            TopValue(shown(text), shown(text), count, count, count + self.shapes.slack_of(text))
            for text, count in most_frequent(self.shapes.counts, limit)
        ]

    def distinct(self) -> Estimate:
        """Return the number of different values, not of shapes."""
        return self._distinct.estimate()

    def keys(self) -> Hashes | None:
        """Return the set of the values by their keyed hashes; None without a secret, see :class:`MaskedKeys`."""
        return self._keys.compact()

    def figures(self) -> Figures:
        """Return the statistics that tell nothing about any one."""
        return Figures(blanks=self.blanks, spelled=self.spelled, distinct=self.distinct())

    def state(self, blobs: BlobWriter) -> dict[str, Any]:
        """Return the state as JSON values; the sketch goes to ``blobs``."""
        return {
            "shapes": self.shapes.state(),
            "distinct": blobs.put(self._distinct.to_bytes()),
            "blanks": self.blanks,
            "spelled": self.spelled,
            "keys": self._keys.state(blobs),
        }

    def restore(self, state: Mapping[str, Any], blobs: BlobReader) -> None:
        """Take over what :meth:`state` gave."""
        self.shapes.restore(state["shapes"])
        self._distinct.restore(blobs.get(state["distinct"]))
        self.blanks = state["blanks"]
        self.spelled = state["spelled"]
        self._keys.restore(state.get("keys"), blobs)


def _by_sensitivity(name: str) -> tuple[bool, str]:
    known = semantic_types().get(name)
    return known is None or known.pii != "sensitive", name
