"""Signals of how many records come: fewer or more than before, or none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from monitoring.causes.base import Document, Kind, Signal
from monitoring.causes.evidence import LEAST_TOLD, Doubles, mean, shift
from monitoring.causes.observation import Observation
from monitoring.causes.periods import step_of

_LEAST_RATE = 0.2
#: A source that sends less than this share of what it sent is silent.
_SILENT = 0.02


def signals(observations: Sequence[Observation], document: Document) -> Iterator[Signal]:
    """Yield a change of how many records come, where it is more or fewer than usual at this hour of the week, too.

    Before an hour of the week is known, what came until then is all that can be said to be usual.

    Args:
        observations: of one asset, oldest first, also those between which nothing came.
        document: the asset as it is now.
    """
    usual = (document.get("freshness") or {}).get("rate")
    if usual is not None and usual["low"] <= usual["records_per_minute"] <= usual["high"]:
        return
    numbers, records, starts = _rates(observations)
    # The logarithm of a count of n varies by 1 / n by chance alone.
    found = shift(np.log(np.maximum(numbers, 1e-6)), 1 / np.maximum(records, 1))
    if found is None or found.log10_evidence < LEAST_TOLD:
        return
    before, after = mean(numbers[: found.place]), mean(numbers[found.place :])
    size = abs(after - before) / max(after, before, 1e-12)
    if size < _LEAST_RATE:
        return
    kind: Kind = "silence" if after < _SILENT * before else "rate"
    yield Signal(
        document["asset"], "", kind, starts[found.place], step_of(starts), found.log10_evidence, size,
        f"{before:,.0f} records a minute", f"{after:,.0f}",
    )  # fmt: skip


def _rates(observations: Sequence[Observation]) -> tuple[Doubles, Doubles, Sequence[int]]:
    """Return the records a minute in each period, how many records that were, and when the period began."""
    records = np.diff(np.array([one.records for one in observations], dtype=np.float64))
    minutes = np.diff(np.array([one.time for one in observations], dtype=np.float64)) / 60_000
    found: Doubles = np.maximum(records, 0.0) / np.maximum(minutes, 1e-6)
    return found, np.maximum(records, 0.0), [one.time for one in observations[:-1]]
