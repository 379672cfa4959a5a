"""Kinds of record become assets."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import fastavro
import numpy as np
import orjson

from streams.decode.registry import BatchDecoder
from streams.inventory.assembly import topic_documents
from streams.inventory.policy import default_policy
from streams.inventory.profile import BatchMeta, PartitionProfile

POLICY = default_policy(100)
NOW = 1_700_000_000_000


def order(number: int) -> dict[str, Any]:
    return {
        "order_id": f"o{number}",
        "user_id": f"u{number % 50}",
        "item_id": f"i{number % 7}",
        "quantity": 1 + number % 3,
        "unit_price": 2.5 + number % 5,
        "created_at": f"2026-01-{1 + number % 28:02d}T10:00:00Z",
    }


def customer(number: int) -> dict[str, Any]:
    return {
        "customer_id": f"u{number}",
        "email": f"u{number}@example.com",
        "gender": "female",
        "city": "Leeds",
        "signup_date": "2024-02-03",
    }


def profile_of(*batches: list[bytes], topic: str = "shop") -> PartitionProfile:
    decoder, profile = BatchDecoder(), PartitionProfile(topic, POLICY)
    for values in batches:
        sizes = np.array([len(value) for value in values])
        meta = BatchMeta(
            int(sizes.sum()), NOW, np.full(len(values), NOW - 500), np.arange(len(values)), sizes
        )
        profile.add(decoder.decode(values, None, profile.kinds), meta)
    return profile


def documents(*profiles: PartitionProfile, topic: str = "shop") -> dict[str, dict[str, Any]]:
    return topic_documents(profiles, topic, {"topic": topic}, POLICY, now_ms=NOW)


def encoded(rows: list[dict[str, Any]]) -> list[bytes]:
    return [orjson.dumps(row) for row in rows]


def test_two_kinds_in_one_topic_are_two_assets() -> None:
    rows = [row for number in range(60) for row in (order(number), customer(number))]
    profile = profile_of(encoded(rows), [b"rubbish"])
    found = documents(profile)
    assert {name: (one["kind"], one["records"]) for name, one in found.items()} == {
        "shop:orders": ("orders", 60),
        "shop:users": ("users", 60),
        "shop": ("other", 0),
    }
    assert found["shop"]["quarantined"] == 1
    assert {field["field"] for field in found["shop:users"]["fields"]} == set(customer(0))
    assert found["shop:users"]["bytes"] == sum(len(orjson.dumps(customer(number))) for number in range(60))


def test_partitions_that_met_the_kinds_in_another_order_agree() -> None:
    orders, customers = encoded(list(map(order, range(60)))), encoded(list(map(customer, range(60))))
    found = documents(profile_of(orders, customers), profile_of(customers, orders), profile_of(customers))
    assert {name: one["records"] for name, one in found.items()} == {"shop:orders": 120, "shop:users": 180}


def test_a_kind_that_is_nearly_all_keeps_the_name_of_the_topic() -> None:
    found = documents(profile_of(encoded([*map(order, range(400)), *map(customer, range(40))])))
    assert {name: one["records"] for name, one in found.items()} == {"shop": 400, "shop:users": 40}


def test_a_few_strange_records_are_noise_in_the_asset() -> None:
    strange = [{"foo": 1}, {"bar": {"x": 2}}, {"debug": True, "trace": "x"}]
    found = documents(profile_of(encoded([*map(order, range(400)), *strange])))
    assert {name: one["records"] for name, one in found.items()} == {"shop": 403}


def test_optional_fields_are_one_asset() -> None:
    rows = [
        {key: value for key, value in order(number).items() if hash((key, number)) % 3}
        for number in range(2_000)
    ]
    found = documents(profile_of(encoded(rows[:1000]), encoded(rows[1000:])))
    assert list(found) == ["shop"] and found["shop"]["records"] == 2_000


def test_csv_lines_of_the_same_fields_join_the_json_records() -> None:
    header = ",".join(order(0)).encode()
    lines = [header, *(",".join(map(str, order(number).values())).encode() for number in range(50))]
    found = documents(profile_of(encoded(list(map(order, range(50)))), lines))
    assert {name: one["records"] for name, one in found.items()} == {"shop": 101}
    assert found["shop"]["source"]["format"] == "csv+json"
    assert len(found["shop"]["fields"]) == len(order(0))


def test_the_state_goes_on_after_a_restart() -> None:
    rows = encoded([row for number in range(60) for row in (order(number), customer(number))])
    straight = profile_of(rows)
    half = PartitionProfile.from_bytes(profile_of(rows[:61]).to_bytes(), POLICY)
    sizes = np.array([len(value) for value in rows[61:]])
    meta = BatchMeta(int(sizes.sum()), NOW, np.full(59, NOW - 500), np.arange(59), sizes)
    half.add(BatchDecoder().decode(rows[61:], None, half.kinds), meta)
    assert {label: one.records for label, one in half.assets.items()} == {
        label: one.records for label, one in straight.assets.items()
    }
    assert documents(half).keys() == documents(straight).keys()


def test_an_envelope_names_the_kinds_and_tells_the_lineage() -> None:
    def change(table: str, row: dict[str, Any], op: str) -> dict[str, Any]:
        source = {"connector": "mysql", "name": "prod", "db": "shop", "table": table, "ts_ms": NOW}
        return {"before": None, "after": row, "source": source, "op": op, "ts_ms": NOW}

    rows = [change("orders", order(number), "c") for number in range(30)]
    rows += [change("customers", customer(number), "u") for number in range(30)]
    found = documents(profile_of(encoded(rows)))
    assert set(found) == {"shop:shop.orders", "shop:shop.customers"}
    one = found["shop:shop.customers"]
    assert {field["field"] for field in one["fields"]} == set(customer(0))
    assert one["source"]["envelope"] == "debezium"
    assert sum(one["lineage"]["facts"]["operation"].values()) == 30
    assert one["lineage"]["last_ms"] == NOW


def test_the_same_records_in_a_format_that_names_them_are_the_same_asset() -> None:
    schema = fastavro.parse_schema(
        {
            "type": "record",
            "name": "Order",
            "fields": [
                {"name": name, "type": {str: "string", int: "int", float: "double"}[type(value)]}
                for name, value in order(0).items()
            ],
        }
    )
    file = BytesIO()
    fastavro.writer(file, schema, [order(number) for number in range(50)])
    found = documents(profile_of(encoded(list(map(order, range(50)))), [file.getvalue()]))
    assert {name: one["records"] for name, one in found.items()} == {"shop": 100}


def test_what_the_partitions_counted_stays_as_it_is() -> None:
    rows = [row for number in range(60) for row in (order(number), customer(number))]
    profiles = [profile_of(encoded(rows)), profile_of(encoded(rows[1:41])), profile_of(encoded(rows[3:4]))]
    before = [documents(profile) for profile in profiles]
    all_of_them = documents(*profiles)
    assert before[0]["shop:orders"]["records"] == 60
    assert all_of_them["shop:orders"]["records"] == 80
    assert [documents(profile) for profile in profiles] == before
    assert documents(*profiles) == all_of_them
