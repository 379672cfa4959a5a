"""The inventory of the first order lines, taken by the code that a worker takes it with."""

from __future__ import annotations

from typing import Any

import pytest

from streams.decode.registry import BatchDecoder
from streams.demo.dataset import order_lines
from streams.demo.shop import TOPICS, Shop
from streams.inventory.assembly import topic_documents
from streams.inventory.policy import default_policy
from streams.inventory.profile import BatchMeta, PartitionProfile

LINES = 2_000


@pytest.fixture(scope="session")
def document() -> dict[str, Any]:
    """The inventory document of the shop after 2,000 order lines."""
    shop, policy, decoder = Shop(), default_policy(100), BatchDecoder(max_fields=100)
    events = [event for line in order_lines(LINES) for event in shop.events(line)]
    assets: list[dict[str, Any]] = []
    for topic in sorted(TOPICS):
        values = [event.value for event in events if event.topic is topic]
        profile = PartitionProfile(topic.name, policy)
        headers = [topic.headers] * len(values) if topic.headers else None
        profile.add(decoder.decode(values, headers), BatchMeta(sum(map(len, values)), 0))
        documents = topic_documents([profile], topic.name, {"topic": topic.name}, policy, now_ms=0)
        assets.extend(documents.values())
    return {"assets": assets}
