"""Signals of times that are numbers: their mean says how old events are, of all records and not of a few alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import numpy as np

from monitoring.causes.base import Kind, Signal
from monitoring.causes.evidence import LEAST, LEAST_TOLD, mean, shift
from monitoring.causes.lateness import duration
from monitoring.causes.observation import Observation
from monitoring.causes.periods import means, step_of

#: What a second is in the units in which times since 1970 are written, and the times of this century in seconds.
_UNITS = (1.0, 1e3, 1e6, 1e9)
_CENTURY = (9.4e8, 4.1e9)
#: Least change that is told: what comes in batches is now a minute older, now younger.
_LEAST_S = 60.0
#: A time that is further off than this is no time of day gone wrong; it is told as a date.
_FAR_S = 400 * 86_400.0


def signals(observations: Sequence[Observation], field: str) -> Iterator[Signal]:
    """Yield that a field's times became older, or younger, than the records that bear them.

    Args:
        observations: of one asset, oldest first, :func:`monitoring.causes.periods.thinned`.
        field: its path.
    """
    known = means(observations, field)
    if known is None or len(known[0]) <= LEAST:
        return
    numbers, starts = known
    usual = float(np.median(numbers[:LEAST]))
    unit = next((one for one in _UNITS if _CENTURY[0] <= usual / one <= _CENTURY[1]), None)
    if unit is None:
        return
    times = np.array([*starts, observations[-1].time], dtype=np.float64) / 1000
    ages = (times[1:] + times[:-1]) / 2 - numbers / unit
    found = shift(ages, np.zeros(len(ages)))
    if found is None or found.log10_evidence < LEAST_TOLD:
        return
    before, after = mean(ages[: found.place]), mean(ages[found.place :])
    moved = abs(after - before)
    if moved < _LEAST_S:
        return
    kind: Kind = "late" if after > before else "early"
    # What moved is a time: how much that is, is told by how much time passes between two looks.
    step = step_of(starts)
    yield Signal(
        observations[-1].asset, field, kind, starts[found.place], step, found.log10_evidence,
        moved / (moved + step / 1000), _told(before, times[found.place]), _told(after, times[-1]),
    )  # fmt: skip


def _told(age: float, now: float) -> str:
    if abs(age) < _FAR_S:
        return f"dated {duration(abs(age))} {'before' if age >= 0 else 'after'} they came, on average"
    try:
        return f"dated {datetime.fromtimestamp(now - age, UTC):%Y-%m-%d} on average"
    except (OverflowError, ValueError, OSError):
        return "dated beyond the calendar"
