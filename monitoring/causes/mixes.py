"""Signals of which values come how often: shares of frequent values, and of ranges of numbers, period by period.

A change of the mix takes from many values and gives to many. Where one value alone took from all others alike, it is
one that was written in their place: a default, a frozen field, a robot.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from monitoring.causes.base import Kind, Signal
from monitoring.causes.evidence import LEAST, LEAST_TOLD, Doubles, arcsine, beyond, shift_of_any
from monitoring.causes.observation import Cumulative, FieldCounts, Observation, counts_of
from monitoring.causes.periods import FEWEST, step_of

#: Least share of the values that moved, of a mix and of one value alone: of a mix the same as of drift.
_LEAST, _LEAST_STUCK = 0.1, 0.05
#: Beyond this share nothing else comes.
_ALL = 0.98
#: What one value took is of all that moved at least this; what others lost differs from their part by less than that.
_ALONE, _EVENLY = 0.75, 0.25
#: Frequent values that there must have been, or one that takes over is what values of so few do.
_FEWEST, _FREQUENT = 4, 0.005
#: Ranges of numbers are cut where these shares of the earliest ones lay below.
_CUTS = (0.1, 0.3, 0.5, 0.7, 0.9)
#: Meanings of numbers that are names: one next to another is no likelier than any.
_NAMES = frozenset(
    {
        "item_id",
        "sku",
        "gtin",
        "user_id",
        "device_id",
        "seller_id",
        "category_code",
        "postal_code",
        "identifier",
    }
)
#: Values, and ranges, that are told.
_TOLD = 2
#: Characters of a value that are told.
_LONGEST = 40


@dataclass(frozen=True, slots=True)
class _Mix:
    """How often each of some values, or ranges, came in each period; the last of them is all others."""

    names: Sequence[str]
    counts: Doubles
    """A row each."""
    starts: Sequence[int]
    frequent: Sequence[frozenset[int]]
    """Rows of those that were among the most frequent when each period ended."""

    @property
    def totals(self) -> Doubles:
        found: Doubles = self.counts.sum(axis=0)
        return found


def signals(
    observations: Sequence[Observation], field: str, semantic_type: str | None = None
) -> Iterator[Signal]:
    """Yield how the values of a field moved among each other.

    Args:
        observations: of one asset, oldest first, :func:`monitoring.causes.periods.thinned`.
        field: its path.
        semantic_type: what it means. Of numbers that are names ranges say nothing.
    """
    known = counts_of(observations, field)
    if len(known) < LEAST + 2:
        return
    ranges = [] if semantic_type in _NAMES else [one for one in known if one[1].below is not None]
    mixes = (_of_values(known), _of_ranges(ranges))
    found = [one for mix in mixes if mix is not None and (one := _moved(observations[-1].asset, field, mix))]
    yield from sorted(found, key=lambda one: (one.kind, -one.size))


def _of_values(known: Sequence[tuple[int, FieldCounts]]) -> _Mix | None:
    """Follow the values that are ever among the most frequent."""
    names = list(dict.fromkeys(name for _, counts in reversed(known) for name in counts.top))
    if not names:
        return None
    rows = {name: row for row, name in enumerate(names)}
    # One that is not shown came at most as often as the rarest of those that are: so its growth is not overrated.
    most = max(len(counts.top) for _, counts in known)
    sums = np.zeros((len(names), len(known)))
    for place, (_, one) in enumerate(known):
        if len(one.top) == most:
            sums[:, place] = min(one.top.values())
        sums[[rows[name] for name in one.top], place] = [*one.top.values()]
    totals = np.diff(np.array([one.count for _, one in known], dtype=np.float64))
    counts = np.maximum(np.diff(np.maximum.accumulate(sums, axis=1), axis=1), 0.0)
    rest = np.maximum(totals - counts.sum(axis=0), 0.0)
    frequent = [frozenset(rows[name] for name in one.top) for _, one in known[1:]]
    return _joined(names, np.vstack([counts, rest]), [time for time, _ in known], frequent)


def _of_ranges(known: Sequence[tuple[int, FieldCounts]]) -> _Mix | None:
    if len(known) < LEAST + 2 or known[0][1].below is None:
        return None
    values, below = known[0][1].below
    cuts = np.unique(np.interp(np.array(_CUTS) * below[-1], below, values))
    sums = np.array([_up_to(cuts, counts.below) for _, counts in known if counts.below is not None]).T
    counts = np.maximum(np.diff(np.diff(sums, axis=0, prepend=0.0), axis=1), 0.0)
    names = [f"up to {cut:,.4g}" for cut in cuts.tolist()]
    always = [frozenset(range(len(names)))] * len(known)
    return _joined(names, counts, [time for time, _ in known], always)


def _up_to(cuts: Doubles, known: Cumulative) -> Doubles:
    values, below = known
    return np.append(np.interp(cuts, values, below, left=0.0), below[-1])


def _joined(
    names: Sequence[str], counts: Doubles, times: Sequence[int], frequent: Sequence[frozenset[int]]
) -> _Mix | None:
    """Return a mix in which periods with too few values are joined with the next ones."""
    columns: list[Doubles] = []
    starts: list[int] = []
    ends: list[frozenset[int]] = []
    waiting, began = np.zeros(len(counts)), times[0]
    for place, column in enumerate(counts.T):
        began = began if waiting.any() else times[place]
        waiting = waiting + column
        if waiting.sum() >= FEWEST:
            columns.append(waiting)
            starts.append(began)
            ends.append(frequent[place])
            waiting = np.zeros(len(counts))
    if len(columns) <= LEAST:
        return None
    return _Mix([*names, "others"], np.array(columns).T, starts, ends)


def _moved(asset: str, field: str, mix: _Mix) -> Signal | None:
    totals = mix.totals
    chance = 1 / (4 * totals)
    followed = [*sorted(mix.frequent[0] | mix.frequent[-1]), len(mix.names) - 1]
    found = shift_of_any(
        arcsine(mix.counts[followed], totals), np.broadcast_to(chance, (len(followed), len(totals)))
    )
    if found is None or found.log10_evidence < LEAST_TOLD:
        return None
    place = found.place
    before, after = _shares(mix, slice(place), followed), _shares(mix, slice(place, None), followed)
    alone = _alone(before, after)
    kind: Kind = "values" if alone is None else "stuck"
    size = _beyond_usual(mix, place) if alone is None else _apart(before, after)
    if size < (_LEAST if alone is None else _LEAST_STUCK):
        return None
    told = [alone] if alone is not None else np.argsort(-np.abs(after - before)[:-1])[:_TOLD].tolist()
    was, now = (
        ", ".join(f"{_shown(mix.names[followed[one]])} {shares[one]:.1%}" for one in told)
        for shares in (before, after)
    )
    return Signal(
        asset, field, kind, mix.starts[place], step_of(mix.starts), found.log10_evidence, size, was, now
    )


def _shown(name: str) -> str:
    """Return a value as it is told: in quotes where blanks at an end could not be seen, shortened where it is long."""
    short = name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…"
    return short if short == short.strip() and short else repr(short)


def _shares(mix: _Mix, part: slice, rows: Sequence[int]) -> Doubles:
    """Return the shares that values had in some periods, the last of them of all others."""
    counts = mix.counts[:, part].sum(axis=1)
    known = counts[rows[:-1]]
    found: Doubles = np.append(known, counts.sum() - known.sum()) / max(counts.sum(), 1.0)
    return found


def _apart(before: Doubles, after: Doubles) -> float:
    """Return the total variation between two mixes: the share of the values that would have to be others."""
    return float(np.abs(after - before).sum() / 2)


def _beyond_usual(mix: _Mix, place: int) -> float:
    """Return how far the mixes before and after a change are apart, beyond how far they are when nothing happens.

    People come and go, and what is frequent is so for a while only: so the same is done at all moments before it,
    with as many periods on both sides, and with the values that were frequent then.
    """
    length = min(mix.counts.shape[1] - place, (place - 1) // 2)
    # The last period before the change is left out: it may hold the beginning of it.
    usual = max((_between(mix, one, length) for one in range(length, place - length)), default=0.0)
    return beyond(_between(mix, place, length), usual)


def _between(mix: _Mix, place: int, length: int) -> float:
    rows = [*sorted(mix.frequent[place - 1] | mix.frequent[place + length - 1]), len(mix.names) - 1]
    return _apart(
        _shares(mix, slice(place - length, place), rows), _shares(mix, slice(place, place + length), rows)
    )


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
