"""What Kafka Connect's JsonConverter writes."""

from __future__ import annotations

from typing import Any

from streams.decode.base import Row
from tests.streams.decode.envelopes.samples.kinds import Sample


def struct(name: str, *fields: Row, **more: Any) -> Row:
    return {"type": "struct", "fields": list(fields), "optional": False, "name": name, **more}


VALUE = struct(
    "dbserver1.inventory.orders.Value",
    {"type": "int32", "optional": False, "field": "order_number"},
    {
        "type": "int32",
        "optional": False,
        "name": "io.debezium.time.Date",
        "version": 1,
        "field": "order_date",
    },
    {
        "type": "bytes",
        "optional": True,
        "name": "org.apache.kafka.connect.data.Decimal",
        "version": 1,
        "parameters": {"scale": "2", "connect.decimal.precision": "10"},
        "field": "amount",
    },
)
ENVELOPE_SCHEMA = struct(
    "dbserver1.inventory.orders.Envelope", {**VALUE, "field": "before"}, {**VALUE, "field": "after"}
)
PAID = {"order_number": 10001, "order_date": 16816, "amount": "MDk="}
PAID_PLAIN = {"order_number": 10001, "order_date": "2016-01-16", "amount": 123.45}

ROWS = (
    Sample(
        {"schema": VALUE, "payload": PAID},
        PAID_PLAIN,
        "dbserver1.inventory.orders",
        {"producer": "kafka-connect"},
    ),
    Sample({"schema": None, "payload": {"a": 1}}, {"a": 1}, "", {"producer": "kafka-connect"}),
    Sample(
        {"schema": {"type": "string", "optional": False}, "payload": "hello"},
        {"payload": "hello"},
        "",
        {"producer": "kafka-connect"},
    ),
    Sample(
        {"schema": {"type": "struct", "optional": True}, "payload": None},
        {},
        "",
        {"producer": "kafka-connect"},
    ),
)
NOT_ROWS = (
    {"schema": "public", "payload": {"a": 1}},
    {"schema": {"type": "object", "properties": {}}, "payload": {"a": 1}},
    {"schema": {"type": "struct"}, "payload": {"a": 1}, "topic": "t"},
    {"schema": None, "payload": "text"},
    {"payload": {"weight": 5, "unit": "kg"}, "lorry": "L-17"},
    {"payload": {"weight": 5, "unit": "kg"}},
)


#: A schema that tells of no value more than JSON does.
PLAIN_SCHEMA = struct("dbserver1.inventory.Envelope", {"type": "int64", "optional": True, "field": "ts_ms"})


def wrapped(samples: tuple[Sample, ...], schema: Row | None) -> tuple[Sample, ...]:
    return tuple(
        Sample({"schema": schema, "payload": one.row}, one.payload, one.kind, one.facts, one.time)
        for one in samples
    )
