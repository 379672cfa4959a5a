"""From signals to suspects: how much of what the model knows is expected to have moved with each place.

A signal's weight is a product of four numbers between 0 and 1 (docs/causes.md says why):

    role x changed x near x size

``changed`` is the probability that anything moved there at all: with ``m`` things looked at, of which one is expected
to have moved, the prior odds are 1 to ``m``, and the evidence ``10^E`` makes them ``10^E / m``. ``near`` falls with the
time between the beginnings of both. What speaks against the same place adds up as independent chances do.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Sequence

from monitoring.causes.base import Alarm, Kind, Lineage, Place, Signal, Suspect
from pandian.events import Cause

#: Evidence beyond this is no surer: models of chance are not that good.
CAP = 9.0
#: How long after its cause an AUC may be seen to fall, in standard errors of its beginning: labels take time.
_LAG = 2.0
#: A change that another one brings about counts so much.
_EXPLAINED = 0.1
#: What people do, rather than what the data is like, counts so much: it goes to and fro without anybody's fault.
_BEHAVIOUR = 0.5
#: Kinds that say what came, of roles that say what people did: that other values came is no fault of the data.
_ALWAYS: frozenset[Kind] = frozenset({"known", "rate", "fresh"})
#: Roles whose values are a vocabulary: people choose among its words, and none of them makes new ones.
_VOCABULARY = frozenset({"category", "brand", "currency", "available", "action", "status", "rating"})
_MIX: frozenset[Kind] = frozenset({"values", "mean", "distinct"})
_ACTED = frozenset({"user", "item", "action", "session", "quantity", "status"})
#: What repeated records bring about in the fields of their asset: fewer different values in a window, more in a minute.
_OF_REPEATS: frozenset[Kind] = frozenset({"distinct", "rate", "new", "known", "strange", "values", "stale"})
#: What a source that sends less, or nothing, brings about where others refer to it.
_LESS: frozenset[Kind] = frozenset({"silence", "rate"})
_OF_SILENCE: frozenset[Kind] = frozenset({"orphans", "rate"})
#: Kinds that say that values are others, but not which: of signals that weigh about as much, another one is told.
_INDIRECT: frozenset[Kind] = frozenset({"known", "strange", "new", "fresh", "stale", "distinct", "orphans"})
#: Which identifiers came how often says nothing of what happened to them, either.
_IDENTIFIERS = frozenset({"user", "item", "session"})
#: How much lighter a signal may be that tells how these are written now.
_TENFOLD = 10
#: Suspects below this are not told.
LEAST_SCORE = 0.001
#: Signals that are told of a place.
_TOLD = 3


def near(signal: Signal, alarm: Alarm) -> float:
    """Return how well the beginning of a signal goes with that of the fall, 0 to 1: a Cauchy kernel.

    Its tails are heavy on purpose: estimates of beginnings are off by more than they say now and then. Before the fall
    it is wider than after it, as what makes an AUC fall comes first.
    """
    delta = signal.since - alarm.since
    width = math.hypot(alarm.error_ms, signal.error_ms)
    if delta < 0:
        width += _LAG * alarm.error_ms
    return 1 / (1 + (delta / width) ** 2)


def changed(log10_evidence: float, tests: int) -> float:
    """Return the probability that something moved, of so many things that were looked at."""
    odds = 10 ** min(log10_evidence, CAP) / max(tests, 1)
    return odds / (1 + odds)


def rank(signals: Collection[Signal], alarm: Alarm, lineage: Lineage, tests: int) -> list[Suspect]:
    """Return the places that moved, the likeliest first.

    Args:
        signals: of all assets.
        alarm: what they are to explain.
        lineage: what the model takes from each place.
        tests: how many things were looked at.
    """
    places: dict[Place, list[tuple[float, Signal]]] = defaultdict(list)
    for one in signals:
        moved = changed(one.log10_evidence, tests) * near(one, alarm)
        left = 1 - (1 - _EXPLAINED) * _explained(one, signals, alarm)
        places[one.place].append((lineage.of(one.place).weight * moved * min(one.size, 1.0) * left, one))
    found = [_suspect(place, weighed, lineage) for place, weighed in places.items()]
    told = [one for one in found if one.score >= LEAST_SCORE]
    return sorted(told, key=lambda one: (-one.score, one.cause.asset, one.cause.field))


def _explained(signal: Signal, signals: Collection[Signal], alarm: Alarm) -> float:
    """Return how well another signal explains one that it brings about, 0 to 1: as well as it goes with the fall."""
    most = 0.0
    for other in signals:
        repeats = other.kind == "duplicates" and other.asset == signal.asset and signal.kind in _OF_REPEATS
        reached = other.asset in (signal.asset, signal.against)
        less = other.kind in _LESS and reached and signal.kind in _OF_SILENCE and other is not signal
        if repeats or less or _broke_the_reference(other, signal):
            # What moved less than what it brought about did not bring about all of it.
            most = max(most, near(other, alarm) * min(1.0, other.size / max(signal.size, 1e-9)))
    return most


def _broke_the_reference(other: Signal, signal: Signal) -> bool:
    """Tell whether a field's values changed by themselves, while another's are only no longer found among them.

    A reference has two ends, and the same figure speaks against both: the one whose own values moved is the root.
    """
    return signal.kind == "orphans" and (other.asset, other.field) == signal.other and other.kind != "orphans"


def _suspect(place: Place, weighed: Sequence[tuple[float, Signal]], lineage: Lineage) -> Suspect:
    ordered = sorted(weighed, key=lambda one: (-one[0], one[1].kind))
    heaviest = ordered[0][1]
    use = lineage.of(place)
    behaviour = all(_is_mix(one, use.role) for _, one in weighed)
    # Of one kind the heaviest alone: what documents and observations both tell is the same thing.
    kinds: dict[Kind, float] = {}
    for weight, one in ordered:
        kinds.setdefault(one.kind, weight)
    score = 1 - math.prod(1 - weight for weight in kinds.values())
    clear = _clearest(ordered, use.role)
    return Suspect(
        Cause(heaviest.asset, heaviest.field, clear.before, clear.after, _evidence(ordered)),
        score * (_BEHAVIOUR if behaviour else 1.0),
        behaviour,
        use.role,
        use.path,
        heaviest.since,
        [one for _, one in ordered],
    )


def _clearest(ordered: Sequence[tuple[float, Signal]], role: str) -> Signal:
    """Return the signal whose words say best what happened: of the heaviest first, one that says it by itself.

    That other identifiers come is what everybody sees where they are written otherwise: that is told, if it is known.
    """
    most = ordered[0][0]
    found = min((one for weight, one in ordered if 2 * weight >= most), key=lambda one: one.kind in _INDIRECT)
    unsaid = found.kind in _INDIRECT or found.kind == "values"
    if role not in _IDENTIFIERS or not unsaid:
        return found
    written = (one for weight, one in ordered if one.kind == "written" and _TENFOLD * weight >= most)
    return next(written, found)


def _is_mix(signal: Signal, role: str) -> bool:
    """Tell whether a signal says only that people did other things, or met others of the same things."""
    if signal.kind == "known" and role in _VOCABULARY:
        return False
    return signal.kind in _ALWAYS or (signal.kind in _MIX and role in _ACTED)


def _evidence(ordered: Sequence[tuple[float, Signal]]) -> str:
    kinds: dict[Kind, Signal] = {}
    for _, one in ordered:
        kinds.setdefault(one.kind, one)
    return "; ".join(
        f"{one.kind}: {100 * one.size:.0f} % moved, evidence 10^{min(one.log10_evidence, 99):.1f}"
        + (f", {one.before} → {one.after}" if place else "")
        for place, one in enumerate([*kinds.values()][:_TOLD])
    )
