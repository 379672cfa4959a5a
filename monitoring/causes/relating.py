"""Signals of references that lead nowhere: fewer of the different values are found in the field that they refer to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from monitoring.causes.base import Signal
from monitoring.causes.evidence import LEAST_TOLD, shares
from monitoring.causes.observation import Contained, Observation, Reference
from monitoring.causes.periods import step_of

#: Least fall of a share that is told, relative to what it was.
_LEAST = 0.02
#: A share began to fall when it had last lost no more than so much of what it has lost by now.
_USUAL = 1 / 8


def signals(observations: Sequence[Observation]) -> Iterator[Signal]:
    """Yield references of which less is found than before, and those that are found no more after they fell.

    Args:
        observations: of one asset, oldest first.
    """
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
        most, last = max(share.share for _, share in shown), shown[-1][1]
        gone = key not in now
        # Where it is shown no more, what was last seen of it is all that is sure: it may be for want of evidence only,
        # as identifiers became dense.
        after = last if gone else now[key]
        usual = most - _USUAL * (most - after.share)
        since, before = [one for one in shown if one[1].share >= usual][-1]
        yield from _fell(observations[-1].asset, key, since, step, before, after, gone=gone)


def _fell(
    asset: str, key: Reference, since: int, step: float, before: Contained, after: Contained, *, gone: bool
) -> Iterator[Signal]:
    fallen = before.share - after.share
    if not before.share or fallen / before.share < _LEAST:
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
    yield Signal(asset, field, "orphans", since, step, evidence, size, *words, other=(other, target))
