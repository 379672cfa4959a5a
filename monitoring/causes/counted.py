"""Signals that observations give: what the records of the periods after a moment had that those before had not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from monitoring.causes import lateness
from monitoring.causes.base import Document, Kind, Signal
from monitoring.causes.evidence import LEAST, LEAST_TOLD, mean, shares, shift
from monitoring.causes.observation import Contained, Observation, Reference
from monitoring.causes.periods import Series, means, of_asset, of_field, rates, step_of, thinned
from monitoring.causes.told import PASSING

#: Least change of a share that is told, by kind; that of a kind which is not named here.
_LEAST_SIZE: Mapping[Kind, float] = {"new": 0.005, "known": 0.1, "duplicates": 0.01}
_LEAST_OF_ALL = 0.02
_LEAST_RATE = 0.2
#: What the shares are of, in words.
_WORDS: Mapping[Kind, str] = {
    "missing": "{:.1%} missing",
    "spelled": "{:.1%} spelled as missing",
    "types": "{:.1%} of another type",
    "new": "{:.1%} that are new",
    "known": "{:.1%} among the usual values",
    "duplicates": "{:.1%} of the records came before",
}
#: Where as many of the values as this used to be among the frequent ones, others are no mere change of the mix.
_CLOSED = 0.9
#: Only a rise (1) of these, or a fall (-1), may be wrong.
_ONE_SIDED: Mapping[Kind, int] = {"new": 1, "known": -1, "duplicates": 1, "spelled": 1}
#: A reference that is no longer shown had this share of what it had, at most: a guess that is rather too high.
_GONE = 0.75
#: A share began to fall when it had last lost no more than so much of what it has lost by now.
_USUAL = 1 / 8


def signals(observations: Sequence[Observation], document: Document) -> Iterator[Signal]:
    """Yield what changed from period to period.

    Args:
        observations: of one asset, oldest first; the last one is of the document.
        document: the asset as it is now.
    """
    types = {one["field"]: one["semantic_type"] for one in document["fields"]}
    observations = thinned(observations)
    if len(observations) < LEAST + 2:
        return
    asset = observations[-1].asset
    for series in of_asset(observations):
        yield from _of_series(asset, "", series)
    yield from lateness.signals(observations)
    yield from _rate(observations, document)
    for field in observations[-1].fields:
        passing = types.get(field) in PASSING
        for series in of_field(observations, field):
            if not (passing and series.kind in ("new", "known")):
                yield from _of_series(asset, field, series)
        if not passing:
            yield from _means(observations, field)
    yield from _orphans(observations)


def _of_series(asset: str, field: str, series: Series) -> Iterator[Signal]:
    found = series.shift()
    if found is None or found.log10_evidence < LEAST_TOLD:
        return
    before, after = series.around(found.place)
    wanted = _ONE_SIDED.get(series.kind, 0)
    size = _size(series.kind, before, after)
    if size < _LEAST_SIZE.get(series.kind, _LEAST_OF_ALL) or wanted * (after - before) < 0:
        return
    words = _WORDS[series.kind]
    kind: Kind = "strange" if series.kind == "known" and before >= _CLOSED else series.kind
    yield Signal(
        asset, field, kind, series.starts[found.place], step_of(series.starts),
        found.log10_evidence, size, words.format(before), words.format(after),
    )  # fmt: skip


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
            found.log10_evidence, min(size, 1.0), f"mean {before:,.4g}", f"mean {after:,.4g}",
        )  # fmt: skip


def _rate(observations: Sequence[Observation], document: Document) -> Iterator[Signal]:
    """Yield a change of how many records come, where it is more or fewer than usual at this hour of the week, too."""
    usual = (document.get("freshness") or {}).get("rate")
    if usual is None or usual["low"] <= usual["records_per_minute"] <= usual["high"]:
        return
    numbers, records, starts = rates(observations)
    # The logarithm of a count of n varies by 1 / n by chance alone.
    found = shift(np.log(np.maximum(numbers, 1e-6)), 1 / np.maximum(records, 1))
    if found is None or found.log10_evidence < LEAST_TOLD:
        return
    before, after = mean(numbers[: found.place]), mean(numbers[found.place :])
    size = abs(after - before) / max(after, before, 1e-12)
    if size >= _LEAST_RATE:
        yield Signal(
            document["asset"], "", "rate", starts[found.place], step_of(starts), found.log10_evidence, size,
            f"{before:,.0f} records a minute", f"{after:,.0f}",
        )  # fmt: skip


def _orphans(observations: Sequence[Observation]) -> Iterator[Signal]:
    """Yield references that lead nowhere: the share of different values that are found fell from what it was."""
    now = observations[-1].contained
    if now is None:
        return
    known: dict[Reference, list[tuple[int, Contained]]] = {}
    for one in observations:
        for key, share in (one.contained or {}).items():
            known.setdefault(key, []).append((one.time, share))
    step = step_of([one.time for one in observations])
    for key, shown in known.items():
        # The share moves on by itself as both sides grow: the highest is what it was before.
        most = max(share.share for _, share in shown)
        gone = key not in now
        # No longer shown: it fell below what is taken for a reference, on which side is not known.
        after = Contained(_GONE * most, shown[-1][1].compared) if gone else now[key]
        usual = most - _USUAL * (most - after.share)
        since, before = [one for one in shown if one[1].share >= usual][-1]
        yield from _orphaned(observations[-1].asset, key, since, step, before, after, gone=gone)


def _orphaned(
    asset: str, key: Reference, since: int, step: float, before: Contained, after: Contained, *, gone: bool
) -> Iterator[Signal]:
    fallen = before.share - after.share
    if not before.share or fallen / before.share < _LEAST_OF_ALL:
        return
    evidence = shares(
        (before.share * before.compared, before.compared), (after.share * after.compared, after.compared)
    )
    if evidence < LEAST_TOLD:
        return
    field, other, target = key
    words = f"{before.share:.1%} of the values are in {other}.{target}", f"{after.share:.1%}"
    if gone:
        words = words[0], "so few that it is no reference any more"
    size = fallen / before.share
    yield Signal(asset, field, "orphans", since, step, evidence, size, *words, against=other)
