"""What is counted of one field in one window. It is the same however the window's records came in batches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any

from streams.inventory.base import Masker
from streams.inventory.drift.bins import ValueBins
from streams.inventory.drift.samples import samples_of, spelled
from streams.inventory.profile.codec import BlobReader, BlobWriter
from streams.inventory.windows import cells

#: JSON types told apart; objects and arrays count as no value.
TYPES = ("string", "number", "boolean")
#: First values of a window kept to make bins of, for a while.
SAMPLES = 64


class WindowCounts:
    """Counts of a field's values in the window that is being read.

    Args:
        bins: in which values are counted; None while there are none, or ever, of a masked field.
        sampling: whether the first values are kept.
    """

    __slots__ = ("bins", "cells", "in_bins", "occurrences", "samples", "sampling", "types")

    def __init__(self, bins: ValueBins | None, *, sampling: bool) -> None:
        self.bins = bins
        self.sampling = sampling
        self.occurrences = 0
        """How often there was a scalar, a blank text included."""
        self.types = [0, 0, 0]
        """The same without blanks, by :data:`TYPES`."""
        self.in_bins = [0] * (bins.count if bins else 0)
        self.cells = cells.empty()
        self.samples: list[str | int | float] = []

    @property
    def present(self) -> int:
        """How often there was a value that is not blank."""
        return sum(self.types)

    def distinct(self) -> int:
        """Return about how many different values there were."""
        return cells.distinct(self.cells, self.present)

    def add(self, values: Sequence[Any], kind: str, masker: Masker) -> None:
        """Count scalars in record order; ``kind`` is that of :class:`streams.decode.base.Column`."""
        self.occurrences += len(values)
        if self.sampling and len(self.samples) < SAMPLES:
            filled = (value for value in values if not (isinstance(value, str) and _is_blank(value)))
            self.samples += samples_of(list(islice(filled, SAMPLES - len(self.samples))), masker)
        if kind:
            self._add_kind(kind, values)
            return
        for name in {type(value).__name__ for value in values}:
            self._add_kind(name, [value for value in values if type(value).__name__ == name])

    def _add_kind(self, kind: str, values: Sequence[Any]) -> None:
        counts: Counter[Any] = Counter(values)
        if kind in ("int", "float"):
            self.types[1] += len(values)
            cells.set_numbers(self.cells, counts)
            self._put_in_bins({}, counts)
            return
        texts: dict[str, int] = counts
        if kind == "bool":
            self.types[2] += len(values)
            texts = {spelled(value): count for value, count in counts.items()}
        else:
            self.types[0] += len(values) - _take_blanks(counts)
        cells.set_texts(self.cells, texts)
        self._put_in_bins(texts, {})

    def _put_in_bins(self, texts: Mapping[str, int], numbers: Mapping[int | float, int]) -> None:
        if self.bins is not None:
            self.bins.tally(texts, numbers, self.in_bins)

    def hide(self) -> None:
        """Let go of all that was kept of values."""
        self.bins, self.sampling = None, False
        self.in_bins = []
        self.samples = []

    def state(self, blobs: BlobWriter) -> list[Any]:
        """Return the state as JSON values, without the bins."""
        return [
            self.sampling,
            self.occurrences,
            self.types,
            list(self.in_bins),
            blobs.put(cells.pack(self.cells)),
            self.samples,
        ]

    @classmethod
    def restored(cls, state: Sequence[Any], blobs: BlobReader, bins: ValueBins | None) -> WindowCounts:
        """Return the counts whose :meth:`state` this is."""
        counts = cls(bins, sampling=state[0])
        counts.occurrences = state[1]
        counts.types = list(state[2])
        counts.in_bins = list(state[3])
        counts.cells = cells.unpack(blobs.get(state[4]))
        counts.samples = list(state[5])
        return counts


def _take_blanks(counts: Counter[str]) -> int:
    """Take the blank texts out; return how many values they were."""
    blanks = counts.pop("", 0)
    if any(map(str.isspace, counts)):
        blanks += sum(counts.pop(text) for text in [*filter(str.isspace, counts)])
    return blanks


def _is_blank(text: str) -> bool:
    return not text or text.isspace()
