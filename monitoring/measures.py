"""What the labels say of each version of each model: of all, of the first and of the newest, in bounded memory.

Each partition of impressions keeps its own; what is published is their sum.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from monitoring.edges import Edges
from monitoring.histogram import Histogram

#: Labels of a version's reference, and newest labels, over all partitions.
REFERENCE = RECENT = 5_000
#: Versions that a partition keeps; of one more, :func:`least_missed` goes.
MAX_VERSIONS = 16

#: Names a version: model, version.
Name = tuple[str, str]


def least_missed(known: Iterable[tuple[Name, int, int]]) -> Name:
    """Return which version is let go for another one: that of the longest silence for the labels that it has.

    So many versions that came once each, as where a page writes the time of its own build, push each other out and
    not the model that answers; and one that answered for long is let go when another has answered for as long.

    Args:
        known: name, labels, and labels of others since its own newest one; not empty.
    """
    return max(known, key=lambda one: one[2] / one[1])[0]


@dataclass(frozen=True, slots=True)
class Quota:
    """How much one partition keeps."""

    reference: int
    recent: int
    versions: int = MAX_VERSIONS

    @classmethod
    def of(cls, partitions: int) -> Quota:
        """Return the share of one of so many partitions."""
        return cls(-(-REFERENCE // partitions), -(-RECENT // partitions))


class VersionMeasures:
    """The labels of one version in one partition.

    Args:
        edges_id: of the edges between its buckets.
        buckets: how many there are.
        quota: how many first and newest labels are kept.
    """

    def __init__(self, edges_id: str, buckets: int, quota: Quota) -> None:
        self.edges_id = edges_id
        self.total = Histogram(buckets)
        self.reference = Histogram(buckets)
        self.recent: deque[int] = deque(maxlen=quota.recent)
        """The newest labels, oldest first: ``2 * bucket + label``."""
        self.first = self.last = 0
        """Times of the earliest and the latest impression that was labelled, epoch milliseconds."""
        self.number = 0
        """Place of its newest label among all of the partition: the lower, the longer ago."""
        self._wanted = quota.reference

    def add(self, bucket: int, label: int, time: int, number: int) -> None:
        """Count one label."""
        if self._wanted > 0:
            self._wanted -= 1
            self.reference.add(bucket, label)
        if not self.number:
            self.first = self.last = time
        self.first, self.last = min(self.first, time), max(self.last, time)
        self.number = number
        self.total.add(bucket, label)
        self.recent.append(2 * bucket + label)

    def encode(self) -> dict[str, Any]:
        """Return JSON values."""
        return {
            "edges": self.edges_id,
            "buckets": self.total.buckets,
            "total": self.total.encode(),
            "reference": self.reference.encode(),
            "recent": list(self.recent),
            "first": self.first,
            "last": self.last,
            "number": self.number,
        }

    @classmethod
    def decode(cls, stored: Mapping[str, Any], quota: Quota) -> VersionMeasures:
        """Return what :meth:`encode` gave."""
        found = cls(stored["edges"], stored["buckets"], quota)
        found.total = Histogram.decode(stored["total"], found.total.buckets)
        found.reference = Histogram.decode(stored["reference"], found.total.buckets)
        found.recent.extend(stored["recent"])
        found.first, found.last, found.number = stored["first"], stored["last"], stored["number"]
        found._wanted = quota.reference - found.reference.labels
        return found


class Measures:
    """The labels of one partition, by version."""

    def __init__(self, quota: Quota) -> None:
        self._quota = quota
        self.versions: dict[Name, VersionMeasures] = {}
        self.dropped = 0
        """Versions that were let go to keep to the quota."""
        self._number = 0

    def edges_id(self, name: Name) -> str | None:
        """Return which edges a version is counted by; None when it has no label yet."""
        found = self.versions.get(name)
        return found.edges_id if found else None

    def add(self, name: Name, edges: Edges, score: float, label: int, time: int) -> Name | None:
        """Count one label.

        Args:
            name: model and version.
            edges: of its buckets; always the same while the version is kept.
            score: between 0 and 1.
            label: 0 or 1.
            time: of the impression, epoch milliseconds.

        Returns:
            The version that had to be let go for it, if any.
        """
        gone = None
        found = self.versions.get(name)
        if found is None:
            if len(self.versions) >= self._quota.versions:
                gone = least_missed(
                    (one, known.total.labels, self._number - known.number)
                    for one, known in self.versions.items()
                )
                del self.versions[gone]
                self.dropped += 1
            found = self.versions[name] = VersionMeasures(edges.id, edges.buckets, self._quota)
        self._number += 1
        found.add(edges.bucket(score), label, time, self._number)
        return gone

    def encode(self) -> dict[str, Any]:
        """Return JSON values."""
        return {
            "dropped": self.dropped,
            "number": self._number,
            "versions": [[*name, one.encode()] for name, one in self.versions.items()],
        }

    @classmethod
    def decode(cls, stored: Mapping[str, Any], quota: Quota) -> Measures:
        """Return what :meth:`encode` gave."""
        found = cls(quota)
        found.dropped, found._number = stored["dropped"], stored["number"]
        for model, version, one in stored["versions"]:
            found.versions[model, version] = VersionMeasures.decode(one, quota)
        return found


@dataclass(frozen=True, slots=True)
class Summary:
    """The labels of one version, over all partitions."""

    model: str
    version: str
    edges_id: str
    total: Histogram
    reference: Histogram
    recent: Histogram
    first: int
    last: int
    left_out: int
    """Labels that were counted by other edges and cannot be added: workers see different registries."""


def summed(partitions: Iterable[Measures]) -> list[Summary]:
    """Return the sum over partitions, the version whose first impression is newest first."""
    found: defaultdict[Name, list[VersionMeasures]] = defaultdict(list)
    for measures in partitions:
        for name, one in measures.versions.items():
            found[name].append(one)
    sums = [_summary(name, parts) for name, parts in found.items()]
    return sorted(sums, key=lambda one: (one.first, one.model, one.version), reverse=True)


def _summary(name: Name, parts: list[VersionMeasures]) -> Summary:
    labels: defaultdict[str, int] = defaultdict(int)
    for part in parts:
        labels[part.edges_id] += part.total.labels
    edges_id = max(labels, key=lambda one: (labels[one], one))
    added = [part for part in parts if part.edges_id == edges_id]
    total, reference, recent = (Histogram(added[0].total.buckets) for _ in range(3))
    for part in added:
        total.merge(part.total)
        reference.merge(part.reference)
        recent.add_codes(part.recent)
    return Summary(
        *name,
        edges_id,
        total,
        reference,
        recent,
        min(part.first for part in added),
        max(part.last for part in added),
        sum(labels.values()) - labels[edges_id],
    )
