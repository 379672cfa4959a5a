"""Signals that observations give: what the records of the periods after a moment had that those before had not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from monitoring.causes import clocks, lateness, mixes, pace, relating, writing
from monitoring.causes.base import Document, Kind, Signal
from monitoring.causes.evidence import LEAST, LEAST_TOLD, beyond, mean, shift
from monitoring.causes.observation import Observation
from monitoring.causes.periods import Series, means, of_asset, of_field, step_of, thinned
from monitoring.causes.told import PASSING

#: Least change of a share that is told, by kind; that of a kind which is not named here.
_LEAST_SIZE: Mapping[Kind, float] = {"new": 0.005, "known": 0.1, "duplicates": 0.01, "stale": 0.1}
_LEAST_OF_ALL = 0.02
#: Greater numbers are told as powers of ten.
_READABLE = 1e12
#: What the shares are of, in words.
_WORDS: Mapping[Kind, str] = {
    "missing": "{:.1%} missing",
    "spelled": "{:.1%} spelled as missing",
    "types": "{:.1%} of another type",
    "new": "{:.1%} of the values had never come before",
    "fresh": "{:.1%} of the values had never come before",
    "stale": "{:.1%} of the values had never come before",
    "known": "{:.1%} of the values are among those that had been frequent",
    "duplicates": "{:.1%} of the records came before",
}
#: Where as many of the values as this used to be among the frequent ones, others are no mere change of the mix.
_CLOSED = 0.9
#: And where so many more than usual stay away at one time: people do not all leave together.
_NOBODY = 0.9
#: Only a rise (1) of these, or a fall (-1), may be wrong.
_ONE_SIDED: Mapping[Kind, int] = {"new": 1, "known": -1, "duplicates": 1, "spelled": 1, "stale": -1}


def signals(
    observations: Sequence[Observation], document: Document, others: Mapping[int, int] | None = None
) -> Iterator[Signal]:
    """Yield what changed from period to period.

    Args:
        observations: of one asset, oldest first; the last one is of the document.
        document: the asset as it is now.
        others: how many records all other assets had together, by the time of the observation; None: not known.
    """
    types = {one["field"]: one["semantic_type"] for one in document["fields"]}
    asset = document["asset"]
    yield from pace.signals(observations, document, others)
    observations = thinned(observations)
    if len(observations) < LEAST + 2:
        return
    for series in of_asset(observations):
        yield from _of_series(asset, "", series)
    yield from lateness.signals(observations)
    orphans = [*relating.signals(observations)]
    yield from orphans
    kept = {field for field, *_ in observations[-1].contained or ()} - {one.field for one in orphans}
    for field in observations[-1].fields:
        for one in _of_field(observations, field, types.get(field)):
            # What both ends of a reference know is new, and no old thing by another name.
            yield replace(one, kind="fresh") if one.kind == "new" and field in kept else one


def _of_field(observations: Sequence[Observation], field: str, semantic_type: str | None) -> Iterator[Signal]:
    passing = semantic_type in PASSING
    for series in of_field(observations, field):
        if not (series.kind in ("new", "known") if passing else series.kind == "stale"):
            yield from _of_series(observations[-1].asset, field, series)
    yield from writing.signals(observations, field)
    if passing:
        yield from clocks.signals(observations, field)
    else:
        yield from _means(observations, field)
        yield from mixes.signals(observations, field, semantic_type)


def _of_series(asset: str, field: str, series: Series) -> Iterator[Signal]:
    found = series.shift()
    if found is None or found.log10_evidence < LEAST_TOLD:
        return
    before, after = series.around(found.place)
    wanted = _ONE_SIDED.get(series.kind, 0)
    size = _beyond_usual(series, found.place, _size(series.kind, before, after))
    if size < _LEAST_SIZE.get(series.kind, _LEAST_OF_ALL) or wanted * (after - before) < 0:
        return
    words = _WORDS[series.kind]
    closed = series.kind == "known" and (before >= _CLOSED or size >= _NOBODY)
    kind: Kind = "strange" if closed else series.kind
    yield Signal(
        asset, field, kind, series.starts[found.place], step_of(series.starts),
        found.log10_evidence, size, words.format(before), words.format(after),
    )  # fmt: skip


def _beyond_usual(series: Series, place: int, size: float) -> float:
    """Return how much a share moved beyond how much it moves when nothing happens, as :mod:`.mixes` does for mixes."""
    wanted = _ONE_SIDED.get(series.kind, 0)
    usual = 0.0
    for before, after in series.earlier(place):
        if wanted * (after - before) >= 0:
            usual = max(usual, _size(series.kind, before, after))
    return beyond(size, usual)


def _size(kind: Kind, before: float, after: float) -> float:
    """Return the share of records that moved.

    Of values that stay away it is the share of those that used to come: the rest most likely stays away, too.
    """
    if kind == "known":
        return (before - after) / before if before else 0.0
    return abs(after - before)


def _means(observations: Sequence[Observation], field: str) -> Iterator[Signal]:
    """Yield a change of the mean of numbers; its size is 1/2 at a factor of 3, 1 at infinity."""
    known = means(observations, field)
    if known is None:
        return
    numbers, starts = known
    # Small and large means alike, whatever their sign.
    stretched = np.arcsinh(numbers / max(float(np.abs(numbers[:LEAST]).mean()), 1e-12))
    found = shift(stretched, np.zeros(len(numbers)))
    if found is None or found.log10_evidence < LEAST_TOLD:
        return
    before, after = mean(numbers[: found.place]), mean(numbers[found.place :])
    size = abs(after - before) / max(abs(after) + abs(before), 1e-12)
    if size >= _LEAST_OF_ALL:
        yield Signal(
            observations[-1].asset, field, "mean", starts[found.place], step_of(starts),
            found.log10_evidence, min(size, 1.0), f"mean {_number(before)}", f"mean {_number(after)}",
        )  # fmt: skip


def _number(value: float) -> str:
    """Return a number with four digits that count, and no power of ten where people can read it without one."""
    return f"{value:,.0f}" if 1_000 <= abs(value) < _READABLE else f"{value:,.4g}"
