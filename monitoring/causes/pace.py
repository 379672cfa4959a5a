"""Signals of how many records come: fewer or more than before, or none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from monitoring.causes.base import Document, Kind, Signal
from monitoring.causes.evidence import LEAST_TOLD, Doubles, mean, shift
from monitoring.causes.observation import Observation
from monitoring.causes.periods import FEWEST, step_of

_LEAST_RATE = 0.2
#: A source that sends less than this share of what it sent is silent.
_SILENT = 0.02


def signals(
    observations: Sequence[Observation], document: Document, others: Mapping[int, int] | None = None
) -> Iterator[Signal]:
    """Yield a change of how many records come, where no rhythm of the week explains it.

    It is none of the rhythm where it is more, or less, than usual at this hour; and where other assets did not go with
    it. Before the same hour came a second time, what is usual is what comes now: then the others alone tell.

    Args:
        observations: of one asset, oldest first, also those between which nothing came.
        document: the asset as it is now.
        others: how many records all other assets had together, by the time of the observation.
    """
    numbers, records, starts = _rates([(one.time, one.records) for one in observations])
    # The logarithm of a count of n varies by 1 / n by chance alone.
    chance = 1 / np.maximum(records, 1)
    found = shift(np.log(np.maximum(numbers, 1e-6)), chance)
    usual = (document.get("freshness") or {}).get("rate")
    if usual is not None and usual["low"] <= usual["records_per_minute"] <= usual["high"]:
        known = others or {}
        beside, more, _ = _rates([(one.time, known.get(one.time, 0)) for one in observations])
        if not len(more) or more.min() < FEWEST:
            return
        found = shift(np.log(np.maximum(numbers, 1e-6) / beside), chance + 1 / more)
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


def _rates(counted: Sequence[tuple[int, int]]) -> tuple[Doubles, Doubles, Sequence[int]]:
    """Return the records a minute in each period, how many records that were, and when the period began."""
    times, counts = (np.array(one, dtype=np.float64) for one in zip(*counted, strict=True))
    records, minutes = np.maximum(np.diff(counts), 0.0), np.diff(times) / 60_000
    found: Doubles = records / np.maximum(minutes, 1e-6)
    return found, records, [time for time, _ in counted[:-1]]
