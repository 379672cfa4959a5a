"""Which field of which asset refers to which: found in the values, with no hint.

A reference is shown when the evidence for it is great enough for the number of pairs that were looked at (Bonferroni).
The evidence is a sum of logarithms: of what the values say beyond chance, and of what names and semantic types say.
Where identifiers are dense (1, 2, 3 ...) values say nothing but how far they go, and names and types have to agree.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from datasketches import theta_a_not_b, theta_intersection, theta_sketch

from streams.inventory.relations.base import HOMES, VAGUE, End, FieldSet, Interval, Reference, Signature
from streams.inventory.relations.bounds import at_most, log_evidence, share_of
from streams.inventory.relations.candidates import Index
from streams.inventory.relations.counted import records_of
from streams.inventory.relations.keys import UNIQUE
from streams.inventory.relations.naming import said_by_names, said_by_types

#: Fields compared altogether: those of vague types are left out first.
MOST_FIELDS: Final = 5_000
#: Fields that each is compared with, and references that are returned of each.
_COMPARED: Final = 8
_SHOWN: Final = 3
#: At least this share of a reference's values is found where it refers to.
LEAST_SHARE: Final = 0.5
#: The same where values say nothing beyond chance.
_LEAST_DENSE: Final = 0.9
#: The chance that any reference at all is shown that is none, as far as odds can be trusted.
_ALPHA: Final = 0.001
#: More evidence than this says nothing more: values are not independent of each other.
_MOST_EVIDENCE: Final = 60.0
#: Different values that have to be compared, where sketches are no longer whole.
_LEAST_COMPARED: Final = 16
#: Values near the source's that have to be looked up to tell what chance gives.
_LEAST_NEAR: Final = 20
#: What chance gives where it cannot be told: texts are never as dense.
_UNTOLD: Final = 0.5
#: A numbering of which more is taken is dense: values that are in it prove nothing.
_DENSE: Final = 0.8


@dataclass(frozen=True, slots=True)
class _Field:
    """A field among those of all assets."""

    asset: str
    kind: str
    values: FieldSet

    @property
    def end(self) -> End:
        return End(self.asset, self.values.path)

    @property
    def home(self) -> bool:
        """Whether the asset holds the things that the field stands for."""
        return HOMES.get(self.values.semantic_type) == self.kind


@dataclass(frozen=True, slots=True)
class _Found:
    """A pair of fields, the share that the values have in common, and what speaks for a reference."""

    source: _Field
    target: _Field
    hits: int
    misses: int
    unused: int
    chance: float
    by_values: float
    by_names: float

    @property
    def share(self) -> Interval:
        """The share of the source's values that the target has: costs more than all else, so only few are asked."""
        return share_of(self.hits, self.hits + self.misses, _size(self.source.values.values))

    @property
    def strength(self) -> float:
        return self.by_values + self.by_names

    @property
    def rank(self) -> tuple[bool, int, float, float, End]:
        """What says which of several references of a field is the one to show, the greatest first."""
        unique = self.target.values.unique.estimate
        return (
            self.target.home,
            round(self.strength),
            self.hits / (self.hits + self.misses),
            unique,
            self.target.end,
        )


def find(signatures: Iterable[Signature]) -> list[Reference]:
    """Return the references among assets, and within each, the surest first.

    Bounded: at most 5,000 fields are compared, each with at most 8 others, of which at most 3 are returned.

    Args:
        signatures: of all assets, each once.
    """
    fields = _fields(signatures)
    targets = _targets(fields)
    index = Index([target.values for target in targets])
    found = [
        pair
        for source in fields
        for target in _likeliest(source, [targets[number] for number in index.find(source.values)])
        if (pair := _compared(source, target)) is not None
    ]
    needed = math.log(max(len(found), 1) / _ALPHA)
    sure = [pair for pair in found if _convinces(pair, needed)]
    shown = _one_way(_best(sure, needed))
    return sorted(map(_reference, shown), key=lambda one: (-one.strength, one.source, one.target))


def _fields(signatures: Iterable[Signature]) -> list[_Field]:
    fields = [_Field(one.asset, one.kind, values) for one in signatures for values in one.fields]
    fields.sort(key=lambda field: (field.values.semantic_type in VAGUE, field.end))
    return fields[:MOST_FIELDS]


def _targets(fields: Sequence[_Field]) -> list[_Field]:
    """Return the fields that may be referred to: keys, and where the things are, the field that tells them apart best.

    A catalogue to which every change is a record has each item many times: it is no key of the records, but still that
    of the items.
    """
    targets: list[_Field] = []
    by_asset: dict[tuple[str, str], list[_Field]] = defaultdict(list)
    for field in fields:
        if "[]" in field.values.path:
            continue
        if field.home:
            by_asset[field.asset, HOMES[field.values.semantic_type]].append(field)
        elif field.values.unique.low >= UNIQUE:
            targets.append(field)
    for alike in by_asset.values():
        best = max(alike, key=lambda one: (one.values.unique.estimate, one.values.count, one.end))
        targets += [one for one in alike if one is best or one.values.unique.low >= UNIQUE]
    return targets


def _likeliest(source: _Field, targets: Sequence[_Field]) -> list[_Field]:
    """Return the targets to compare a field with: those with like names and types, and with as many values.

    Small numbers are in all numberings there are; which of them is meant is told by the rest.
    """

    def fit(target: _Field) -> float:
        sizes = source.values.values.get_estimate() / max(target.values.values.get_estimate(), 1.0)
        return _said(source, target) - abs(math.log(sizes))

    return sorted(targets, key=fit, reverse=True)[:_COMPARED]


def _said(source: _Field, target: _Field) -> float:
    """Return what names and types say."""
    return said_by_types(source.values.semantic_type, target.values.semantic_type) + said_by_names(
        source.values.path, target.values.path, target.asset, own=source.asset == target.asset
    )


def _compared(source: _Field, target: _Field) -> _Found | None:
    """Compare two fields; None when they are the same one, or less than half of the values is found."""
    if source.end == target.end or source.values.masked != target.values.masked:
        return None
    mine, theirs = source.values.values, target.values.values
    hits = _common(mine, theirs).num_retained
    misses = _without(mine, theirs).num_retained
    whole = source.values.exact and target.values.exact
    if hits < LEAST_SHARE * (hits + misses) or hits + misses < (1 if whole else _LEAST_COMPARED):
        return None
    unused = _without(theirs, mine).num_retained
    chance = _chance(source.values, target.values)
    return _Found(
        source,
        target,
        hits,
        misses,
        unused,
        chance,
        max(_beyond_chance(hits, hits + misses, chance), _as_far(hits, misses, unused)),
        _said(source, target),
    )


def _common(one: theta_sketch, other: theta_sketch) -> theta_sketch:
    both = theta_intersection()
    both.update(one)
    both.update(other)
    return both.get_result()


def _without(one: theta_sketch, other: theta_sketch) -> theta_sketch:
    return theta_a_not_b().compute(one, other)


def _size(values: theta_sketch) -> int:
    """Return how many values a set has, at most."""
    return math.ceil(float(values.get_upper_bound(3)))


def _chance(source: FieldSet, target: FieldSet) -> float:
    """Return which share of values like the source's the target has, at most, whatever they stand for."""
    hits = _common(source.near, target.values).num_retained
    looked_up = hits + _without(source.near, target.values).num_retained
    if looked_up >= _LEAST_NEAR:
        return at_most(hits, looked_up)
    if source.masked or target.low is None or target.high is None:
        return _UNTOLD
    return min(target.distinct.high / (target.high - target.low + 1), 1.0)


def _beyond_chance(hits: int, compared: int, chance: float) -> float:
    return 0.0 if chance > _DENSE else min(log_evidence(hits, compared, chance), _MOST_EVIDENCE)


def _as_far(hits: int, misses: int, unused: int) -> float:
    """Return what it says that two sets of identifiers are nearly the same: that both go from 1 to 943 is no chance.

    How far identifiers go is anything from a handful to millions; that two differ by a part d of it has the chance d.
    """
    union = hits + misses + unused
    if hits < LEAST_SHARE * union:
        return 0.0
    apart = 1 - share_of(hits, union, union + 1).low
    return min(-math.log(apart + 1 / union), _MOST_EVIDENCE)


def _convinces(pair: _Found, needed: float) -> bool:
    if pair.strength < needed:
        return False
    if _by_values_alone(pair, needed):
        return True
    # Two catalogues that both number their things from 1 on are no one's reference.
    apart = pair.source.home and pair.target.home and pair.source.asset != pair.target.asset
    return pair.share.low >= _LEAST_DENSE and not apart


def _by_values_alone(pair: _Found, needed: float) -> bool:
    return _beyond_chance(pair.hits, pair.hits + pair.misses, pair.chance) >= needed


def _best(pairs: Sequence[_Found], needed: float) -> list[_Found]:
    """Return of each source the reference to show, and others only where their values alone convince."""
    kept: list[_Found] = []
    for _, group in groupby(
        sorted(pairs, key=lambda pair: pair.source.end), key=lambda pair: pair.source.end
    ):
        first, *others = sorted(group, key=lambda pair: pair.rank, reverse=True)
        kept.append(first)
        kept += [one for one in others if one.target.home and _by_values_alone(one, needed)][: _SHOWN - 1]
    return kept


def _one_way(pairs: Sequence[_Found]) -> list[_Found]:
    """Drop a reference whose reverse is there and says more: where both are keys, each includes the other."""
    by_ends = {(pair.source.end, pair.target.end): pair for pair in pairs}
    return [
        pair
        for (source, target), pair in by_ends.items()
        if (reverse := by_ends.get((target, source))) is None or pair.rank > reverse.rank
    ]


def _reference(pair: _Found) -> Reference:
    source, target = pair.source.values, pair.target.values
    whole = source.exact and target.exact
    return Reference(
        pair.source.end,
        pair.target.end,
        pair.share,
        share_of(pair.hits, pair.hits + pair.unused, _size(target.values)),
        records_of(_without(source.values, target.values), source.hashes, source.counts)
        if whole and len(source.hashes)
        else None,
        pair.hits + pair.misses,
        round(source.values.get_estimate()),
        pair.strength,
        _evidence(pair),
    )


def _evidence(pair: _Found) -> str:
    """Return why it is a reference, in words."""
    compared = pair.hits + pair.misses
    types = {pair.source.values.semantic_type, pair.target.values.semantic_type}
    said = f"{pair.hits:,} of {compared:,} different values compared are found"
    if pair.chance <= _DENSE:
        said += f", of values like them at most {pair.chance:.0%}"
    if pair.by_names > 0:
        said += f"; both mean {types.pop()}" if len(types) == 1 else f"; {' and '.join(sorted(types))} agree"
    return said
