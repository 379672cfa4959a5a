"""Reads ``pandian.interactions`` by the rule that every reader goes by, and says what ought to be there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import orjson

from pandian import topics
from streams.features.places import Places
from tests.support.topics import Record, read_all


def accepted(records: Iterable[Record], topic: str) -> list[dict[str, Any]]:
    """Return the interactions made of a source topic, in the order of the log, without repeats."""
    places: defaultdict[int, Places] = defaultdict(Places)
    found = []
    for record in records:
        one = orjson.loads(record.value or b"{}")
        source = one.get("source") or {}
        if source.get("topic") == topic and places[record.partition].is_new(source):
            assert record.key == one["user_id"].encode()
            found.append(one)
    return found


def interactions_of_topic(address: str, topic: str) -> list[dict[str, Any]]:
    """Return what a reader accepts of a source topic now."""
    return accepted(read_all(address, topics.INTERACTIONS), topic)


def places_of(found: Iterable[dict[str, Any]]) -> list[tuple[int, int, int]]:
    """Return the source places of interactions, sorted."""
    return sorted(
        (one["source"]["partition"], one["source"]["offset"], one["source"]["index"]) for one in found
    )
