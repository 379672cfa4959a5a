"""Signals of which values come how often: shares of frequent values, and of ranges of numbers, period by period.

A change of the mix takes from many values and gives to many. Where one value alone took from all others alike, it is one
that was written in their place: a default, a frozen field, a robot.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from monitoring.causes.base import Kind, Signal
from monitoring.causes.evidence import LEAST, LEAST_TOLD, Doubles, arcsine, shift_of_any
from monitoring.causes.observation import Cumulative, FieldCounts, Observation
from monitoring.causes.periods import FEWEST, step_of

#: Least share of the values that moved, of a mix and of one value alone: of a mix the same as of drift.
_LEAST, _LEAST_STUCK = 0.1, 0.05
#: Beyond this share nothing else comes.
_ALL = 0.98
#: What one value took is of all that moved at least this, and what others lost differs from their part by less than that.
_ALONE, _EVENLY = 0.75, 0.25
#: Frequent values that there must have been, or one that takes over is what values of so few do.
_FEWEST, _FREQUENT = 4, 0.005
#: Ranges of numbers are cut where these shares of the earliest ones lay below.
_CUTS = (0.1, 0.3, 0.5, 0.7, 0.9)
#: Values, and ranges, that are told.
_TOLD = 2


@dataclass(frozen=True, slots=True)
class _Mix:
    """How often each of some values, or ranges, came in each period; the last of them is all others."""

    names: Sequence[str]
    counts: Doubles
    """A row each."""
    starts: Sequence[int]

    @property
    def totals(self) -> Doubles:
        found: Doubles = self.counts.sum(axis=0)
        return found


def signals(observations: Sequence[Observation], field: str) -> Iterator[Signal]:
    """Yield how the values of a field moved among each other.

    Args:
        observations: of one asset, oldest first, :func:`monitoring.causes.periods.thinned`.
        field: its path.
    """
    known = [(one.time, counts) for one in observations if (counts := one.fields.get(field)) is not None]
    if len(known) < LEAST + 2:
        return
    mixes = (_of_values(known), _of_ranges([(time, one) for time, one in known if one.below is not None]))
    found = [one for mix in mixes if mix is not None and (one := _moved(observations[-1].asset, field, mix))]
    yield from sorted(found, key=lambda one: (one.kind, -one.size))


def _of_values(known: Sequence[tuple[int, FieldCounts]]) -> _Mix | None:
    """Follow the values that are frequent first or last: of the others only few are known at both times."""
    names = list(dict.fromkeys([*known[-1][1].top, *known[0][1].top]))
    if not names:
        return None
    # One that is not shown came at most as often as the rarest of those that are: so its growth is not overrated.
    whole = [len(counts.top) < len(known[-1][1].top) or not counts.top for _, counts in known]
    floors = [0 if few else min(counts.top.values()) for few, (_, counts) in zip(whole, known, strict=True)]
    sums = np.array(
        [
            [counts.top.get(name, floor) for (_, counts), floor in zip(known, floors, strict=True)]
            for name in names
        ],
        dtype=np.float64,
    )
    totals = np.diff(np.array([counts.count for _, counts in known], dtype=np.float64))
    counts = np.maximum(np.diff(np.maximum.accumulate(sums, axis=1), axis=1), 0.0)
    rest = np.maximum(totals - counts.sum(axis=0), 0.0)
    return _joined(names, np.vstack([counts, rest]), [time for time, _ in known])


def _of_ranges(known: Sequence[tuple[int, FieldCounts]]) -> _Mix | None:
    if len(known) < LEAST + 2 or known[0][1].below is None:
        return None
    values, below = known[0][1].below
    cuts = np.unique(np.interp(np.array(_CUTS) * below[-1], below, values))
    sums = np.array([_up_to(cuts, counts.below) for _, counts in known if counts.below is not None]).T
    counts = np.maximum(np.diff(np.diff(sums, axis=0, prepend=0.0), axis=1), 0.0)
    names = [f"up to {cut:,.4g}" for cut in cuts.tolist()]
    return _joined(names, counts, [time for time, _ in known])


def _up_to(cuts: Doubles, known: Cumulative) -> Doubles:
    values, below = known
    return np.append(np.interp(cuts, values, below, left=0.0), below[-1])


def _joined(names: Sequence[str], counts: Doubles, times: Sequence[int]) -> _Mix | None:
    """Return a mix in which periods with too few values are joined with the next ones."""
    columns: list[Doubles] = []
    starts: list[int] = []
    waiting, began = np.zeros(len(counts)), times[0]
    for place, column in enumerate(counts.T):
        began = began if waiting.any() else times[place]
        waiting = waiting + column
        if waiting.sum() >= FEWEST:
            columns.append(waiting)
            starts.append(began)
            waiting = np.zeros(len(counts))
    if len(columns) <= LEAST:
        return None
    return _Mix([*names, "others"], np.array(columns).T, starts)


def _moved(asset: str, field: str, mix: _Mix) -> Signal | None:
    totals = mix.totals
    chance = 1 / (4 * totals)
    found = shift_of_any([(arcsine(row, totals), chance) for row in mix.counts])
    if found is None or found.log10_evidence < LEAST_TOLD:
        return None
    place = found.place
    before, after = (
        mix.counts[:, part].sum(axis=1) / totals[part].sum() for part in (slice(place), slice(place, None))
    )
    taken = after - before
    alone = _alone(before, after)
    kind: Kind = "values" if alone is None else "stuck"
    size = _apart(before, after)
    if alone is None:
        usual = _usually(mix, place)
        size = max(size - usual, 0.0) / max(1 - usual, 1e-9)
    if size < (_LEAST if alone is None else _LEAST_STUCK):
        return None
    told = [alone] if alone is not None else np.argsort(-np.abs(taken[:-1]))[:_TOLD].tolist()
    words = [
        ", ".join(f"{mix.names[one]} {shares[one]:.1%}" for one in told) for shares in (before, after)
    ]
    return Signal(
        asset, field, kind, mix.starts[place], step_of(mix.starts), found.log10_evidence, size, *words
    )


def _apart(before: Doubles, after: Doubles) -> float:
    """Return the total variation between two mixes: the share of the values that would have to be others."""
    return float(np.abs(after - before).sum() / 2)


def _usually(mix: _Mix, place: int) -> float:
    """Return how far mixes are apart that lie as far from each other, where all lies before a change: people come and go.

    The greatest of them all: how few there are, as they overlap, is why it is not their mean.
    """
    length = min(mix.counts.shape[1] - place, place // 2)
    sums = np.concatenate([np.zeros((len(mix.counts), 1)), np.cumsum(mix.counts[:, :place], axis=1)], axis=1)
    found = [0.0]
    for end in range(2 * length, place + 1) if length else ():
        early = sums[:, end - length] - sums[:, end - 2 * length]
        late = sums[:, end] - sums[:, end - length]
        found.append(_apart(early / max(early.sum(), 1.0), late / max(late.sum(), 1.0)))
    return max(found)


def _alone(before: Doubles, after: Doubles) -> int | None:
    """Return the value that took from all others alike; None where no one did, or there are too few to tell."""
    taken = after[:-1] - before[:-1]
    one = int(taken.argmax())
    others = np.arange(len(before)) != one
    if after[one] >= _ALL > before[one]:
        return one
    if (before[:-1] >= _FREQUENT).sum() < _FEWEST and before[-1] < _ALONE:
        return None
    if taken[one] < _LEAST_STUCK or taken[one] < _ALONE * np.abs(after - before).sum() / 2:
        return None
    left = (1 - after[one]) / max(1 - before[one], 1e-9)
    uneven = np.abs(after[others] - left * before[others]).sum() / 2
    return one if uneven <= _EVENLY * taken[one] else None
