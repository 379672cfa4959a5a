"""Everything counted in one source partition: mergeable, and one byte string to store and send."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from streams.decode.base import Decoded, RowGroup
from streams.decode.kinds import Kinds
from streams.inventory.profile.asset import AssetProfile
from streams.inventory.profile.codec import FORMAT, BlobReader, BlobWriter, pack, unpack
from streams.inventory.profile.policy import BatchMeta, ProfilePolicy


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
    return profile


#: How each format is read. A new one gets a function here; the old ones stay.
_READERS: dict[int, Callable[[Mapping[str, Any], BlobReader, ProfilePolicy], PartitionProfile]] = {
    1: _read_v1,
    2: _read_v2,
}
