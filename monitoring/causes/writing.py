"""Signals of how values are written: longer or shorter than ever, in need of cleaning, or impossible."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from monitoring.causes.base import Signal
from monitoring.causes.evidence import LEAST, LEAST_TOLD, shift
from monitoring.causes.observation import FieldCounts, Observation, counts_of
from monitoring.causes.periods import FEWEST, Series, step_of

#: Least share of the values that is told.
_LEAST = 0.02


def signals(observations: Sequence[Observation], field: str) -> Iterator[Signal]:
    """Yield how the values of a field came to be written otherwise.

    Args:
        observations: of one asset, oldest first, :func:`monitoring.causes.periods.thinned`.
        field: its path.
    """
    known = counts_of(observations, field)
    if len(known) < LEAST + 2:
        return
    asset = observations[-1].asset
    yield from _odd(asset, field, known)
    yield from _lengths(asset, field, known)


def _odd(asset: str, field: str, known: Sequence[tuple[int, FieldCounts]]) -> Iterator[Signal]:
    """Yield rules of cleaning that apply to more values, or fewer, and impossible values that came to be more."""
    totals = np.diff(np.array([counts.count for _, counts in known], dtype=np.float64))
    for rule in known[-1][1].odd:
        counts = np.diff(np.array([counts.odd.get(rule, 0) for _, counts in known], dtype=np.float64))
        series = Series.of("written", np.clip(counts, 0, totals), totals, [time for time, _ in known[:-1]])
        found = series.shift()
        if found is None or found.log10_evidence < LEAST_TOLD:
            continue
        before, after = series.around(found.place)
        if abs(after - before) >= _LEAST:
            yield Signal(
                asset, field, "written", series.starts[found.place], step_of(series.starts),
                found.log10_evidence, abs(after - before), f"{rule} in {before:.1%} of the values",
                f"{rule} in {after:.1%}",
            )  # fmt: skip


def _lengths(asset: str, field: str, known: Sequence[tuple[int, FieldCounts]]) -> Iterator[Signal]:
    """Yield another mean length of texts, where some are shorter, or longer, than any before.

    Within the lengths that there were it may be the mix of values that changed, which other signals tell. To move a
    mean by d, of what lies within a range r, at least d / r of the values must have moved: that is the size.
    """
    shown = [
        (time, one.types.get("string", 0), one.lengths) for time, one in known if one.lengths is not None
    ]
    texts = np.diff(np.array([count for _, count, _ in shown], dtype=np.float64))
    if len(texts) <= LEAST or texts.min() < FEWEST:
        return
    totals = np.array([count * one.mean for _, count, one in shown])
    means, starts = np.diff(totals) / texts, [time for time, *_ in shown[:-1]]
    found = shift(means, np.zeros(len(means)))
    if found is None or found.log10_evidence < LEAST_TOLD:
        return
    was, now = shown[found.place][2], shown[-1][2]
    if (was.least, was.most) == (now.least, now.most):
        return
    before, after = (
        float(np.average(means[part], weights=texts[part]))
        for part in (slice(found.place), slice(found.place, None))
    )
    size = abs(after - before) / max(now.most - now.least, 1)
    if size >= _LEAST:
        yield Signal(
            asset, field, "written", starts[found.place], step_of(starts), found.log10_evidence, min(size, 1.0),
            f"{before:.3g} characters on average", f"{after:.3g}",
        )  # fmt: skip
