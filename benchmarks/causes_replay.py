"""A replay through the real inventory, in this process and without a broker: topics, batches, documents, references."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson

from pandian.settings import Settings
from streams.decode.registry import BatchDecoder
from streams.inventory.assembly import topic_documents
from streams.inventory.details import Details
from streams.inventory.duplicates.hashing import content_hashes
from streams.inventory.duplicates.window import Window
from streams.inventory.policy import default_policy
from streams.inventory.profile import BatchMeta, PartitionProfile, ProfilePolicy
from streams.inventory.relations.finder import find
from streams.inventory.relations.graph import documents as references_of
from streams.inventory.relations.signature import signature_of

Document = dict[str, Any]
_MAX_FIELDS = int(Settings.model_fields["max_fields"].default)


def policy() -> ProfilePolicy:
    """Return what a worker counts by."""
    return default_policy(_MAX_FIELDS)


@dataclass(slots=True)
class _Topic:
    profile: PartitionProfile
    window: Window
    offset: int = 0


class Replay:
    """Topics of one partition each, as a worker has counted them so far.

    Args:
        counted_by: the policy.
    """

    def __init__(self, counted_by: ProfilePolicy) -> None:
        self._policy = counted_by
        self._decoder = BatchDecoder(max_fields=_MAX_FIELDS)
        self._topics: dict[str, _Topic] = {}
        self._details = Details()

    def fork(self) -> Replay:
        """Return another one that goes on from here, as a worker does that was restarted."""
        other = Replay(self._policy)
        for name, topic in self._topics.items():
            profile = PartitionProfile.from_bytes(topic.profile.to_bytes(), self._policy)
            other._topics[name] = _Topic(profile, copy.deepcopy(topic.window), topic.offset)
        return other

    def send(self, events: Iterable[tuple[int, str, Any]]) -> None:
        """Count records: the broker's time (epoch milliseconds), topic and record of each."""
        by_topic: dict[str, tuple[list[int], list[bytes]]] = {}
        for time, name, record in events:
            times, values = by_topic.setdefault(name, ([], []))
            times.append(time)
            values.append(orjson.dumps(record))
        for name, (times, values) in by_topic.items():
            self._count(name, times, values)

    def _count(self, name: str, times: Sequence[int], values: Sequence[bytes]) -> None:
        topic = self._topics.get(name)
        if topic is None:
            topic = self._topics[name] = _Topic(PartitionProfile(name, self._policy), Window())
        offsets = np.arange(topic.offset, topic.offset + len(values), dtype=np.int64)
        topic.offset += len(values)
        meta = BatchMeta(
            sum(map(len, values)),
            times[-1],
            np.array(times, dtype=np.int64),
            offsets,
            repeated=topic.window.add(content_hashes(values), offsets),
        )
        topic.profile.add(self._decoder.decode(values, None, topic.profile.kinds), meta)

    def documents(self, now_ms: int) -> list[Document]:
        """Return the inventory's documents of all assets, with their references."""
        found: dict[str, Document] = {}
        signatures = []
        for name, topic in self._topics.items():
            found |= topic_documents(
                [topic.profile],
                name,
                {"topic": name},
                self._policy,
                now_ms=now_ms,
                details=self._details,
                see=lambda own, kind, asset, means: signatures.append(signature_of(own, kind, asset, means)),
            )
        references = find(signatures)
        for name, document in found.items():
            document["relations"] = references_of(name, references)
        return [*found.values()]
