"""Signals of events whose times went wrong: dated after they came, or far later than any before.

The inventory looks at one record in 256 for it, so that a period has few of them: what is compared are two counts,
those before a moment and those after, with no variation between periods.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from monitoring.causes.base import Signal
from monitoring.causes.evidence import LEAST_TOLD, shares, shift_of_counts
from monitoring.causes.observation import Lateness, Observation
from monitoring.causes.periods import step_of

#: How much later than ever before is told.
_LATE_FACTOR, _LATE_S = 2.0, 60.0
#: Least share of events from the future that is told.
_LEAST_EARLY = 0.02
_ENVELOPE = "envelope"


def signals(observations: Sequence[Observation]) -> Iterator[Signal]:
    """Yield what is wrong with the times of events since some moment.

    Args:
        observations: of one asset, oldest first.
    """
    now = observations[-1].lateness
    known = [
        (one.time, one.lateness)
        for one in observations
        if now is not None and one.lateness is not None and one.lateness.field == now.field
    ]
    if now is None or len(known) < 2:
        return
    asset, field = observations[-1].asset, "" if now.field == _ENVELOPE else now.field
    yield from _early(asset, field, known)
    yield from _late(asset, field, known)


def _early(asset: str, field: str, known: Sequence[tuple[int, Lateness]]) -> Iterator[Signal]:
    ahead, count = (
        np.diff(np.array(numbers, dtype=np.float64))
        for numbers in ([one.ahead for _, one in known], [one.count for _, one in known])
    )
    found = shift_of_counts(ahead, count)
    if found is None or found.log10_evidence < LEAST_TOLD:
        return
    place = found.place
    before, after = (
        float(ahead[part].sum() / max(count[part].sum(), 1.0)) for part in (slice(place), slice(place, None))
    )
    if after - before >= _LEAST_EARLY:
        words = "{:.1%} of the events are dated after they came"
        since, step = known[place][0], step_of([time for time, _ in known])
        yield Signal(
            asset, field, "early", since, step, found.log10_evidence, after - before,
            words.format(before), words.format(after),
        )  # fmt: skip


def _late(asset: str, field: str, known: Sequence[tuple[int, Lateness]]) -> Iterator[Signal]:
    """Yield events that came far later than any before.

    Quantiles of everything do not tell the newest apart; but where the one of rank q is beyond what nearly none
    exceeded, at least ``(1 - q) N`` of all ``N`` are newer and beyond it, less the few of before.
    """
    shown = [(time, one) for time, one in known if 0.99 in one.quantiles]
    for (since, before), (_, after) in pairwise(shown):
        bar = before.quantiles[0.99] * _LATE_FACTOR + _LATE_S
        if after.quantiles[0.99] > bar:
            yield from _beyond(
                asset, field, since, step_of([time for time, _ in shown]), before, shown[-1][1], bar
            )
            return


def _beyond(
    asset: str, field: str, since: int, step: float, before: Lateness, now: Lateness, bar: float
) -> Iterator[Signal]:
    beyond = {rank: value for rank, value in now.quantiles.items() if value > bar}
    few, newer = 0.01 * before.count, now.count - before.count
    if not beyond or newer <= 0:
        return
    count = min(max((1 - min(beyond)) * now.count - few, 0.0), newer)
    evidence = shares((few, before.count), (count, newer))
    if evidence >= LEAST_TOLD:
        yield Signal(
            asset, field, "late", since, step, evidence, count / newer,
            f"99% of the events came within {duration(before.quantiles[0.99])}",
            f"at least {count / newer:.0%} came later than that, by up to {duration(max(beyond.values()))}",
        )  # fmt: skip


def duration(seconds: float) -> str:
    """Return a duration in a unit that people use."""
    for unit, size in (("h", 3_600), ("min", 60)):
        if seconds >= size:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds:.1f} s"
