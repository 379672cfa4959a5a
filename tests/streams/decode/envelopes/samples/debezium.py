"""What Debezium's connectors write, by its tutorial and reference."""

from __future__ import annotations

from typing import Any

from streams.decode.base import Row
from tests.streams.decode.envelopes.samples.kinds import Sample

ANNE = {"id": 1004, "first_name": "Anne", "last_name": "Kretchmar", "email": "annek@noanswer.org"}
POSTGRES = {
    "version": "2.7.0.Final",
    "connector": "postgresql",
    "name": "PostgreSQL_server",
    "ts_ms": 1559033904863,
    "snapshot": "false",
    "db": "postgres",
    "sequence": '["24023119","24023128"]',
    "schema": "public",
    "table": "customers",
    "txId": 555,
    "lsn": 24023128,
    "xmin": None,
}
POSTGRES_FACTS = {
    "source": "postgresql PostgreSQL_server postgres.public.customers",
    "producer": "debezium 2.7.0.Final",
}
MYSQL = {
    "version": "2.7.0.Final",
    "connector": "mysql",
    "name": "dbserver1",
    "ts_ms": 1486500577691,
    "snapshot": "true",
    "db": "inventory",
    "table": "orders",
    "server_id": 0,
    "gtid": None,
    "file": "mysql-bin.000003",
    "pos": 154,
    "row": 0,
}
MYSQL_FACTS = {"source": "mysql dbserver1 inventory.orders", "producer": "debezium 2.7.0.Final"}
MONGO = {
    "version": "2.7.0.Final",
    "connector": "mongodb",
    "name": "fulfillment",
    "ts_ms": 1558965508000,
    "snapshot": False,
    "db": "inventory",
    "rs": "rs0",
    "collection": "customers",
    "ord": 31,
    "h": 1546547425148721999,
}
MONGO_FACTS = {"source": "mongodb fulfillment inventory.customers", "producer": "debezium 2.7.0.Final"}
ORDER = {"order_number": 10001, "order_date": 16816, "purchaser": 1001, "quantity": 1, "product_id": 102}


def change(op: str, before: Any, after: Any, source: Row, **more: Any) -> Row:
    return {
        "before": before,
        "after": after,
        "source": source,
        "op": op,
        "ts_ms": 1559033904900,
        "transaction": None,
        **more,
    }


CHANGES = (
    Sample(
        change("c", None, ANNE, POSTGRES),
        ANNE,
        "public.customers",
        {"operation": "c", **POSTGRES_FACTS},
        1559033904863,
    ),
    Sample(
        change("u", {"id": 1004}, ANNE, POSTGRES),
        ANNE,
        "public.customers",
        {"operation": "u", **POSTGRES_FACTS},
        1559033904863,
    ),
    Sample(
        change("d", ANNE, None, POSTGRES),
        ANNE,
        "public.customers",
        {"operation": "d", **POSTGRES_FACTS},
        1559033904863,
    ),
    Sample(
        change("d", None, None, POSTGRES),
        {},
        "public.customers",
        {"operation": "d", **POSTGRES_FACTS},
        1559033904863,
    ),
    Sample(
        change("r", None, ORDER, MYSQL),
        ORDER,
        "inventory.orders",
        {"operation": "r", **MYSQL_FACTS},
        1486500577691,
    ),
    # Without transaction metadata, before and the time in the database: as people write by hand.
    Sample(
        {"op": "c", "after": ORDER, "source": {"db": "shop", "table": "orders"}, "ts_ms": 1700000000000},
        ORDER,
        "shop.orders",
        {"operation": "c", "source": "shop.orders", "producer": None},
        1700000000000,
    ),
    Sample(
        {"source": POSTGRES, "op": "t", "ts_ms": 1},
        {},
        "public.customers",
        {"operation": "t", **POSTGRES_FACTS},
        1559033904863,
    ),
    Sample(
        {
            "source": {**POSTGRES, "schema": "", "table": ""},
            "op": "m",
            "ts_ms": 1559033904961,
            "message": {"prefix": "foo", "content": "Ymfy"},
        },
        {"prefix": "foo", "content": "Ymfy"},
        "debezium-message",
        {
            "operation": "m",
            "source": "postgresql PostgreSQL_server postgres",
            "producer": "debezium 2.7.0.Final",
        },
        1559033904863,
    ),
    Sample(
        change(
            "c",
            None,
            '{"_id" : {"$numberLong" : "1004"},"first_name" : "Anne","last_name" : "Kretchmar",'
            '"email" : "annek@noanswer.org"}',
            MONGO,
        ),
        {"_id": 1004, "first_name": "Anne", "last_name": "Kretchmar", "email": "annek@noanswer.org"},
        "inventory.customers",
        {"operation": "c", **MONGO_FACTS},
        1558965508000,
    ),
    Sample(
        {
            "op": "u",
            "ts_ms": 1465491461815,
            "source": MONGO,
            "updateDescription": {
                "removedFields": None,
                "updatedFields": '{"first_name": "Anne Marie"}',
                "truncatedArrays": None,
            },
        },
        {"first_name": "Anne Marie"},
        "inventory.customers",
        {"operation": "u", **MONGO_FACTS},
        1558965508000,
    ),
    # Debezium before 2.0 told changes of MongoDB as the oplog does.
    Sample(
        {
            "op": "u",
            "source": MONGO,
            "patch": '{"$v":1,"$set":{"first_name":"Anne Marie"}}',
            "filter": '{"_id":1004}',
        },
        {"first_name": "Anne Marie"},
        "inventory.customers",
        {"operation": "u", **MONGO_FACTS},
        1558965508000,
    ),
    Sample(
        {"op": "d", "source": MONGO, "filter": '{"_id":1004}'},
        {"_id": 1004},
        "inventory.customers",
        {"operation": "d", **MONGO_FACTS},
        1558965508000,
    ),
)

SCHEMA_CHANGE = {
    "source": {**MYSQL, "table": "customers"},
    "ts_ms": 1559033904961,
    "databaseName": "inventory",
    "schemaName": None,
    "ddl": "ALTER TABLE customers ADD middle_name varchar(255) AFTER first_name",
    "tableChanges": [
        {
            "type": "ALTER",
            "id": '"inventory"."customers"',
            "table": {
                "defaultCharsetName": "utf8mb4",
                "primaryKeyColumnNames": ["id"],
                "columns": [{"name": "id", "jdbcType": 4, "typeName": "INT"}],
            },
        }
    ],
}
TRANSACTION = {
    "status": "END",
    "id": "0e4d5dcd-a33b-11ea-80f1-02010a22a99e:10",
    "ts_ms": 1486500577691,
    "event_count": 2,
    "data_collections": [{"data_collection": "inventory.orders", "event_count": 2}],
}

NOT_CHANGES = (
    {"op": "c", "source": "web", "order_id": 5, "ts_ms": 1700000000000},
    {"op": "c", "source": {"channel": "web"}, "before": 5, "after": 6},
    {"op": "refund", "source": {"connector": "stripe"}, "after": {"a": 1}},
    {"op": "c", "source": {"connector": "ev", "table": "charging"}, "kwh": 7.5},
    {"op": "c", "source": {"connector": "mysql"}, "after": [1, 2]},
    {"op": "d", "source": {"table": "T-12"}, "before": {"seat": 1}},
    {"op": "m", "source": {"connector": "mysql"}, "message": "hello"},
    {"before": {"price": 5}, "after": {"price": 6}, "source": {"db": "shop", "table": "items"}},
    {"operation": "c", "before": None, "after": {"a": 1}},
    {"op": ["c"], "source": {"connector": "mysql"}, "after": {}},
)


NO_LINEAGE = {"operation": None, "source": None, "producer": None}
SCHEMA_CHANGES = (
    Sample(
        SCHEMA_CHANGE,
        {name: value for name, value in SCHEMA_CHANGE.items() if name not in ("source", "ts_ms")},
        "debezium-schema-change",
        {
            "operation": None,
            "source": "mysql dbserver1 inventory.customers",
            "producer": "debezium 2.7.0.Final",
        },
        1486500577691,
    ),
)
TRANSACTIONS = (
    Sample(
        TRANSACTION,
        {name: TRANSACTION[name] for name in ("id", "event_count", "data_collections")},
        "debezium-transaction",
        {**NO_LINEAGE, "operation": "END"},
        1486500577691,
    ),
    Sample(
        {"status": "BEGIN", "id": "571", "event_count": None, "data_collections": None},
        {"id": "571", "event_count": None, "data_collections": None},
        "debezium-transaction",
        {**NO_LINEAGE, "operation": "BEGIN"},
    ),
)
HEARTBEATS = (Sample({"ts_ms": 1638965515240}, {}, "debezium-heartbeat", NO_LINEAGE, 1638965515240),)

#: What it writes by name, with what only looks like it.
ALL: tuple[tuple[str, tuple[Sample, ...], tuple[Row, ...]], ...] = (
    ("changes", CHANGES, NOT_CHANGES),
    (
        "schema-changes",
        SCHEMA_CHANGES,
        ({"ddl": "x", "tableChanges": [], "databaseName": "shop"}, {"ddl": "x", "source": {}}),
    ),
    (
        "transactions",
        TRANSACTIONS,
        (
            {"status": "BEGIN", "id": "5", "event_count": 2},
            {**TRANSACTION, "status": "PAID"},
            {**TRANSACTION, "id": 5},
        ),
    ),
    (
        "heartbeats",
        HEARTBEATS,
        ({"ts_ms": 1638965515240, "user_id": "u1"}, {"ts_ms": "now"}, {"ts": 1638965515240}),
    ),
)
