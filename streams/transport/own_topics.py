"""How Pandian's own topics of the second half are made: partitions and Kafka settings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from pandian import topics
from streams.transport.admin import ClusterAdmin, TopicInfo

_DAY_MS = 86_400_000


class _Made(NamedTuple):
    partitions: int
    config: Mapping[str, str]


#: Largest batch of interactions: what one chunk of source records gives for one partition is one batch.
LARGEST_BATCH = 8 << 20
_COMPACTED = {"cleanup.policy": "compact", "segment.bytes": str(16 << 20), **topics.COMPACT_SOON}
_LARGE = {"max.message.bytes": str(LARGEST_BATCH + (1 << 20))}
_OWN: Mapping[str, _Made] = {
    topics.INTERACTIONS: _Made(topics.USER_PARTITIONS, {"retention.ms": str(365 * _DAY_MS), **_LARGE}),
    topics.FORGOTTEN: _Made(1, _COMPACTED),
    topics.ITEMS: _Made(1, {**_COMPACTED, **_LARGE}),
    topics.REQUESTS: _Made(topics.USER_PARTITIONS, {}),
    topics.RECOMMENDATIONS: _Made(topics.USER_PARTITIONS, {}),
    topics.IMPRESSIONS: _Made(topics.USER_PARTITIONS, {"retention.ms": str(30 * _DAY_MS)}),
    topics.FEEDBACK: _Made(topics.USER_PARTITIONS, {"retention.ms": str(30 * _DAY_MS)}),
    topics.SIGNATURES: _Made(1, {**_COMPACTED, **_LARGE}),
    topics.ALERTS: _Made(1, {"retention.ms": str(365 * _DAY_MS)}),
}


async def ensure_own(admin: ClusterAdmin, names: Iterable[str]) -> dict[str, TopicInfo]:
    """Make these topics unless they are there, and return them as they are.

    Raises:
        BrokerError: when the broker cannot be reached.
    """
    return {name: await admin.ensure_topic(name, _OWN[name].partitions, _OWN[name].config) for name in names}
