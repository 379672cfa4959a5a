"""From the kinds of record found in the partitions of a topic to its assets: alike kinds are one asset.

Every partition tells kinds apart on its own, see :mod:`streams.decode.kinds`: the same kind may bear another label in
each. Here they are put together again: kinds that a schema or an envelope names, by that name; the others by their
fields. Few records that are like none are no asset of their own but noise in the asset they are most like.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from streams.decode.kinds import SIMILAR
from streams.decode.paths import names, split_array
from streams.inventory.profile import AssetProfile, PartitionProfile
from streams.inventory.profile.field import FieldProfile

#: From this share of the topic's records on, the asset of most records keeps the topic's name.
MOST = 0.8
#: What a kind that nobody named needs to be an asset: so many records, and such a share of the topic's, or very many.
LEAST_RECORDS = 20
LEAST_SHARE = 0.01
MANY_RECORDS = 1_000
#: From this similarity on, a kind that is named and one that is not are the same.
_SAME = 0.8
#: A field that fewer of a kind's records have is no mark of it; one that more have is there in all.
_RARE, _ALWAYS = 0.02, 0.98


@dataclass(slots=True)
class Kind:
    """One kind of record of a topic, from all its partitions."""

    profile: AssetProfile
    name: str = ""
    """What its schema or envelope calls it; empty when nothing does."""
    labels: list[tuple[int, str]] = field(default_factory=list)
    """Which labels it has, by the number of the profile it was found in."""
    shared: bool = True
    """Whether the profile is a partition's own, which stays as it is."""

    @property
    def records(self) -> int:
        """How many records it has, header lines included."""
        return self.profile.records


def kinds_of(profiles: Iterable[PartitionProfile]) -> list[Kind]:
    """Return the kinds of record of a topic, those of most records first.

    A kind that one partition has alone comes with that partition's own profile: look, and leave it as it is.

    Args:
        profiles: of all its partitions; left as they are.
    """
    found = [
        Kind(profile, _declared(label), [(number, label)])
        for number, partition in enumerate(profiles)
        for label, profile in partition.assets.items()
    ]
    found.sort(key=lambda one: (-one.records, one.name, one.labels))
    named: dict[str, Kind] = {}
    others: list[Kind] = []
    for one in found:
        same = named.get(one.name) if one.name else _alike(one, others)
        if same is None:
            if one.name:
                named[one.name] = one
            else:
                others.append(one)
        else:
            _join(same, one)
    return _without_noise([*_on_their_own(named.values(), others), *others])


def _declared(label: str) -> str:
    """Return what a schema or envelope calls a kind, from its label."""
    return label.partition(":")[2]


def _join(kind: Kind, other: Kind) -> None:
    if kind.shared:
        kind.profile, kind.shared = kind.profile.copy(), False
    kind.profile.merge(other.profile)
    kind.labels += other.labels


def _alike(one: Kind, others: list[Kind]) -> Kind | None:
    best = max(others, key=lambda other: similarity(one.profile, other.profile), default=None)
    if best is None or similarity(one.profile, best.profile) < SIMILAR:
        return None
    return best


def _on_their_own(named: Iterable[Kind], others: Sequence[Kind]) -> list[Kind]:
    """Return the named kinds that are like none of the others: the same records in another format are the same kind."""
    kept = []
    for one in named:
        best = max(others, key=lambda other: similarity(one.profile, other.profile), default=None)
        if best is not None and similarity(one.profile, best.profile) >= _SAME:
            _join(best, one)
        else:
            kept.append(one)
    return kept


def _without_noise(kinds: list[Kind]) -> list[Kind]:
    kinds = sorted(kinds, key=lambda one: (-one.records, one.name, one.labels))
    total = sum(one.records for one in kinds)
    kept = [one for one in kinds[1:] if one.name or _counts(one, total)]
    kept = [*kinds[:1], *kept]
    for one in kinds:
        if one not in kept:
            _join(max(kept, key=lambda other: similarity(one.profile, other.profile)), one)
    return sorted(kept, key=lambda one: (-one.records, one.name, one.labels))


def _counts(one: Kind, total: int) -> bool:
    enough = one.records >= max(LEAST_RECORDS, LEAST_SHARE * total)
    return enough or one.records >= MANY_RECORDS


def similarity(one: AssetProfile, other: AssetProfile) -> float:
    """Return how much the top-level fields of two kinds are the same, between 0 and 1.

    As :meth:`streams.decode.kinds.KindSorter.sort` compares a row and a kind: shared fields against those that one has
    always and the other never.
    """
    mine, theirs = _shares(one), _shares(other)
    shared = len(mine.keys() & theirs.keys())
    apart = len(_always(mine) - theirs.keys()) + len(_always(theirs) - mine.keys())
    return shared / (shared + apart) if shared + apart else 1.0


def _always(shares: Mapping[str, float]) -> set[str]:
    return {name for name, share in shares.items() if share >= _ALWAYS}


def _shares(profile: AssetProfile) -> dict[str, float]:
    """Return the share of the records that has each top-level field, the rarest left out."""
    records = max(profile.records - profile.header_records, 1)
    shares: dict[str, float] = {}
    for path, one in profile.named_fields().items():
        top = _top(path)
        shares[top] = max(shares.get(top, 0.0), _share(path, one, records))
    return {name: share for name, share in shares.items() if share >= _RARE}


def _share(path: str, one: FieldProfile, records: int) -> float:
    return 1.0 if "[]" in path else one.occurrences / records


def _top(path: str) -> str:
    outside = split_array(path)
    first = names(outside[0] if outside else path)
    return first[0] if first else path
