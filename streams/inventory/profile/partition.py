"""Everything counted in one source partition: mergeable, and one byte string to store and send."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from streams.decode.base import Decoded, RowGroup
from streams.decode.kinds import Kinds
from streams.decode.reasons import SCHEMA_REGISTRY_DOWN
from streams.inventory.profile.asset import AssetProfile
from streams.inventory.profile.batch import BatchMeta
from streams.inventory.profile.codec import FORMAT, BlobReader, BlobWriter, pack, unpack
from streams.inventory.profile.part import LooksBack
from streams.inventory.profile.policy import ProfilePolicy

#: Records of a partition that wait for their schema at most; further ones are counted as unreadable for good.
MOST_WAITING = 100_000


class PartitionProfile:
    """The profile of all records counted so far.

    Exact figures (counts, extremes, sums, and for small fields all others) are equal whatever the batches the
    records came in and however profiles of disjoint sets of records were merged, with a trip through bytes or not.

    Args:
        topic: the source topic; what is of no particular kind is counted under its name.
        policy: how fields are classified, masked and bounded.
    """

    FORMAT = FORMAT
    """The format that :meth:`to_bytes` writes; :meth:`from_bytes` reads it and all older ones."""

    def __init__(self, topic: str, policy: ProfilePolicy) -> None:
        self.topic = topic
        self._policy = policy
        self.reasons: Counter[str] = Counter()
        """Quarantined records by reason."""
        self.bytes = 0
        """Bytes of all record values, quarantined ones included."""
        self.assets: dict[str, AssetProfile] = {}
        """By the label of the kind of record, which means something in this partition only; see :attr:`kinds`."""
        self.kinds = Kinds()
        """The kinds of record found up to now: decoding the next batch needs them."""
        self.waiting: list[int] = []
        """Offsets of records, ascending, that wait for their schema to be found; they are among :attr:`reasons`."""

    @property
    def records(self) -> int:
        """Records that were read and profiled."""
        return sum(asset.records for asset in self.assets.values())

    @property
    def quarantined(self) -> int:
        """Records that could not be read."""
        return self.reasons.total()

    def add(self, decoded: Decoded, meta: BatchMeta) -> None:
        """Count a decoded batch."""
        self.bytes += meta.bytes
        self._count(decoded, meta)
        if meta.offsets is not None:
            still = _still_waiting(decoded, meta.offsets)
            self.waiting += sorted(still)[: max(0, MOST_WAITING - len(self.waiting))]

    def warm(self, decoded: Decoded, meta: BatchMeta) -> None:
        """Show records that were counted already to the parts that look back at them; count nothing."""
        for group in decoded.groups:
            asset = self.assets.get(group.kind or self.topic)
            for part in asset.parts.values() if asset is not None else ():
                if isinstance(part, LooksBack):
                    part.warm(group, meta)

    def settle(self, decoded: Decoded, meta: BatchMeta, gone: Collection[int] = ()) -> None:
        """Count records that waited, decoded again; those that still cannot be read go on waiting.

        Args:
            decoded: of them.
            meta: of them, with their offsets.
            gone: offsets that the broker has no more: they wait no longer, and stay counted as unreadable.

        Raises:
            ValueError: an offset does not wait: it would be counted twice.
        """
        offsets = [] if meta.offsets is None else meta.offsets.tolist()
        if not set(offsets) <= set(self.waiting):
            raise ValueError("records were to be counted that do not wait")
        over = {*offsets, *gone} - _still_waiting(decoded, meta.offsets)
        self.waiting = [offset for offset in self.waiting if offset not in over]
        self.reasons[SCHEMA_REGISTRY_DOWN] -= len(offsets)
        self._count(decoded, meta)
        self.reasons = +self.reasons

    def _count(self, decoded: Decoded, meta: BatchMeta) -> None:
        self.reasons.update(reject.reason for reject in decoded.rejects)
        for label in self._present(decoded):
            groups = [group for group in decoded.groups if (group.kind or self.topic) == label]
            asset = self._asset(label)
            for group in groups:
                asset.add(group, meta)
            asset.add_meta(meta if len(groups) == len(decoded.groups) else _meta_of(groups, meta))

    def _present(self, decoded: Decoded) -> list[str]:
        """Return the labels of a batch's groups; of one that holds none, the label of what is of no kind."""
        labels = list(dict.fromkeys(group.kind or self.topic for group in decoded.groups))
        return labels or list(self.assets)[:1] or [self.topic]

    def _asset(self, name: str) -> AssetProfile:
        asset = self.assets.get(name)
        if asset is None:
            asset = self.assets[name] = AssetProfile(self._policy)
        return asset

    def merge(self, other: PartitionProfile) -> None:
        """Add what another profile of the partition counted in other records; it is left as it was.

        Kinds of different partitions bear different labels: see :mod:`streams.inventory.splitting`.
        """
        self.reasons.update(other.reasons)
        self.bytes += other.bytes
        self.waiting = sorted({*self.waiting, *other.waiting})
        for name, asset in other.assets.items():
            self._asset(name).merge(asset)

    def to_bytes(self) -> bytes:
        """Return the profile as one byte string, with its format."""
        blobs = BlobWriter()
        state = {
            "topic": self.topic,
            "reasons": dict(self.reasons),
            "bytes": self.bytes,
            "assets": [[name, asset.state(blobs)] for name, asset in self.assets.items()],
            "kinds": self.kinds.state(),
            "waiting": self.waiting,
        }
        return pack(state, blobs)

    @classmethod
    def from_bytes(cls, data: bytes, policy: ProfilePolicy) -> PartitionProfile:
        """Return the profile that :meth:`to_bytes` of this or an older version wrote.

        Raises:
            FormatVersionError: when a newer version wrote it.
            PandianError: when it is damaged.
        """
        version, state, blobs = unpack(data)
        return _READERS[version](state, blobs, policy)


def _still_waiting(decoded: Decoded, offsets: npt.NDArray[np.int64] | None) -> set[int]:
    if offsets is None:
        return set()
    return {int(offsets[reject.index]) for reject in decoded.rejects if reject.reason == SCHEMA_REGISTRY_DOWN}


def _meta_of(groups: Sequence[RowGroup], meta: BatchMeta) -> BatchMeta:
    return meta.of([index for group in groups for index in group.indexes])


def _read_v1(state: Mapping[str, Any], blobs: BlobReader, policy: ProfilePolicy) -> PartitionProfile:
    profile = PartitionProfile(state["topic"], policy)
    profile.reasons = Counter(state["reasons"])
    profile.bytes = state["bytes"]
    profile.assets = {name: AssetProfile.restored(asset, blobs, policy) for name, asset in state["assets"]}
    return profile


def _read_v2(state: Mapping[str, Any], blobs: BlobReader, policy: ProfilePolicy) -> PartitionProfile:
    profile = _read_v1(state, blobs, policy)
    profile.kinds = Kinds.restored(state["kinds"])
    profile.waiting = state["waiting"]
    return profile


#: How each format is read. A new one gets a function here; the old ones stay.
_READERS: dict[int, Callable[[Mapping[str, Any], BlobReader, ProfilePolicy], PartitionProfile]] = {
    1: _read_v1,
    2: _read_v2,
}
