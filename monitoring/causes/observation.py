"""What is kept of an inventory document at one time: the counts whose growth says what the records since were like.

Figures of the inventory are of everything that was ever read. The difference of two of them is of the records that came
between: so a few observations of an asset are a series of periods, at no cost where records are counted.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from monitoring.causes.base import Document

#: Frequent values kept of a field.
_TOP = 20
#: Observations that are kept of each asset, however many fields there are.
LEAST = 6


@dataclass(frozen=True, slots=True)
class FieldCounts:
    """A field of an asset, as counted until then."""

    count: int
    missing: int
    spelled: int
    types: Mapping[str, int]
    numbers: int
    total: float | None
    """Sum of the numbers; None where numbers are not the majority."""
    distinct: float
    top: Mapping[str, int]
    """Frequent values with their counts, by their text; empty of a masked field."""
    odd: Mapping[str, int]
    """Values that had to be cleaned, by rule, and that are impossible or odd, by what they are."""
    lengths: Lengths | None
    """Of its texts; None: it has none."""
    below: Cumulative | None
    """How its numbers lie; None of a masked field, and where numbers are not the majority."""


@dataclass(frozen=True, slots=True)
class Lengths:
    """How long texts were until then, in characters."""

    least: int
    mean: float
    most: int


#: Numbers in rising order, and how many of a field's numbers were at most each of them.
Cumulative = tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]


@dataclass(frozen=True, slots=True)
class Lateness:
    """How late events were at the broker, until then."""

    field: str
    count: int
    ahead: int
    """How many were more than a second early."""
    quantiles: Mapping[float, float]
    """Seconds, by rank."""


#: A field, and asset and field of what it refers to, or what refers to it.
Reference = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Contained:
    """How many of a field's different values are found in the field that it refers to, or that refers to it."""

    share: float
    compared: float
    """Of how many values that is; an estimate."""


@dataclass(frozen=True, slots=True)
class Observation:
    """An asset at one time."""

    asset: str
    time: int
    """Epoch milliseconds."""
    records: int
    repeated: int | None
    """Records whose content was there before; None: not counted."""
    lateness: Lateness | None
    fields: Mapping[str, FieldCounts]
    contained: Mapping[Reference, Contained] | None
    """None: what refers to what was not known."""


def observe(document: Document, time_ms: int) -> Observation:
    """Return what is kept of an asset's document.

    Args:
        document: as the inventory has it.
        time_ms: when it was so, epoch milliseconds.

    Guarantees: no value of a masked field is kept.
    """
    content = (document.get("duplicates") or {}).get("content")
    return Observation(
        asset=document["asset"],
        time=time_ms,
        records=document["records"],
        repeated=content["count"] if content else None,
        lateness=_lateness((document.get("freshness") or {}).get("event")),
        fields={sys.intern(one["field"]): _field(one) for one in document["fields"]},
        contained=None if document.get("relations") is None else dict(_contained(document)),
    )


def _field(field: Mapping[str, Any]) -> FieldCounts:
    shown = () if field["masked"] else field["top"][:_TOP]
    return FieldCounts(
        count=field["count"],
        missing=field["missing"],
        spelled=field["missing_spelled"],
        types={sys.intern(name): count for name, count in field["types"].items()},
        numbers=field["numbers"],
        total=field["sum"],
        distinct=field["distinct"]["estimate"],
        # The same values are kept at all times: once in memory.
        top={sys.intern(str(one["value"])): one["count"] for one in shown},
        odd=dict(_odd(field)),
        lengths=_lengths(field.get("lengths")),
        below=None if field["masked"] else _below(field),
    )


def _odd(field: Mapping[str, Any]) -> Iterable[tuple[str, int]]:
    for rule, one in ((field.get("cleaning") or {}).get("rules") or {}).items():
        yield sys.intern(rule), one["count"]
    for one in field.get("impossible") or ():
        yield sys.intern(one["what"]), one["count"]


def _lengths(lengths: Mapping[str, Any] | None) -> Lengths | None:
    return None if lengths is None else Lengths(lengths["min"], lengths["mean"], lengths["max"])


def _below(field: Mapping[str, Any]) -> Cumulative | None:
    """Return what quantiles and histogram say together: each is coarse where the other is fine."""
    histogram, count = field.get("histogram"), field["numbers"]
    if histogram is None or not count:
        return None
    points = {float(one["value"]): float(rank) for rank, one in field["quantiles"].items()}
    parts = np.cumsum(np.array(histogram["counts"], dtype=np.float64)) / max(sum(histogram["counts"]), 1)
    for edge, share in zip(histogram["edges"][1:], parts.tolist(), strict=True):
        points[float(edge)] = max(points.get(float(edge), 0.0), share)
    points.setdefault(float(histogram["edges"][0]), 0.0)
    values = np.array(sorted(points))
    return values, np.maximum.accumulate(np.array([points[one] for one in values.tolist()])) * count


def _lateness(event: Mapping[str, Any] | None) -> Lateness | None:
    if event is None:
        return None
    ranks = {0.5: event["p50"], 0.95: event["p95"], 0.99: event["p99"]}
    known = {rank: one["value"] for rank, one in ranks.items() if one is not None}
    return Lateness(event["by"], event["count"], event["ahead"], known)


def _contained(document: Document) -> Iterable[tuple[Reference, Contained]]:
    for one in document.get("relations") or ():
        source, target = one["from"], one["to"]
        share, compared = one["share"]["estimate"], one["support"]["compared"]
        if source["asset"] == document["asset"]:
            yield (source["field"], target["asset"], target["field"]), Contained(share, compared)
        used = one["used"]["estimate"]
        if target["asset"] == document["asset"] and used:
            # The same values that were found are among as many of the target's as make this share.
            yield (
                (target["field"], source["asset"], source["field"]),
                Contained(used, share * compared / used),
            )


def counts_of(observations: Iterable[Observation], field: str) -> list[tuple[int, FieldCounts]]:
    """Return when a field was observed, epoch milliseconds, and what was counted of it until then."""
    return [(one.time, counts) for one in observations if (counts := one.fields.get(field)) is not None]


class Memory:
    """Observations of all assets, bounded: from the first one on, and the closer the newer.

    How far they are apart grows with how long ago they were, so that as many lie around the beginning of a fall that is
    noticed within a minute as of one that is noticed after a month.

    Args:
        most: observations kept of an asset; when there are more, the one goes whose gap is the smallest for its age.
        fields: observations of fields kept of all assets together, two kilobytes each: of many fields fewer
            observations are kept, but :data:`LEAST` of each asset.
    """

    def __init__(self, most: int = 48, fields: int = 40_000) -> None:
        self._most, self._fields = most, fields
        self._kept: dict[str, list[Observation]] = {}

    def add(self, documents: Iterable[Document], time_ms: int) -> None:
        """Keep what documents say now. Assets that are no more are forgotten."""
        names = set()
        for one in documents:
            names.add(one["asset"])
            self.add_one(one, time_ms)
        self.keep_only(names)

    def add_one(self, document: Document, time_ms: int) -> None:
        """Keep what one document says now; of fields that are masked by now, what had been kept of values goes."""
        kept = self._kept.setdefault(document["asset"], [])
        masked = {one["field"] for one in document["fields"] if one["masked"]}
        kept[:] = [_hidden(one, masked) for one in kept]
        kept.append(observe(document, time_ms))
        self._thin(kept)

    def restore(self, observations: Iterable[Observation]) -> None:
        """Keep what :meth:`observations` gave, and nothing else."""
        self._kept = {}
        for one in sorted(observations, key=lambda one: one.time):
            self._kept.setdefault(one.asset, []).append(one)
        for kept in self._kept.values():
            self._thin(kept)

    def _thin(self, kept: list[Observation]) -> None:
        while len(kept) > self._limit():
            del kept[_surplus([one.time for one in kept])]

    def keep_only(self, names: Collection[str]) -> None:
        """Forget assets that are no more."""
        self._kept = {name: kept for name, kept in self._kept.items() if name in names}

    def _limit(self) -> int:
        known = sum(len(kept[-1].fields) for kept in self._kept.values() if kept)
        return max(LEAST, min(self._most, self._fields // max(1, known)))

    def copy(self) -> Memory:
        """Return another one that keeps the same, and goes its own way from here."""
        other = Memory(self._most, self._fields)
        other._kept = {name: [*kept] for name, kept in self._kept.items()}
        return other

    def observations(self) -> Sequence[Observation]:
        """Return all that is kept, oldest first."""
        return sorted((one for kept in self._kept.values() for one in kept), key=lambda one: one.time)


def _hidden(observation: Observation, masked: Collection[str]) -> Observation:
    """Return an observation without values of some fields; the same object where it has none."""
    open_ = {
        name
        for name in masked
        if (one := observation.fields.get(name)) is not None
        and (one.top or one.total is not None or one.lengths is not None or one.below is not None)
    }
    if not open_:
        return observation
    fields = {
        name: replace(one, top={}, total=None, lengths=None, below=None) if name in open_ else one
        for name, one in observation.fields.items()
    }
    return replace(observation, fields=fields)


def _surplus(times: Sequence[int]) -> int:
    """Return the place of a time, neither the first nor the last: without it the gap is the smallest for its age."""
    now = times[-1]
    return min(
        range(1, len(times) - 1),
        key=lambda place: (times[place + 1] - times[place - 1]) / max(now - times[place - 1], 1),
    )
