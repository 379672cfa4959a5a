"""Signals of clocks: how old records of the topics that labels are made of say that they are, from time to time.

The inventory tells how late the records of a source are. Of what becomes a label it is known record by record, and the
impressions, which are in no inventory, are among them: where either clock is hours off, no action follows what was
shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

from monitoring.causes.base import Kind, Signal
from monitoring.causes.evidence import LEAST, LEAST_TOLD, Doubles, shift_of_counts
from monitoring.causes.lateness import duration

Flags = npt.NDArray[np.bool_]

#: Ages are usual between these quantiles of the first looks, and so much beyond them.
_USUAL, _BEYOND_S = (0.01, 0.99), 60.0
#: And by so much of how old they were, and so many times as far as they go at the pace at which they moved anyhow.
_PART, _PACE = 0.05, 2.0
#: Least share of the records that is told.
_LEAST_SHARE = 0.1
#: Where as many are, it is all of them.
_ALL = 0.9


@dataclass(frozen=True, slots=True)
class Ages:
    """How old the records of one source were, by the broker's clock, at some times."""

    asset: str
    field: str
    """That says their time."""
    times: Sequence[int]
    """When it was looked, epoch milliseconds, ascending."""
    seconds: Sequence[Sequence[float]]
    """The broker's time less the one that the record says, of some records at each of these times."""


def signals(ages: Ages) -> Iterator[Signal]:
    """Yield that a clock went wrong: since some look, records are older, or younger, than nearly all before."""
    looks = [(time, np.array(some)) for time, some in zip(ages.times, ages.seconds, strict=True) if len(some)]
    if len(looks) <= LEAST:
        return
    usual = np.concatenate([some for _, some in looks[:LEAST]])
    low, high = np.quantile(usual, _USUAL)
    pace = _pace(looks[:LEAST])
    least = _BEYOND_S + _PART * abs(float(np.median(usual)))
    room = [least + _PACE * pace * (time - looks[0][0]) / 1000 for time, _ in looks]
    older = [some > high + more for more, (_, some) in zip(room, looks, strict=True)]
    younger = [some < low - more for more, (_, some) in zip(room, looks, strict=True)]
    yield from _signal(ages, "late", older, looks)
    yield from _signal(ages, "early", younger, looks)


def _pace(looks: Sequence[tuple[int, Doubles]]) -> float:
    """Return how fast ages moved before anything happened, in seconds a second: the median between any two looks.

    Next to nothing where events are told as they happen. Where history is told again each is as old as it is, and the
    clock is nobody's.
    """
    middle = [(time / 1000, float(np.median(some))) for time, some in looks]
    return float(
        np.median(
            [abs(b - a) / max(after - before, 1e-3) for (before, a), (after, b) in combinations(middle, 2)]
        )
    )


def _signal(
    ages: Ages, kind: Kind, beyond: Sequence[Flags], looks: Sequence[tuple[int, Doubles]]
) -> Iterator[Signal]:
    counts = np.array([np.count_nonzero(some) for some in beyond], np.float64)
    totals = np.array([len(some) for _, some in looks], np.float64)
    found = shift_of_counts(counts, totals)
    if found is None or found.log10_evidence < LEAST_TOLD:
        return
    place = found.place
    before, after = (counts[part].sum() / totals[part].sum() for part in (slice(place), slice(place, None)))
    if after - before < _LEAST_SHARE:
        return
    earlier, later = looks[place - 1][0], looks[place][0]
    was = np.concatenate([some for _, some in looks[:place]])
    # Of those that are usual nothing is to be told, where they are the most.
    off = np.concatenate([some[one] for one, (_, some) in zip(beyond[place:], looks[place:], strict=True)])
    of_them = "" if after >= _ALL else f"{after:.0%} of them "
    yield Signal(
        ages.asset, ages.field, kind, (earlier + later) // 2, max((later - earlier) / 2, 1_000.0),
        found.log10_evidence, float(after - before), _told(was), of_them + _told(off),
    )  # fmt: skip


def _told(seconds: Doubles) -> str:
    age = float(np.median(seconds))
    return f"dated {duration(abs(age))} {'before' if age >= 0 else 'after'} they came, at the median"
