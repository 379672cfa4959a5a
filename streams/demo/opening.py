"""Makes the topics that a replay sends to, where no demo has asked its worker to do so."""

from __future__ import annotations

from pandian.settings import Settings
from pandian.topics import INTERACTIONS, RECOMMENDATIONS, REQUESTS
from streams.demo.shop import TOPICS
from streams.transport.admin import ClusterAdmin
from streams.transport.own_topics import ensure_own


async def make_topics(settings: Settings, *, pages: bool) -> None:
    """Make the shop's topics unless they are there; with ``pages`` also those that pages are asked for on.

    The latter are as a worker makes them, so that it does not matter who comes first.

    Raises:
        BrokerError: when the broker cannot be reached.
    """
    admin = ClusterAdmin(settings)
    try:
        for topic in TOPICS:
            await admin.ensure_topic(topic.name, topic.partitions, {})
        if pages:
            await ensure_own(admin, (INTERACTIONS, REQUESTS, RECOMMENDATIONS))
    finally:
        await admin.close()
