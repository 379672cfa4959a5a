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
        "fields": [{"field": name, "semantic_type": kind} for name, kind in types.items()],
    }


def test_the_first_look_changes_nothing_and_later_fields_appear() -> None:
    table = Memory()
    first = remember(table, 0, document(10, sku="item_id"))
    second = remember(table, 0, document(30, sku="item_id", price="number"))
    third = remember(table, 0, document(40, sku="item_id", price="price"))

    assert first["schema_changes"] == []
    assert [(c["change"], c["field"], c["records"]) for c in second["schema_changes"]] == [
        ("appeared", "price", 30)
    ]
    meaning = third["schema_changes"][-1]
    assert (meaning["change"], meaning["before"], meaning["after"]) == ("meaning", "number", "price")
    assert [point["records"] for point in third["history"]] == [10, 30, 40]


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
