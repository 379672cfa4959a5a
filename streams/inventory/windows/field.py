"""One field of a lane: its window that is being read, its drift test, its presence."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from streams.inventory.base import Masker
from streams.inventory.drift.bins import ValueBins, bins_of
from streams.inventory.drift.found import VALUES, Drift, Place, by_bin
from streams.inventory.drift.samples import Scalar
from streams.inventory.drift.track import BY_NAME, DIMENSIONS, Shift, Track
from streams.inventory.profile.codec import BlobReader, BlobWriter
from streams.inventory.schema_changes.change import Change
from streams.inventory.schema_changes.presence import Presence
from streams.inventory.windows.counting import SAMPLES, TYPES, WindowCounts

#: Bins are made of samples from this many windows, when there are at least so many samples.
_SAMPLED_WINDOWS: Final = 4
_FEWEST_SAMPLES: Final = SAMPLES


class WatchedField:
    """A field of the records of one format.

    Args:
        presence: of the field.
        masked: whether nothing of its values may be kept.
    """

    __slots__ = (
        "_bins",
        "_first",
        "_masked",
        "_open",
        "_presence",
        "_sampled",
        "_samples",
        "_sampling",
        "_track",
    )

    def __init__(self, presence: Presence, *, masked: bool) -> None:
        self._presence = presence
        self._masked = masked
        self._bins: ValueBins | None = None
        self._sampling = not masked
        self._samples: list[Scalar] = []
        self._sampled = 0
        self._first = True
        self._track = Track()
        self._open = WindowCounts(None, sampling=self._sampling)

    def add(self, values: Sequence[Any], kind: str, masker: Masker) -> None:
        """Count scalars of the window, in record order."""
        self._open.add(values, kind, masker)

    def hide(self) -> None:
        """Let go of all that tells of values."""
        self._masked = True
        self._sampling, self._samples, self._bins = False, [], None
        self._open.hide()
        self._track.forget(BY_NAME[VALUES])

    @property
    def masked(self) -> bool:
        """Whether nothing is kept of values."""
        return self._masked

    @property
    def tests(self) -> int:
        """How many aspects have a reference, so that they are tested."""
        return self._track.learnt

    def close(self, start: Place, records: int) -> list[Change]:
        """End the window; return what changed in the schema.

        Args:
            start: its first record.
            records: how many it had.
        """
        window = self._open
        types = dict(zip(TYPES, window.types, strict=True))
        changes = self._presence.add(start, records, window.occurrences, types)
        if not self._first:
            self._take_in(window, records)
        self._first = False
        self._sample(window)
        self._open = WindowCounts(self._bins, sampling=self._sampling)
        return changes

    def _take_in(self, window: WindowCounts, records: int) -> None:
        present = window.present
        bins = len(window.in_bins)
        counts = np.zeros(DIMENSIONS, dtype=np.int64)
        counts[0] = records - present
        counts[1:4] = window.types
        counts[4] = window.distinct()
        counts[5 : 5 + bins] = window.in_bins
        totals = np.full(DIMENSIONS, present, dtype=np.int64)
        totals[0] = records
        if not bins:
            totals[5:] = 0
        self._track.add(counts, totals)

    def _sample(self, window: WindowCounts) -> None:
        if not self._sampling or not window.samples:
            return
        self._samples += window.samples
        self._sampled += 1
        if self._sampled >= _SAMPLED_WINDOWS and len(self._samples) >= _FEWEST_SAMPLES:
            self._bins = bins_of(self._samples)
            self._sampling, self._samples, self._sampled = False, [], 0

    def judge(self, starts: Sequence[Place], threshold: float) -> tuple[list[Drift], float]:
        """Return the drifts that the newest window brought to light, and the greatest evidence there is now.

        Args:
            starts: first records of the newest tested windows, the newest last.
            threshold: decimal logarithm of the e-value that an aspect has to reach.
        """
        drifts = []
        most = -math.inf
        for name, shift in self._track.shifts().items():
            evidence = shift.log_e / math.log(10)
            most = max(most, evidence)
            if evidence >= threshold:
                drifts.append(self._drift(name, shift, starts, threshold))
                self._forget(name)
        return drifts, most

    def _drift(self, aspect: str, shift: Shift, starts: Sequence[Place], threshold: float) -> Drift:
        labels = self._bins.labels() if self._bins is not None and aspect == VALUES else TYPES
        before, after = by_bin(aspect, labels, shift)
        return Drift(
            field=self._presence.field,
            aspect=aspect,
            since=starts[-shift.windows],
            noticed=starts[-1],
            log10_evidence=round(shift.log_e / math.log(10), 1),
            threshold=round(threshold, 1),
            effect=shift.effect,
            before=before,
            after=after,
        )

    def _forget(self, name: str) -> None:
        """Learn anew what is usual: what was found is not found again."""
        self._track.forget(BY_NAME[name])
        if name == VALUES:
            self._bins, self._sampling = None, True
            self._open = WindowCounts(None, sampling=True)

    def state(self, blobs: BlobWriter) -> list[Any]:
        """Return the state as JSON values; numbers go to ``blobs``."""
        return [
            self._presence.state(),
            [self._masked, self._sampling, self._first, self._sampled],
            self._samples,
            None if self._bins is None else self._bins.state(),
            self._track.state(blobs),
            self._open.state(blobs),
        ]

    @classmethod
    def restored(cls, state: Sequence[Any], blobs: BlobReader) -> WatchedField:
        """Return the field whose :meth:`state` this is."""
        presence, flags, samples, bins, track, window = state
        field = cls(Presence.restored(presence), masked=flags[0])
        field._sampling, field._first, field._sampled = flags[1:]
        field._samples = list(samples)
        field._bins = None if bins is None else ValueBins.restored(bins)
        field._track = Track.restored(track, blobs)
        field._open = WindowCounts.restored(window, blobs, field._bins)
        return field


Fields = Mapping[str, WatchedField]
