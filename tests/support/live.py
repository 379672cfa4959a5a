"""Records of ``pandian.interactions`` as a follower gets them, without a broker."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import orjson

DAY = 86_400_000
START = 1_700_000_000_000
#: Broker time of records that say nothing else: later than all their events.
LATER = START + 400 * DAY


class Row(NamedTuple):
    """What live state and catalogue read of a Kafka record."""

    offset: int
    value: bytes | None
    timestamp: int = LATER
    key: bytes | None = None


def interaction(user: Any, item: Any, time: Any = START, action: Any = "view", **more: Any) -> bytes:
    """Return an interaction as it stands on the topic."""
    return orjson.dumps({"user_id": user, "item_id": item, "action": action, "time": time, **more})


def source(offset: int, index: int = 0, topic_id: str = "t", partition: int = 0) -> dict[str, Any]:
    """Return the place of a source record."""
    return {
        "topic": "clicks",
        "topic_id": topic_id,
        "partition": partition,
        "offset": offset,
        "index": index,
    }


def log(values: Iterable[bytes | None], start: int = 0, timestamp: int = LATER) -> list[Row]:
    """Return values as records from an offset on."""
    return [Row(start + number, value, timestamp) for number, value in enumerate(values)]
