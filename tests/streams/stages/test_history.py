"""History and schema changes: what an asset's document says about the past."""

from __future__ import annotations

from typing import Any

from streams.stages.history import remember


class Memory:
    """A table in memory."""

    def __init__(self) -> None:
        self.values: dict[tuple[int, bytes], bytes | None] = {}

    def get(self, partition: int, key: bytes) -> bytes | None:
        return self.values.get((partition, key))

    def put(self, partition: int, key: bytes, value: bytes | None) -> None:
        self.values[partition, key] = value


def document(records: int, *, topic_id: str = "one", **types: str) -> dict[str, Any]:
    return {
        "asset": "shop.orders",
        "records": records,
        "bytes": 10 * records,
        "quarantined": 0,
        "source": {"topic": "shop.orders", "topic_id": topic_id},
        "quality": {"score": 0.5},
        "schema_changes": None,
        "fields": [
            {"field": name, "semantic_type": kind, "confidence": 0.95} for name, kind in types.items()
        ],
    }


def test_a_meaning_that_changes_is_told_once_it_has_stood() -> None:
    table = Memory()
    first = remember(table, 0, document(100, sku="item_id", price="number"))
    soon = remember(table, 0, document(101, sku="item_id", price="price"))
    later = remember(table, 0, document(200, sku="item_id", price="price"))

    assert first["schema_changes"] == soon["schema_changes"] == []
    [meaning] = later["schema_changes"]
    assert (meaning["change"], meaning["field"]) == ("meaning", "price")
    assert (meaning["before"], meaning["after"]) == ("number", "price")
    assert [point["records"] for point in later["history"]] == [100, 101, 200]


def test_what_records_show_and_what_was_remembered_are_told_together_the_latest_first() -> None:
    table = Memory()
    for records, price in ((100, "number"), (101, "price"), (200, "price")):
        seen = {"change": "appeared", "field": "sku", "time": "2026-01-02T00:00:00Z", "records": 7}
        last = remember(table, 0, {**document(records, price=price), "schema_changes": [seen]})
    assert [change["change"] for change in last["schema_changes"]] == ["meaning", "appeared"]


def test_a_topic_made_again_has_no_past() -> None:
    table = Memory()
    remember(table, 0, document(10, sku="item_id"))

    again = remember(table, 0, document(1, topic_id="two", other="text"))

    assert again["schema_changes"] == []
    assert [point["records"] for point in again["history"]] == [1]


def test_history_thins_out_with_age_and_keeps_its_ends() -> None:
    table = Memory()
    for records in range(1, 2001):
        last = remember(table, 0, document(records, sku="item_id"))

    counted = [point["records"] for point in last["history"]]
    assert len(counted) <= 240
    assert (counted[0], counted[-1]) == (1, 2000)
    assert counted == sorted(counted)
    assert counted[-1] - counted[-2] == 1
